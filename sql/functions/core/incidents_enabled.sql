-- Whether this farm has incidents (config/incidents.yaml).
create or replace function aquaseed.incidents_enabled()
returns boolean language sql stable parallel safe
set search_path = pg_catalog, pg_temp
return coalesce((select s.tree = 'true' from aquaseed.setting s where s.path = 'incidents.enabled'), false);

comment on function aquaseed.incidents_enabled() is 'Whether the configuration turns incidents on.';
