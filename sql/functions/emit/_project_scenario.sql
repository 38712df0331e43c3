-- The projection of a baseline scenario, a row a day: the model of the simulation with the constants of the
-- scenario's own models (growth, feed conversion, mortality, temperature by day number, stage by duration) and
-- without noise. What is planned slows growth as in the simulation: fasting before vaccination and transfer, the
-- days after sea entry, the season and heat at sea; storms by their chance. Deaths fall evenly over a stage.
-- The application's own projection knows none of these but the models: docs/realism.md.
create or replace function aquaseed._project_scenario(p_scenario_id bigint)
returns table (
  day_number integer, on_date date, stage_id bigint, temperature double precision, weight_g double precision,
  population double precision, biomass_kg double precision, feed_kg double precision,
  cumulative_feed_kg double precision
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fasting aquaseed.fasting_days := aquaseed.settings('biology.feeding.fasting_days', null::aquaseed.fasting_days);
  v_storm aquaseed.by_winter := aquaseed.settings('biology.feeding.storm', null::aquaseed.by_winter);
  v_growth aquaseed.growth := aquaseed.settings('biology.growth', null::aquaseed.growth);
  v_heat aquaseed.heat_stress := v_growth.heat_stress;
  v_season aquaseed.wave := v_growth.sea_season;
  v_entry aquaseed.sea_entry := v_growth.sea_entry;
begin
  return query
  with vaccination as (
    select v.day::integer as on_day
    from jsonb_array_elements_text(aquaseed.setting_tree('biology.vaccination_days')) v(day)
  ),
  -- Stages by duration; days count from 0 at the start of the scenario.
  stage as (
    select s.start_date, s.duration_days, s.initial_count, s.initial_weight, g.profile_id, f.stage_id, f.fcr_value,
           t.habitat, t.yolk_from_day, t.yolk_weight_g,
           sum(f.duration_days) over w - f.duration_days as start_day, sum(f.duration_days) over w as end_day,
           lead(t.habitat) over w as next_habitat,
           coalesce(x.tgc_value::double precision, g.tgc_value) as tgc,
           coalesce(y.daily_rate_percent::double precision, m.rate) as deaths_percent
    from public.scenario s
    join public.scenario_tgcmodel g on g.model_id = s.tgc_model_id
    join public.scenario_mortalitymodel m on m.model_id = s.mortality_model_id
    join public.scenario_fcrmodelstage f on f.model_id = s.fcr_model_id
    join public.batch_lifecyclestage l on l.id = f.stage_id
    join aquaseed.life_stage t on t.stage_id = f.stage_id
    left join public.scenario_tgc_model_stage x on x.tgc_model_id = g.model_id and x.lifecycle_stage = l.name
    left join public.scenario_mortality_model_stage y
      on y.mortality_model_id = m.model_id and y.lifecycle_stage = l.name
    where s.scenario_id = p_scenario_id
    window w as (order by t.life_stage_no)
  ),
  day as (
    select s.*, r.day_number, r.temperature, s.start_date + r.day_number - 1 as on_date, d.at_day, d.stage_day,
           exists (select from vaccination v where v.on_day - d.at_day between 1 and v_fasting.vaccination)
             or (s.next_habitat is not null and s.end_day - d.at_day
                 <= case when s.next_habitat = 'sea' and s.habitat <> 'sea' then v_fasting.sea_transfer
                         else v_fasting.transfer end)
             as fasting
    from stage s
    join public.scenario_temperaturereading r
      on r.profile_id = s.profile_id and r.day_number <= s.duration_days
      and r.day_number > s.start_day and (r.day_number <= s.end_day or s.next_habitat is null)
    cross join lateral (select r.day_number - 1 as at_day, r.day_number - 1 - s.start_day as stage_day) d
  ),
  grown as (
    select d.*,
           power(power(d.initial_weight, 1 / 3.0::double precision) + sum(
             case when d.yolk_weight_g is not null
                    then case when d.stage_day < d.yolk_from_day then 0
                         else (power(d.yolk_weight_g, 1 / 3.0::double precision)
                               - power(d.initial_weight, 1 / 3.0::double precision))
                           / (d.end_day - d.start_day - d.yolk_from_day) end
                  when d.fasting then 0
                  else d.tgc / 1000 * d.temperature
                    * (1 - power(greatest(d.temperature - v_heat.start, 0) / v_heat.range, 2))
                    * case d.habitat when 'sea'
                        then (1 + v_season.amplitude * aquaseed.season(aquaseed.day_no(d.on_date), v_season.phi))
                          * (v_entry."from" + (1 - v_entry."from") * least(1, d.stage_day / v_entry.days))
                          * (1 - case when extract(month from d.on_date)::integer = any (v_storm.winter_months)
                                 then v_storm.winter else v_storm.other end)
                        else 1 end
             end) over w, 3) as weight,
           d.initial_count * exp(sum(ln(1 - d.deaths_percent / 100)) over w) as alive
    from day d
    window w as (order by d.day_number)
  ),
  fed as (
    select g.*, round(g.weight * 1e4) / 1e4 as end_weight, round(g.alive * 100) / 100 as fish,
           round((g.fcr_value * g.alive * (g.weight - lag(g.weight, 1, g.initial_weight) over (order by g.day_number))
                  / 1000)::numeric, 2) as kg
    from grown g
  )
  select f.day_number, f.on_date, f.stage_id, f.temperature, f.end_weight, f.fish,
         round(f.fish * f.end_weight / 10) / 100, f.kg::double precision,
         (sum(f.kg) over (order by f.day_number))::double precision
  from fed f
  order by f.day_number;
end
$$;

comment on function aquaseed._project_scenario(bigint) is
  'Daily projection of a baseline scenario (weight in g at the end of the day, kg of biomass and feed, deg C).';
