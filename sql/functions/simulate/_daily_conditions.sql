-- What every container of a stage lives through, day by day, whatever fish are in it: temperature, growth in cube-root
-- space if fed, hazard; whether the dead are taken out. What is found after days without removal has the causes of all
-- of them. A batch keeps of its place's bad weeks what the damping leaves of their sum over its stay. What all
-- containers share is worked out once a day, draws once a container and day.
-- offset 0 keeps each draw in one place: flattened, the planner repeats it at every use. 4,500 rows of a stage at sea
-- take 20 ms besides their effects, flattened some 100 ms (2026-11).
create or replace function aquaseed._daily_conditions(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns table (
  assignment_no smallint, day smallint, no integer, ration double precision, fasting boolean,
  temperature double precision, growth double precision, hazard double precision, extra_share double precision,
  extra_cause text, is_removed boolean
)
language plpgsql stable rows 5000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_batch aquaseed.batch_spread := aquaseed.settings('biology.batch', null::aquaseed.batch_spread);
  v_growth aquaseed.growth := aquaseed.settings('biology.growth', null::aquaseed.growth);
  v_heat aquaseed.heat_stress := v_growth.heat_stress;
  v_season aquaseed.wave := v_growth.sea_season;
  v_sea aquaseed.sea_water_temperature :=
    aquaseed.settings('climate.sea.temperature', null::aquaseed.sea_water_temperature);
  v_tank_tau double precision := aquaseed.number('climate.freshwater.temperature.tank_tau');
  v_sd aquaseed.mortality_noise := aquaseed.settings('biology.mortality.noise', null::aquaseed.mortality_noise);
  v_weeks aquaseed.bad_weeks;
  v_week_draw bigint := aquaseed.stream(p_seed, 'hazard, week');
  v_growth_draw bigint := aquaseed.stream(p_seed, 'growth factor');
  v_water_draw bigint := aquaseed.stream(p_seed, 'container temperature');
  v_hazard_draw bigint := aquaseed.stream(p_seed, 'hazard');
  v_slow_draw bigint := aquaseed.stream(p_seed, 'hazard, slow');
  v_stay record;
begin
  -- Rings and tanks differ in how their water and their deaths vary.
  select s.start_day, b.start_date, b.batch_key, coalesce(n.start_day, s.end_day) - s.start_day as days, t.habitat,
         t.habitat = 'sea' as is_sea, t.meals_per_day > 0 as is_fed,
         t.yolk_from_day, t.yolk_weight_g, g.tgc,
         case t.habitat when 'sea' then v_sd.ring else v_sd.tank end as hazard_sd,
         case t.habitat when 'sea' then (v_sea.ring_noise).tau else v_tank_tau end as water_tau,
         case t.habitat when 'sea' then (v_sea.ring_noise).sigma else t.tank_sd end as water_sigma
  into strict v_stay
  from aquaseed.schedule_batch b
  join aquaseed.schedule_stay s on s.batch_no = b.batch_no and s.life_stage_no = p_life_stage_no
  left join aquaseed.schedule_stay n on n.batch_no = b.batch_no and n.life_stage_no = p_life_stage_no + 1
  join aquaseed.life_stage t on t.life_stage_no = s.life_stage_no
  join aquaseed.life_stage_geography g on g.life_stage_no = s.life_stage_no and g.geography_id = b.geography_id
  where b.batch_no = p_batch_no;
  v_weeks := aquaseed.settings('biology.mortality.weeks', null::aquaseed.bad_weeks, v_stay.habitat);

  return query
  with container as materialized (
    select a.assignment_no, c.assignment_key, k.noise_key, a.weight_in_g,
           case when v_stay.is_sea then v_sea.ring_sd * aquaseed.z(v_water_draw # k.noise_key, 0) end as ring_c,
           (1 + v_batch.growth_sd * aquaseed.z(v_growth_draw # v_stay.batch_key, 0))
             * (1 + v_batch.container_growth_sd * aquaseed.z(v_growth_draw # c.assignment_key, 1)) as growth_factor,
           v_sd.batch * aquaseed.z(v_hazard_draw # v_stay.batch_key, 0)
             + v_stay.hazard_sd * aquaseed.z(v_hazard_draw # c.assignment_key, -1)
             - (v_sd.batch ^ 2 + v_stay.hazard_sd ^ 2 + v_sd.container ^ 2 + v_sd.day ^ 2
                + v_weeks.container_sd ^ 2) / 2 as log_hazard
    from aquaseed.schedule_container c
    join aquaseed.container k on k.container_id = c.container_id
    join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
    where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
  ),
  daily as materialized (
    select k.day, k.background, k.fasting, k.ration, w.temperature_c, n.no,
           w.liveliness * v_stay.water_sigma as water_sigma,
           -- Day 3 of the time axis is a Monday.
           (n.no + 4) / 7 as week_no,
           p.factor / power(sum(k.background * p.factor) over () / nullif(sum(k.background) over (), 0),
                            v_weeks.damping) as factor,
           -- At sea, fasting days of the calendar are those too rough to feed.
           not (v_stay.is_sea and k.fasting or p.day_off) as is_removed,
           floor(n.no / v_stay.water_tau)::bigint as water_knot,
           aquaseed.noise_phase(n.no, v_stay.water_tau) as water_phase,
           floor(n.no / v_sd.container_tau)::bigint as slow_knot,
           aquaseed.noise_phase(n.no, v_sd.container_tau) as slow_phase,
           case when v_stay.is_sea then 1 + v_season.amplitude * aquaseed.season(n.no, v_season.phi) else 1 end
             as season
    from aquaseed._calendar(p_batch_no, p_life_stage_no, p_seed) k
    join aquaseed._water_temperature(p_batch_no, p_life_stage_no, p_seed) w on w.day = k.day
    join aquaseed._bad_weeks(p_batch_no, p_life_stage_no, p_seed) p on p.day = k.day
    cross join lateral (select aquaseed.day_no(v_stay.start_date + k.day) as no) n
  ),
  drawn as (
    select e.*, d.no, d.ration, d.background, (d.fasting or e.fasting) and v_stay.is_fed as unfed, d.season,
           c.weight_in_g, c.growth_factor,
           round((d.temperature_c + case when v_stay.is_sea
             then c.ring_c
               + aquaseed.knot_noise(v_water_draw # c.noise_key, d.water_knot, d.water_phase, d.water_sigma)
             else aquaseed.knot_noise(v_water_draw # c.noise_key, d.water_knot, d.water_phase, d.water_sigma)
             end) * 1e4) / 1e4 as temperature,
           exp(c.log_hazard
               + aquaseed.knot_noise(v_slow_draw # c.assignment_key, d.slow_knot, d.slow_phase, v_sd.container)
               + v_sd.day * aquaseed.z(v_hazard_draw # c.assignment_key, d.day)
               + v_weeks.container_sd * aquaseed.z(v_week_draw # c.assignment_key, d.week_no))
             * coalesce(d.factor, 1) as noise,
           d.is_removed and not e.gale as is_removed, coalesce(q.hazard, 0) as culled
    from aquaseed._daily_effects(p_batch_no, p_life_stage_no) e
    join container c on c.assignment_no = e.assignment_no
    join daily d on d.day = e.day
    left join aquaseed._culling(p_batch_no, p_life_stage_no, p_seed) q
      on q.assignment_no = e.assignment_no and q.day = e.day
    offset 0
  ),
  risk as (
    select x.*, (x.background * x.disease + x.handling) * x.noise + x.environmental + x.predation + x.culled as total,
           (x.background * (x.disease - 1) + x.handling) * x.noise + x.environmental + x.predation + x.culled as extra,
           case greatest(x.background * (x.disease - 1) * x.noise, x.handling * x.noise, x.environmental, x.predation,
                         x.culled)
             when 0 then null
             when x.culled then 'CULLING'
             when x.environmental then 'ENVIRONMENTAL'
             when x.predation then 'PREDATION'
             when x.handling * x.noise then x.handling_cause
             else 'DISEASE' end as cause,
           count(*) filter (where x.is_removed) over (
             partition by x.assignment_no order by x.day rows between unbounded preceding and 1 preceding) as removal_no
    from drawn x
  )
  select r.assignment_no, r.day, r.no, r.ration, r.unfed, r.temperature,
         case when v_stay.yolk_weight_g is not null
           -- Cube-root weight rises evenly from hatching to the end of the stage.
           then case when r.day >= v_stay.start_day + v_stay.yolk_from_day
             then (power(v_stay.yolk_weight_g, 1 / 3.0::double precision)
                   - power(r.weight_in_g, 1 / 3.0::double precision))
               / (v_stay.days - v_stay.yolk_from_day) else 0 end
           else v_stay.tgc / 1000 * r.temperature
             * (1 - power(greatest(r.temperature - v_heat.start, 0) / v_heat.range, 2))
             * r.growth_factor * r.growth * r.season
         end,
         r.total, round(coalesce(sum(r.extra) over w / nullif(sum(r.total) over w, 0), 0) * 1e6) / 1e6,
         first_value(r.cause) over (w order by r.extra desc, r.day), r.is_removed
  from risk r
  window w as (partition by r.assignment_no, r.removal_no);
end
$$;

comment on function aquaseed._daily_conditions(integer, integer, bigint) is
  'Per container and day of a stage: deg C, growth (cube root of g) if fed, hazard, fasting, ration (1 or 0.5).';
