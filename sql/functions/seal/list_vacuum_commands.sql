-- What is left to do after the last stage and cannot run inside a function: freeze the rows (which also marks the
-- pages all-visible, for index-only scans), gather statistics of plain tables. Largest first.
-- In psql: select command from aquaseed.list_vacuum_commands() \gexec
create or replace function aquaseed.list_vacuum_commands()
returns table (command text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select format('vacuum (freeze%s) public.%I', case when not c.relispartition then ', analyze' end, c.relname)
  from pg_catalog.pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and pg_catalog.pg_relation_size(c.oid) > 0
    -- In AquaMind's own database there are tables of others.
    and (not aquaseed.is_adopted() or exists (
      select from aquaseed.filled_tables() f
      left join pg_catalog.pg_inherits i on i.inhrelid = c.oid
      where to_regclass(format('public.%I', f.table_name)) in (c.oid, i.inhparent)
    ))
  order by pg_catalog.pg_relation_size(c.oid) desc, c.relname collate "C"
$$;

comment on function aquaseed.list_vacuum_commands() is
  'VACUUM commands for all tables with rows, to be run one by one outside a transaction.';
