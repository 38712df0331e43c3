-- The whole configuration in one call: places, master data, settings. Repeatable.
-- p_farm: the flat list of places; the others are config/*.yaml as JSON; p_digest is that of all of them, which the
-- run has to name. Only the owner of the schema loads. For others it says whether this configuration is the loaded one.
-- The rows that it makes are noted (loaded_row), so that rows of others in the same tables can be told from them.
create or replace function aquaseed.load_configuration(
  p_farm jsonb, p_master jsonb, p_biology jsonb, p_climate jsonb, p_health jsonb, p_incidents jsonb, p_work jsonb,
  p_digest text
)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_others text[];
  v_tables text[];
begin
  if not aquaseed._owns_schema() then
    perform aquaseed._require_configuration(p_digest);
    return;
  end if;
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
  perform aquaseed.load_settings(p_biology, p_climate, p_health, p_incidents, p_work, p_master);
  perform aquaseed._load_people(p_master);
  perform aquaseed.load_places(p_farm, p_climate);
  update aquaseed.ownership set config_digest = p_digest;
end
$$;

comment on function aquaseed.load_configuration(jsonb, jsonb, jsonb, jsonb, jsonb, jsonb, jsonb, text) is
  'Load places, master data and settings (farm, master-data, biology, climate, health, incidents, work as JSON) and '
  'note their digest. Repeatable. From others than the owner it takes the loaded configuration only.';
