-- Tables of schema aquaseed that belong to a run or are loaded anew by the next one. The others are filled by
-- the migrations.
create or replace function aquaseed._generator_tables()
returns table (table_name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select c.relname::text
  from pg_catalog.pg_class c
  where c.relnamespace = 'aquaseed'::regnamespace and c.relkind in ('r', 'p')
    and c.relname not in ('ownership', 'migrations', 'generated_table', 'check_bound', 'allowed_value',
                          'loaded_row')
  order by c.relname::text collate "C"
$$;

comment on function aquaseed._generator_tables() is 'Tables of schema aquaseed that wipe empties.';
