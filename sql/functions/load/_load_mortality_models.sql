-- Mortality models of the scenario planner, one per geography, in percent a day: the constant rate that
-- leaves the survival of biology.yaml over the stage, 100 (1 - survival^(1/days)).
create or replace function aquaseed._load_mortality_models(p_master jsonb, p_biology jsonb, p_climate jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_extra jsonb := jsonb_build_object(
    'created_at', p_master -> 'installed_on', 'updated_at', p_master -> 'installed_on'
  );
  v_stages jsonb;
begin
  select jsonb_agg(jsonb_build_object(
    'n', g.n, 'model', g.geography || ', standard mortality', 'life_stage_no', s.life_stage_no,
    'life_stage_name', s.life_stage_name, 'days', s.typical_days,
    'survival', aquaseed._value_for(s.biology -> 'survival', g.geography)
  ))
  into v_stages
  from (
    select p.geography, row_number() over (order by min(p.profile_no)) as n
    from aquaseed._list_scenario_profiles(p_master, p_climate) p
    group by p.geography
  ) as g
  cross join aquaseed._list_life_stages(p_master, p_biology) s;

  table_name := 'scenario_mortalitymodel';
  rows := aquaseed._insert_missing(table_name, 'model_id', '{name}', (
    select jsonb_agg(m.doc order by m.n)
    from (
      select s.n, v_extra || jsonb_build_object(
        'model_id', s.n,
        'name', s.model,
        'frequency', 'daily',
        'rate', round((100 * (1 - exp(sum(ln(s.survival)) / sum(s.days))))::numeric, 6)
      ) as doc
      from jsonb_to_recordset(v_stages) as s (n bigint, model text, days integer, survival float8)
      group by s.n, s.model
    ) as m
  ));
  return next;

  table_name := 'scenario_mortality_model_stage';
  rows := aquaseed._insert_missing(table_name, 'id', '{mortality_model_id,lifecycle_stage}', (
    select jsonb_agg(jsonb_build_object(
      'id', (s.n - 1) * jsonb_array_length(p_biology -> 'stages') + s.life_stage_no,
      'mortality_model_id', m.model_id,
      'lifecycle_stage', s.life_stage_name,
      'daily_rate_percent', round((100 * (1 - power(s.survival, 1.0 / s.days)))::numeric, 3),
      'weekly_rate_percent', round((100 * (1 - power(s.survival, 7.0 / s.days)))::numeric, 3)
    ) order by s.n, s.life_stage_no)
    from jsonb_to_recordset(v_stages) as s (
      n bigint, model text, life_stage_no integer, life_stage_name text, days integer, survival float8
    )
    join public.scenario_mortalitymodel m on m.name = s.model
  ));
  return next;
end
$$;

comment on function aquaseed._load_mortality_models(jsonb, jsonb, jsonb) is
  'Loads the mortality models of the scenario planner with their stage values.';
