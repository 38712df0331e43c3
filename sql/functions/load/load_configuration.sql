-- The whole configuration in one call: places, master data, settings. Repeatable.
-- p_farm: the flat list of places; the others are config/*.yaml as JSON.
create or replace function aquaseed.load_configuration(
  p_farm jsonb, p_master jsonb, p_biology jsonb, p_climate jsonb, p_health jsonb, p_incidents jsonb
)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform aquaseed.load_infrastructure(p_farm, p_master);
  perform aquaseed.load_master_data(p_master, p_biology, p_climate);
  perform aquaseed.load_settings(p_biology, p_climate, p_health, p_incidents, p_master);
  perform aquaseed.load_places(p_farm, p_climate);
end
$$;

comment on function aquaseed.load_configuration(jsonb, jsonb, jsonb, jsonb, jsonb, jsonb) is
  'Load places, master data and settings (farm, master-data, biology, climate, health, incidents as JSON). Repeatable.';
