-- Installs or upgrades everything with psql alone, from a clone of the repository:
--   createdb farm
--   psql -f sql/install.sql farm
-- then sql/seed.sql. Needs an empty UTF-8 database that the role owns, PostgreSQL 15 or newer, and the extension
-- btree_gist (in postgresql-contrib; no superuser needed). Repeatable. Does what `aquaseed migrate` does.
--
-- Into AquaMind's own database, which its manage.py migrate made (docs/aquamind.md); it is named once more:
--   psql -v adopt=on -v database=aquamind -f sql/install.sql aquamind      (adopt=plain: no table is partitioned)
--   psql -1 -c 'select aquaseed.unadopt()' -c 'drop schema aquaseed cascade' aquamind      back again, after wipe
--
-- What there is afterwards
--
-- public    AquaMind's tables as the application knows them, empty. Ten large ones are partitioned by range of id.
-- aquaseed  all that is ours. To drop it after a run leaves a clean database of AquaMind. Its tables in groups:
--   marker         ownership, migrations          this database is ours, and how far it was installed
--   rules          setting, life_stage, mortality_*, pellet, grade ...   config/*.yaml as the functions read it
--   places         geography, hall, area, container, feed_container, sensor    the same for the farm
--   registry       generated_table, allowed_value, loaded_row   what is filled, by whom, in which ids
--   schedule       slice, schedule_batch, schedule_stay, schedule_container, planned_move
--   ledger         run, run_step, made_table, kept_row; view progress     one row a unit of work
--   truth          assignment, assignment_day, transfer, procedure, lice_day, incident   what really happened
--   feed ledger    feed_demand, feed_lot, feed_use, feed_cost
--   verification   check_bound, check_result; view check_report
--
-- How a run goes. The plan is made before, without a database: a schedule says which batch is in which container on
-- which day. All that follows is calls of functions, each a transaction:
--
--   load        load_configuration            places, master data, rules: from config/*.yaml
--               create_run                    schedule, an empty leaf for each slice of each large table, the units
--   the units   work, or work_next            takes the next unit of the first stage that has some left, with
--                 _run_unit                   `for update skip locked`, does it and notes it in one transaction, so
--                                             that any number of sessions share a run and a crash loses one unit each
--   simulate    simulate_batch                the whole life of a batch, day by day: into the truth
--   settle      settle_feed_container         what a silo or barge was delivered and gave, first in first out
--   emit        emit_batch, emit_weather      the truth as events of AquaMind, straight into the leaf of the slice
--   seal        seal_unit                     indexes, keys and checks of each leaf (index_leaf, reference_leaf,
--                                             validate_leaf), then attach_leaf; sequences, statistics
--   assimilate  assimilate_batch              the daily state of each container, reconstructed from the events alone
--               seal_unit                     the same for the leaves of these states
--   end         finish_run                    notes which rows and ids are ours (made_table)
--   advance     begin_advance                 a later end of history: what it touches becomes units again, which add
--                                             the days that are missing and bring states up to it (sql/advance.sql)
--   verify      run_check, verify             measures what was generated against the ranges of config/checks.yaml
--
-- To take it back: wipe deletes what made_table and the ledger know to be ours and refuses when anybody else's rows or
-- objects are in the way. Nothing decides a row but seed, configuration and schedule: no clock, no random(), no order
-- of rows, no setting of the session. Words: docs/glossary.md. Every function and table has a comment (\df+, \dt+).
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
  raise exception 'sql/install.sql finds the files that belong to it only with -f: psql -f <path>/sql/install.sql';
end $$;
\endif
\ir install/adoption.sql
\ir install/aquamind_tables.sql
\ir install/list_objects.sql
\ir install/check_database.sql
\ir install/check_adoption.sql
-- The lock of a run and that of the driver's migrations.
\ir install/lock_run.sql
select pg_advisory_lock(-8525285245963000605) \g /dev/null
\o /dev/null
create schema if not exists aquaseed;
set search_path = aquaseed, pg_temp;
\ir install/migrations.sql
set search_path = pg_catalog, pg_temp;
\echo functions
begin;
\ir install/functions.sql
select aquaseed.protect_entry_points();
-- The driver cannot tell which files these were: it loads them once more.
update aquaseed.ownership set functions_digest = null;
commit;
select current_setting('aquaseed.adopt') <> '' as is_adopted \gset
\if :is_adopted
\echo adopt
select aquaseed.adopt(p_mode => current_setting('aquaseed.adopt'),
                      p_values => current_setting('aquaseed.column_values')::jsonb);
\endif
select pg_advisory_unlock(-8525285245963000605), pg_advisory_unlock(aquaseed._run_lock());
\o
\echo 'installed: \\df+ aquaseed.* is the manual; generate with sql/seed.sql'
