-- Growth models of the scenario planner, one per temperature profile, with a value per stage. TGC is per
-- 1,000 degree-days. The application looks a stage up by its name.
create or replace function aquaseed._load_growth_models(p_master jsonb, p_biology jsonb, p_climate jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_extra jsonb := jsonb_build_object(
    'created_at', p_master -> 'installed_on', 'updated_at', p_master -> 'installed_on'
  );
  v_exponents jsonb := p_master #> '{scenario,tgc_exponents}';
begin
  -- The model's own value is that of the last stage, which it is used for when a stage has none.
  table_name := 'scenario_tgcmodel';
  rows := aquaseed._insert_missing(table_name, 'model_id', '{name}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'model_id', p.profile_no,
      'name', p.profile_name,
      'location', p.geography,
      'release_period', p.release_period,
      'tgc_value', aquaseed._value_for(s.biology -> 'tgc', p.geography),
      'exponent_n', v_exponents -> 'temperature',
      'exponent_m', v_exponents -> 'weight',
      'profile_id', t.profile_id
    ) order by p.profile_no)
    from aquaseed._list_scenario_profiles(p_master, p_climate) p
    join public.scenario_temperatureprofile t on t.name = p.profile_name
    cross join (
      select * from aquaseed._list_life_stages(p_master, p_biology) order by life_stage_no desc limit 1
    ) as s
  ));
  return next;

  table_name := 'scenario_tgc_model_stage';
  rows := aquaseed._insert_missing(table_name, 'id', '{tgc_model_id,lifecycle_stage}', (
    select jsonb_agg(jsonb_build_object(
      'id', (p.profile_no - 1) * jsonb_array_length(p_biology -> 'stages') + s.life_stage_no,
      'tgc_model_id', m.model_id,
      'lifecycle_stage', s.life_stage_name,
      'tgc_value', aquaseed._value_for(s.biology -> 'tgc', p.geography),
      'temperature_exponent', v_exponents -> 'temperature',
      'weight_exponent', v_exponents -> 'weight'
    ) order by p.profile_no, s.life_stage_no)
    from aquaseed._list_scenario_profiles(p_master, p_climate) p
    join public.scenario_tgcmodel m on m.name = p.profile_name
    cross join aquaseed._list_life_stages(p_master, p_biology) s
  ));
  return next;
end
$$;

comment on function aquaseed._load_growth_models(jsonb, jsonb, jsonb) is
  'Loads the growth (TGC) models of the scenario planner with their stage values.';
