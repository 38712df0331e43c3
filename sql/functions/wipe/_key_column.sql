-- AquaMind's tables have one whole number as their key, the large ones in its own database with the time beside it.
create or replace function aquaseed._key_column(p_table text)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((select g.id_column from aquaseed.generated_table g where g.table_name = p_table), (
    select a.attname::text
    from pg_catalog.pg_index i
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = format('public.%I', p_table)::regclass and i.indisprimary and i.indnkeyatts = 1
      and a.atttypid in ('bigint'::regtype, 'integer'::regtype)
  ))
$$;

comment on function aquaseed._key_column(text) is
  'Primary key column of a table of schema public, null where it is no whole number.';
