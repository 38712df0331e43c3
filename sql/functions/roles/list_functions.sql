-- Who may call what. Every function belongs to one group, new ones by what PostgreSQL knows of them:
--   generate  the entry points: they do their work with the rights of the owner of the schema, since leaves have to be
--             created and attached (protect_entry_points), and check what they are given
--   call      changes something, with the rights of the caller
--   read      changes nothing (stable or immutable), with the rights of the caller
--   ask       reads the catalogue only: a role asks by these what it lacks
--   own       all others: they change something, and only the owner has the rights that they need
-- A role that may generate is granted the first three (list_run_grants), anybody may ask, and nobody else may call
-- anything.
create or replace function aquaseed.list_functions()
returns table (function_oid oid, signature text, use text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.oid, p.oid::regprocedure::text,
         case when p.proname = any (array['create_run', 'begin_advance', 'advance', 'emit_live', 'work_next',
                                          'resume_run', 'finish_run', '_close_run', 'note_seconds', 'run_check',
                                          'verify', 'checksum_table', 'checksum_table_by_name']) then 'generate'
              when p.proname = any (array['work', '_work_once', '_begin_unit', 'load_configuration',
                                          'load_check_bounds'])
                then 'call'
              when p.proname = any (array['list_functions', 'list_entry_points', 'list_run_grants']) then 'ask'
              when p.provolatile <> 'v' then 'read'
              else 'own' end
  from pg_proc p
  where p.pronamespace = 'aquaseed'::regnamespace
    and not exists (
      select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    )
  order by p.oid::regprocedure::text collate "C"
$$;

comment on function aquaseed.list_functions() is
  'All functions of the generator and what they are for: generate (with the rights of the owner), call, read, ask, '
  'own.';
