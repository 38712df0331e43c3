-- The functions that a role which may only generate calls. They do their work with the rights of the owner of the
-- schema, since leaves have to be created and attached (see protect_entry_points); all others have the rights of
-- the caller. wipe is not among them.
create or replace function aquaseed.list_entry_points()
returns table (function_oid oid, signature text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.oid, p.oid::regprocedure::text
  from pg_catalog.pg_proc p
  where p.pronamespace = 'aquaseed'::regnamespace
    and p.proname = any (array['load_configuration', 'load_check_bounds', 'create_run', 'work_next', 'resume_run',
                               'finish_run', '_close_run', 'note_seconds', 'run_check', 'checksum_table'])
  order by 2
$$;

comment on function aquaseed.list_entry_points() is
  'The functions that run with the rights of the owner of the schema, for roles that may only generate.';
