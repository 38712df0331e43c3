-- The sequences behind the ids of AquaMind's tables.
create or replace function aquaseed.list_sequences()
returns table (table_name name, column_name name, sequence text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select x.table_name, x.column_name, x.sequence
  from (
    select c.relname as table_name, a.attname as column_name,
           -- In a case, since a plan may ask before it has looked whether there is such a column.
           case when a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                then pg_catalog.pg_get_serial_sequence(format('public.%I', c.relname), a.attname) end as sequence
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  ) x
  where x.sequence is not null
  order by x.table_name
$$;

comment on function aquaseed.list_sequences() is 'Sequences of the ids of public tables, by table and column.';
