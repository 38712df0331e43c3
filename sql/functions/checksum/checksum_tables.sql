-- The tables that a checksum covers: all of AquaMind's, partitions by way of their parents.
create or replace function aquaseed.checksum_tables()
returns table (table_name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select c.relname::text from pg_catalog.pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname::text collate "C"
$$;

comment on function aquaseed.checksum_tables() is 'Names of the tables of schema public that a checksum covers.';
