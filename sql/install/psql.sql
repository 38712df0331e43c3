-- Brings psql to a known state, whatever ~/.psqlrc left behind: every script for psql begins with it. A transaction
-- that is open is rolled back, also that of psql -1: what a script does is done in transactions of its own.
-- Who one is stays as it was (set role), and so do the variables by which a script is told what to do.
\set SINGLESTEP off
\set QUIET on
\set ECHO none
\set ECHO_HIDDEN off
\set ON_ERROR_STOP off
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT on
\set FETCH_COUNT 0
\set SHOW_CONTEXT errors
\timing off
\pset format aligned
\pset border 1
\pset linestyle ascii
\pset expanded off
\pset tuples_only off
\pset footer on
\pset title
\pset tableattr
\pset columns 0
\pset null ''
\pset numericlocale off
\pset pager off
\o
-- No word about a transaction that is not open; in one that failed psql says so once.
set client_min_messages = error;
rollback;
\encoding UTF8
\set ON_ERROR_STOP on
\ir session.sql
select set_config('aquaseed.database', '', false) \g /dev/null
\if :{?database}
select set_config('aquaseed.database', :'database', false) \g /dev/null
\endif
select set_config('aquaseed.owner', '', false) \g /dev/null
\if :{?owner}
select set_config('aquaseed.owner', :'owner', false) \g /dev/null
\endif
\set psql_is_ready 1
