-- The advisory lock of a run. The driver holds it exclusively while it works on this database; sessions that
-- share a run from psql hold it together, one transaction after the other.
create or replace function aquaseed._run_lock()
returns bigint language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return 7246113002;

comment on function aquaseed._run_lock() is 'Key of the advisory lock that a run is worked on under.';
