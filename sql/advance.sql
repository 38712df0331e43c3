-- Adds the days up to a later end of history to what sql/seed.sql or the driver has generated, with psql alone:
--   psql -v to=2026-01-31 -f sql/advance.sql farm
-- -v schedule=farm.sql names a schedule that extends the one of the run (aquaseed plan --extend farm.yaml --format
-- sql), so that batches begin, too. While it works, other sessions can share the work:
--   psql -c 'call aquaseed.work()' farm
-- The same command, or one without -v to, continues an advance that was interrupted. Exit code of psql: 0 done, 3
-- refused, or a unit failed.
\set SINGLELINE off
\set VERBOSITY default
\set ON_ERROR_STOP off
\unset psql_is_ready
\ir install/psql.sql
\if :{?psql_is_ready}
\else
rollback;
\set ON_ERROR_STOP on
do $$ begin
  raise exception 'sql/advance.sql finds the files that belong to it only with -f: psql -f <path>/sql/advance.sql';
end $$;
\endif
\ir install/open_run.sql

\if :{?to}
-- The same command goes on with an advance to that day that was interrupted.
select exists (
  select from aquaseed.run r where r.state <> 'done' and r.advanced_from is not null and r.as_of = :'to'::date
) as goes_on \gset
\if :goes_on
\unset to
\endif
\endif

\if :{?to}
\ir install/lock_run.sql
\if :{?schedule}
-- The schedule opens a run, or by this setting the advance of one (create_run).
select set_config('aquaseed.advance_to', :'to', false) \g /dev/null
\echo load :schedule
\o /dev/null
\i :schedule
\o
select set_config('aquaseed.advance_to', '', false) \g /dev/null
\else
select aquaseed.begin_advance(1, :'to'::date) as units \gset
\endif
select pg_advisory_unlock(aquaseed._run_lock()) \g /dev/null
\else
select coalesce((select aquaseed.resume_run(r.run_id) from aquaseed.run r), 0) as todo \gset
\echo units to do: :todo
\endif

\ir install/work.sql
select as_of as ends_on from aquaseed.run \gset
\echo history ends on :ends_on
select table_name, count(*) as left_alone from aquaseed.kept_row group by table_name order by table_name;
