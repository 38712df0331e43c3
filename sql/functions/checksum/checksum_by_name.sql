-- All digests by name at once, for psql.
create or replace function aquaseed.checksum_by_name()
returns table (table_name text, rows bigint, digest text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select t.table_name, c.rows, c.digest
  from aquaseed.checksum_by_name_tables() t cross join lateral aquaseed.checksum_table_by_name(t.table_name) c
$$;

comment on function aquaseed.checksum_by_name() is
  'Rows and digest of every table that a run fills, equal in a database of our own and in one of AquaMind.';
