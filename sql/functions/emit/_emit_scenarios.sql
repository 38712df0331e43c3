-- The baseline scenario of a batch from its first day with one projection run, and a scenario from the state in
-- which it enters each of the follow-up stages that it has reached. The projection is that of the whole plan: it
-- does not depend on as_of. Scenario n of a batch is batch_no * 10 + n, 1 the baseline.
create or replace function aquaseed._emit_scenarios(p_batch_no integer, p_seed bigint, p_leaf text)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('scenario');
  v_run_block bigint := aquaseed.id_block('scenario_projection_run');
  v_projection_block bigint := aquaseed.id_block('scenario_scenarioprojection');
  v_days integer := aquaseed.number('scenario.profile_days')::integer;
  v_owner integer := aquaseed._user_id((select r.owner from aquaseed.run r));
  v_tgc bigint;
  v_mortality bigint;
  v_fcr bigint;
  v_scenarios bigint;
  v_projections bigint;
  v_final_g double precision;
  v_final_kg double precision;
begin
  -- The growth model of the geography whose season begins nearest to the arrival of the eggs.
  select t.model_id, m.model_id, f.model_id into strict v_tgc, v_mortality, v_fcr
  from aquaseed.schedule_batch b
  join aquaseed.geography g on g.geography_id = b.geography_id
  cross join jsonb_array_elements(aquaseed.setting_tree('scenario.seasons')) with ordinality n(season, place)
  join public.scenario_tgcmodel t on t.name = g.name || ', ' || (n.season ->> 'name')
  join public.scenario_mortalitymodel m on m.name = g.name || ', standard mortality'
  join public.scenario_fcrmodel f on f.name = aquaseed.setting_tree('scenario.fcr_model') #>> '{}'
  cross join lateral (
    select abs(extract(doy from b.start_date)::integer - (n.season ->> 'start_doy')::integer) as days
  ) apart
  where b.batch_no = p_batch_no
  order by least(apart.days, 365 - apart.days), n.place
  limit 1;

  insert into public.scenario
    (scenario_id, name, start_date, duration_days, initial_count, genotype, supplier, initial_weight, created_at,
     updated_at, batch_id, created_by_id, fcr_model_id, mortality_model_id, tgc_model_id, biological_constraints_id)
  select p_batch_no * v_block + x.n, x.name, b.start_date + x.start_day, v_days - x.start_day, x.fish,
         aquaseed.setting_tree('scenario.genotype') #>> '{}', e.name, x.weight_g, w.at, w.at,
         p_batch_no, v_owner, v_fcr, v_mortality, v_tgc,
         aquaseed.master_id('scenario_biological_constraints', 1)
  from aquaseed.schedule_batch b
  cross join lateral aquaseed._egg_supplier(b.batch_key, p_seed) e
  cross join lateral (
    select p.n, case p.n when 1 then 'Baseline ' else 'From ' || l.name || ', ' end || b.batch_name as name,
           g.start_day, sum(a.fish_in) as fish,
           round(sum(a.fish_in * a.weight_in_g) / sum(a.fish_in) * 1e4) / 1e4 as weight_g
    from (
      select 1 as n, min(t.life_stage_no) as life_stage_no from aquaseed.life_stage t
      union all
      select 2 + row_number() over (order by t.life_stage_no) - 1, t.life_stage_no
      from aquaseed.life_stage t
      where aquaseed.setting_tree('scenario.follow_up_stages') ? t.life_stage_key
    ) p
    join aquaseed.schedule_stay g on g.batch_no = b.batch_no and g.life_stage_no = p.life_stage_no
    join aquaseed.life_stage t on t.life_stage_no = p.life_stage_no
    join public.batch_lifecyclestage l on l.id = t.stage_id
    join aquaseed.schedule_container c on c.batch_no = b.batch_no and c.life_stage_no = p.life_stage_no
    join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
    where g.start_day < b.days and g.start_day < v_days
    group by p.n, l.name, g.start_day
  ) x
  cross join lateral (select (b.start_date + x.start_day + time '10:00') at time zone 'UTC' as at) w
  where b.batch_no = p_batch_no;
  get diagnostics v_scenarios = row_count;

  execute format($insert$
    with projection as (
      insert into public.%I
        (projection_id, projection_date, day_number, average_weight, population, biomass, daily_feed, cumulative_feed,
         temperature, created_at, updated_at, current_stage_id, projection_run_id)
      select $1 * $2 + p.day_number, p.on_date, p.day_number, p.weight_g, p.population, p.biomass_kg, p.feed_kg,
             p.cumulative_feed_kg, p.temperature, w.at, w.at, p.stage_id, $1 * $3 + 1
      from aquaseed.schedule_batch b
      cross join lateral (select (b.start_date + time '11:00') at time zone 'UTC' as at) w
      cross join aquaseed._project_scenario($4) p
      where b.batch_no = $1
      returning day_number, average_weight, biomass
    )
    select count(*) over (), p.average_weight, p.biomass from projection p order by p.day_number desc limit 1
  $insert$, p_leaf)
  into strict v_projections, v_final_g, v_final_kg
  using p_batch_no, v_projection_block, v_run_block, p_batch_no * v_block + 1;

  insert into public.scenario_projection_run
    (run_id, run_date, run_number, label, parameters_snapshot, notes, total_projections, final_weight_g,
     final_biomass_kg, created_at, updated_at, created_by_id, scenario_id)
  select p_batch_no * v_run_block + 1, w.at, 1, 'Baseline',
         jsonb_build_object(
           'start_date', s.start_date, 'duration_days', s.duration_days, 'initial_count', s.initial_count,
           'initial_weight_g', s.initial_weight, 'tgc_model', t.name, 'fcr_model', f.name, 'mortality_model', m.name,
           'stages', (
             select jsonb_agg(jsonb_build_object(
                      'stage', l.name, 'days', k.duration_days, 'fcr', k.fcr_value, 'tgc', x.tgc_value,
                      'daily_mortality_percent', y.daily_rate_percent) order by l."order")
             from public.scenario_fcrmodelstage k
             join public.batch_lifecyclestage l on l.id = k.stage_id
             left join public.scenario_tgc_model_stage x on x.tgc_model_id = t.model_id and x.lifecycle_stage = l.name
             left join public.scenario_mortality_model_stage y
               on y.mortality_model_id = m.model_id and y.lifecycle_stage = l.name
             where k.model_id = f.model_id)),
         '', v_projections, v_final_g, v_final_kg, w.at, w.at, v_owner, s.scenario_id
  from public.scenario s
  join public.scenario_tgcmodel t on t.model_id = s.tgc_model_id
  join public.scenario_fcrmodel f on f.model_id = s.fcr_model_id
  join public.scenario_mortalitymodel m on m.model_id = s.mortality_model_id
  cross join lateral (select (s.start_date + time '11:00') at time zone 'UTC' as at) w
  where s.scenario_id = p_batch_no * v_block + 1;
  return jsonb_build_object('scenario', v_scenarios, 'scenario_projection_run', 1,
                            'scenario_scenarioprojection', v_projections);
end
$$;

comment on function aquaseed._emit_scenarios(integer, bigint, text) is
  'scenario, scenario_projection_run and, into its leaf, scenario_scenarioprojection of one batch.';
