-- Loads a schedule and generates it with psql alone, after sql/install.sql:
--   psql -v schedule=config/schedules/demo.sql -f sql/seed.sql farm
-- Schedules of your own: aquaseed plan ... --format sql. While it works, other sessions can share the work:
--   psql -c 'call aquaseed.work()' farm
-- Without a schedule it continues the run that is there, after any kind of failure. -v verify=off leaves the
-- checks out, -v owner=<username> says who owns the scenarios. Exit code of psql: 0 done, 3 a unit or a check failed or
-- the database was refused.
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
  raise exception 'sql/seed.sql finds the files that belong to it only with -f: psql -f <path>/sql/seed.sql';
end $$;
\endif
set work_mem = '64MB';
set maintenance_work_mem = '512MB';
select set_config('aquaseed.adopt', '', false) \g /dev/null
\ir install/list_objects.sql
\ir install/check_database.sql
\if :{?verify}
\else
\set verify on
\endif

\if :{?schedule}
select pg_try_advisory_lock(aquaseed._run_lock()) as is_free \gset
\if :is_free
\else
do $$ begin
  raise exception 'somebody is generating into this database' using errcode = 'AQ007';
end $$;
\endif
\echo load :schedule
\o /dev/null
\i :schedule
\o
select pg_advisory_unlock(aquaseed._run_lock()) \g /dev/null
\else
select coalesce((select aquaseed.resume_run(r.run_id) from aquaseed.run r), 0) as todo \gset
\echo units to do: :todo
\endif

call aquaseed.work();

select state as run_state from aquaseed.run \gset
select :'run_state' = 'done' as is_done \gset
\if :is_done
\else
select stage, unit, error from aquaseed.run_step where state = 'failed' order by stage, unit;
do $$ begin
  raise exception 'the run is not complete' using errcode = 'AQ011',
    hint = 'Mend the cause, then: psql -f sql/seed.sql <database>';
end $$;
\endif

\echo vacuum
select command from aquaseed.list_vacuum_commands() \gexec
select table_name, rows from aquaseed.generated_rows(1);

\if :verify
\echo verify
select check_group as checks, count(*) filter (where verdict <> 'n/a') as judged,
       count(*) filter (where verdict = 'pass') as passed, count(*) filter (where verdict = 'FAIL') as failed,
       count(*) filter (where verdict = 'n/a') as "n/a"
from aquaseed.verify(1) group by check_group order by min(line);
select id, round(measured::numeric, 4) as measured, judged_low, judged_high, units, unit, name, detail
from aquaseed.check_report where verdict = 'FAIL' order by line;
\echo 'all of them: select * from aquaseed.check_report order by line'
do $$ begin
  if exists (select from aquaseed.check_result r where not r.pass) then
    raise exception 'a check failed' using errcode = 'AQ011',
      hint = 'select * from aquaseed.check_report where verdict = ''FAIL'';';
  end if;
end $$;
\endif
