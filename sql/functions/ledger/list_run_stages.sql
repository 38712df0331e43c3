-- The stages of a run that have units in the ledger, in their order. A stage without units is passed over.
create or replace function aquaseed.list_run_stages()
returns text[] language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return array['simulate', 'settle', 'emit', 'seal', 'assimilate'];

comment on function aquaseed.list_run_stages() is 'Names of the stages with units, in the order of a run.';
