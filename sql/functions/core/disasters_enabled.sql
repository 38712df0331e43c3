-- Whether more goes wrong on this farm than on any (config/incidents.yaml, disasters).
create or replace function aquaseed.disasters_enabled()
returns boolean language sql stable parallel safe
set search_path = pg_catalog, pg_temp
return coalesce((select bool_and(s.tree = 'true') and count(*) = 2
                 from aquaseed.setting s where s.path in ('incidents.enabled', 'incidents.disasters')), false);

comment on function aquaseed.disasters_enabled() is
  'Whether the configuration turns on what harms fish, water and sensors, beyond what is ordinary on a farm.';
