-- The columns of a table that refer to master data, as the foreign keys in the catalogue say.
create or replace function aquaseed._named_references(p_table text)
returns table (column_name text, table_name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select distinct a.attname::text, k.table_name
  from pg_catalog.pg_constraint c
  join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
  join aquaseed._natural_keys() k on to_regclass(format('public.%I', k.table_name)) = c.confrelid
  where c.contype = 'f' and cardinality(c.conkey) = 1 and c.conrelid = to_regclass(format('public.%I', p_table))
  order by 1, 2
$$;

comment on function aquaseed._named_references(text) is 'Columns of a table that refer to master data, and its tables.';
