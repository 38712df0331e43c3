-- Installs or upgrades everything with psql alone, from a clone of the repository:
--   createdb farm
--   psql -f sql/install.sql farm
-- then sql/seed.sql. Needs an empty UTF-8 database that the role owns, PostgreSQL 15 or newer, and the extension
-- btree_gist (in postgresql-contrib; no superuser needed). Repeatable. Does what `aquaseed migrate` does.
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
\ir install/list_objects.sql
\ir install/check_database.sql
-- The lock of a run and that of the driver's migrations.
select pg_try_advisory_lock(7246113002) as is_free \gset
\if :is_free
\else
do $$ begin
  raise exception 'somebody is generating into this database' using errcode = 'AQ007';
end $$;
\endif
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
select pg_advisory_unlock(-8525285245963000605), pg_advisory_unlock(7246113002);
\o
\echo 'installed: \\df+ aquaseed.* is the manual; generate with sql/seed.sql'
