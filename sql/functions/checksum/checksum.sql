-- All digests at once, for psql.
create or replace function aquaseed.checksum()
returns table (table_name text, rows bigint, digest text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select t.table_name, c.rows, c.digest
  from aquaseed.checksum_tables() t cross join lateral aquaseed.checksum_table(t.table_name) c
$$;

comment on function aquaseed.checksum() is 'Rows and digest of every table of schema public.';
