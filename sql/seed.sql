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
\ir install/open_run.sql
\if :{?verify}
\else
\set verify on
\endif

\if :{?schedule}
\ir install/lock_run.sql
\echo load :schedule
\o /dev/null
\i :schedule
\o
select pg_advisory_unlock(aquaseed._run_lock()) \g /dev/null
\else
select coalesce((select aquaseed.resume_run(r.run_id) from aquaseed.run r), 0) as todo \gset
\echo units to do: :todo
\endif

\ir install/work.sql

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
