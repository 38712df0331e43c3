-- What the scenario planner knows by life stage alone: feed conversion (the durations also decide the stage
-- of a projected day) and the biological constraints.
create or replace function aquaseed._load_life_stage_models(p_master jsonb, p_biology jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_extra jsonb := jsonb_build_object(
    'created_at', p_master -> 'installed_on', 'updated_at', p_master -> 'installed_on', 'is_active', true
  );
  v_fcr_name text := p_master #>> '{scenario,fcr_model}';
begin
  table_name := 'scenario_fcrmodel';
  rows := aquaseed._insert_missing(table_name, 'model_id', '{name}', jsonb_build_array(
    v_extra || jsonb_build_object('model_id', 1, 'name', v_fcr_name)
  ));
  return next;

  table_name := 'scenario_fcrmodelstage';
  rows := aquaseed._insert_missing(table_name, 'id', '{model_id,stage_id}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', s.life_stage_no,
      'model_id', m.model_id,
      'stage_id', l.id,
      'fcr_value', s.biology -> 'biological_fcr',
      'duration_days', s.days
    ) order by s.life_stage_no)
    from aquaseed._list_life_stages(p_master, p_biology) s
    join public.batch_lifecyclestage l on l.name = s.life_stage_name
    join public.scenario_fcrmodel m on m.name = v_fcr_name
  ));
  return next;

  table_name := 'scenario_biological_constraints';
  rows := aquaseed._insert_missing(table_name, 'id', '{name}', jsonb_build_array(
    v_extra || (p_master -> 'biological_constraints') || jsonb_build_object('id', 1)
  ));
  return next;

  table_name := 'scenario_stage_constraint';
  rows := aquaseed._insert_missing(table_name, 'id', '{constraint_set_id,lifecycle_stage}', (
    select jsonb_agg((s.details -> 'constraint') || jsonb_build_object(
      'id', s.life_stage_no,
      'constraint_set_id', c.id,
      'min_weight_g', s.details -> 'expected_weight_min_g',
      'max_weight_g', s.details -> 'expected_weight_max_g',
      'typical_duration_days', s.typical_days
    ) order by s.life_stage_no)
    from aquaseed._list_life_stages(p_master, p_biology) s
    join public.scenario_biological_constraints c on c.name = p_master #>> '{biological_constraints,name}'
  ));
  return next;
end
$$;

comment on function aquaseed._load_life_stage_models(jsonb, jsonb) is
  'Loads the feed conversion model and the biological constraints of the scenario planner.';
