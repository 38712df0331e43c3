-- The tables that have a leaf per slice in a database of our own, whether they are partitioned in this one or not.
create or replace function aquaseed._large_tables()
returns table (table_name text, id_column text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select g.table_name, g.id_column from aquaseed.generated_table g where g.time_column is not null order by g.table_name
$$;

comment on function aquaseed._large_tables() is 'The large tables and the columns of their ids.';
