create or replace function aquaseed._analyzed_columns(p_table text)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
  from pg_catalog.pg_attribute a
  where a.attrelid = format('public.%I', p_table)::regclass and a.attnum > 0 and not a.attisdropped
    and a.atttypid <> 'jsonb'::regtype
$$;

comment on function aquaseed._analyzed_columns(text) is
  'Columns of a partitioned table to gather statistics of: all but jsonb, which nobody looks up by and which are dear '
  'to sort.';
