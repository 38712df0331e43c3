-- The functions that a role which may only generate calls. They do their work with the rights of the owner of the
-- schema (see protect_entry_points); all others have the rights of the caller. wipe is not among them, nor what loads
-- configuration and ranges of checks.
create or replace function aquaseed.list_entry_points()
returns table (function_oid oid, signature text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select f.function_oid, f.signature from aquaseed.list_functions() f where f.use = 'generate' order by 2
$$;

comment on function aquaseed.list_entry_points() is
  'The functions that run with the rights of the owner of the schema, for roles that may only generate.';
