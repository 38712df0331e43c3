-- Whether the caller may change the schema, as the owner or a member of that role.
create or replace function aquaseed._owns_schema()
returns boolean language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select pg_has_role(n.nspowner, 'USAGE') from pg_namespace n where n.nspname = 'aquaseed'
$$;

comment on function aquaseed._owns_schema() is 'Whether the caller owns schema aquaseed, himself or by a role.';
