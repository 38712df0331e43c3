-- The tables that a checksum by name covers: those that a run fills.
create or replace function aquaseed.checksum_by_name_tables()
returns table (table_name text) language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select f.table_name from aquaseed._filled_columns() f order by f.table_name collate "C"
$$;

comment on function aquaseed.checksum_by_name_tables() is 'Names of the tables that a checksum by name covers.';
