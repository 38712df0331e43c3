-- What a role needs to generate, verify and read, and whether it has it. Reads the catalogue only, since the role
-- itself asks.
create or replace function aquaseed.list_run_grants(p_role text)
returns table (command text, granted boolean) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select format('grant connect on database %I to %I', current_database(), p_role),
         has_database_privilege(p_role, current_database(), 'CONNECT')
  union all
  select format('grant usage on schema %I to %I', n.nspname, p_role), has_schema_privilege(p_role, n.oid, 'USAGE')
  from pg_catalog.pg_namespace n
  where n.nspname in ('aquaseed', 'public')
  union all
  select format('grant select on all tables in schema %I to %I', n.nspname, p_role),
         bool_and(has_table_privilege(p_role, c.oid, 'SELECT'))
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('aquaseed', 'public') and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
    -- Leaves of a run that are not attached yet.
    and c.relname !~ '_s[0-9]{3}$'
  group by n.nspname
  union all
  select format('grant execute on routine %s to %I', f.signature, p_role),
         has_function_privilege(p_role, f.function_oid, 'EXECUTE')
  from aquaseed.list_functions() f
  where f.use in ('generate', 'call', 'read')
$$;

comment on function aquaseed.list_run_grants(text) is
  'The grants that a role needs to generate into this database, and whether it has them.';
