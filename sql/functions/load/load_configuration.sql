-- The whole configuration in one call: places, master data, settings. Repeatable.
-- p_farm: the flat list of places; the others are config/*.yaml as JSON. The rows that it makes are noted
-- (loaded_row), so that rows of others in the same tables can be told from them.
create or replace function aquaseed.load_configuration(
  p_farm jsonb, p_master jsonb, p_biology jsonb, p_climate jsonb, p_health jsonb, p_incidents jsonb
)
returns void language plpgsql
set search_path = ''
as $$
declare
  v_others text[];
  v_tables text[];
begin
  -- In a database that holds a run the tables are known, and others are too large to look through.
  select coalesce(array_agg(concat_ws('/', t.table_name, o.digest)), '{}') into v_others
  from (
    select distinct l.table_name from aquaseed.loaded_row l
    union
    select c.table_name from aquaseed.checksum_tables() c where not exists (select from aquaseed.run)
  ) t
  cross join lateral aquaseed._list_unloaded_rows(t.table_name) o;
  select array_agg(l.table_name) into v_tables
  from (
    select i.table_name from aquaseed.load_infrastructure(p_farm, p_master) i
    union
    select m.table_name from aquaseed.load_master_data(p_master, p_biology, p_climate) m
  ) l;
  perform aquaseed._note_loaded_rows(v_tables, v_others);
  perform aquaseed.load_settings(p_biology, p_climate, p_health, p_incidents, p_master);
  perform aquaseed.load_places(p_farm, p_climate);
end
$$;

comment on function aquaseed.load_configuration(jsonb, jsonb, jsonb, jsonb, jsonb, jsonb) is
  'Load places, master data and settings (farm, master-data, biology, climate, health, incidents as JSON). Repeatable.';
