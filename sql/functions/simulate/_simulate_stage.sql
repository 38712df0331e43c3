-- The truth of one stage of a batch: one row per container and day into aquaseed.assignment_day.
-- Growth is a cumulative sum in cube-root space, survival a cumulative hazard (deaths telescope, so mass
-- balance is exact), harvest a cumulative count of fish against the daily cap. No loop over days.
create or replace function aquaseed._simulate_stage(p_batch_no integer, p_stage_order integer, p_seed bigint)
returns bigint language plpgsql
set search_path = ''
as $$
declare
  v_growth_sd double precision := aquaseed.number('biology.batch.growth_sd');
  v_container_growth_sd double precision := aquaseed.number('biology.batch.container_growth_sd');
  v_fcr_sd double precision := aquaseed.number('biology.batch.fcr_sd');
  v_heat_start double precision := aquaseed.number('biology.growth.heat_stress.start');
  v_heat_range double precision := aquaseed.number('biology.growth.heat_stress.range');
  v_growth_amplitude double precision := aquaseed.number('biology.growth.sea_season.amplitude');
  v_growth_phi double precision := aquaseed.number('biology.growth.sea_season.phi');
  v_entry_from double precision := aquaseed.number('biology.growth.sea_entry.from');
  v_entry_days double precision := aquaseed.number('biology.growth.sea_entry.days');
  v_ring_sd double precision := aquaseed.number('climate.sea.temperature.ring_sd');
  v_ring_tau double precision := aquaseed.number('climate.sea.temperature.ring_noise.tau');
  v_ring_sigma double precision := aquaseed.number('climate.sea.temperature.ring_noise.sigma');
  v_tank_tau double precision := aquaseed.number('climate.freshwater.temperature.tank_tau');
  v_sd_batch double precision := aquaseed.number('biology.mortality.noise.batch');
  v_sd_tank double precision := aquaseed.number('biology.mortality.noise.tank');
  v_sd_ring double precision := aquaseed.number('biology.mortality.noise.ring');
  v_sd_slow double precision := aquaseed.number('biology.mortality.noise.container');
  v_slow_tau double precision := aquaseed.number('biology.mortality.noise.container_tau');
  v_sd_day double precision := aquaseed.number('biology.mortality.noise.day');
  v_appetite_tau double precision := aquaseed.number('biology.feeding.appetite.tau');
  v_appetite_sigma double precision := aquaseed.number('biology.feeding.appetite.sigma');
  v_morning double precision := aquaseed.number('biology.feeding.morning_share.mean');
  v_morning_sd double precision := aquaseed.number('biology.feeding.morning_share.sd');
  v_morning_most double precision := aquaseed.number('biology.feeding.morning_share.max_deviation');
  v_overlap integer := aquaseed.number('biology.feeding.overlap_days')::integer;
  v_fast_harvest double precision := aquaseed.number('biology.feeding.fasting_days.harvest');
  v_fish_per_day double precision := aquaseed.number('biology.harvest.fish_per_day');
  v_growth bigint := aquaseed.stream(p_seed, 'growth factor');
  v_fcr bigint := aquaseed.stream(p_seed, 'feed conversion');
  v_temperature bigint := aquaseed.stream(p_seed, 'container temperature');
  v_hazard bigint := aquaseed.stream(p_seed, 'hazard');
  v_hazard_slow bigint := aquaseed.stream(p_seed, 'hazard, slow');
  v_appetite bigint := aquaseed.stream(p_seed, 'appetite');
  v_share bigint := aquaseed.stream(p_seed, 'morning share');
  v_rows bigint;
begin
  insert into aquaseed.assignment_day
    (batch_no, assignment_no, day, stage_order, container_id, fish_start, deaths, harvested, fish_end,
     weight_start_g, weight_g, temperature_c, fasting, extra_share, extra_cause, feed_1_g, feed_2_g, pellet_1, pellet_2)
  with place as (
    select a.assignment_no, sc.assignment_key, sc.container_id, a.fish_in, a.weight_in_g,
           c.noise_key, s.start_day, s.end_day, b.start_date, b.harvest_target_g,
           t.habitat, t.tank_sd, t.meals_per_day, t.yolk_from_day, t.yolk_weight_g, sg.tgc,
           t.stage_order = (select max(x.stage_order) from aquaseed.stage x) as is_last,
           t.biological_fcr * (1 + v_fcr_sd * aquaseed.z(v_fcr # b.batch_key, 0)) as fcr,
           (1 + v_growth_sd * aquaseed.z(v_growth # b.batch_key, 0))
             * (1 + v_container_growth_sd * aquaseed.z(v_growth # sc.assignment_key, 1)) as growth_factor,
           v_sd_batch * aquaseed.z(v_hazard # b.batch_key, 0)
             + p.sd * aquaseed.z(v_hazard # sc.assignment_key, -1)
             - (v_sd_batch ^ 2 + p.sd ^ 2 + v_sd_slow ^ 2 + v_sd_day ^ 2) / 2 as log_hazard
    from aquaseed.schedule_batch b
    join aquaseed.schedule_stage s on s.batch_no = b.batch_no and s.stage_order = p_stage_order
    join aquaseed.stage t on t.stage_order = s.stage_order
    join aquaseed.stage_geography sg on sg.stage_order = s.stage_order and sg.geography_id = b.geography_id
    join aquaseed.schedule_container sc on sc.batch_no = s.batch_no and sc.stage_order = s.stage_order
    join aquaseed.container c on c.container_id = sc.container_id
    join aquaseed.assignment a on a.batch_no = sc.batch_no and a.assignment_no = sc.assignment_no
    cross join lateral (select case t.habitat when 'sea' then v_sd_ring else v_sd_tank end as sd) p
    where b.batch_no = p_batch_no
  ),
  -- Temperature, growth in cube-root space if fed, hazard; per container and day.
  driver as materialized (
    select p.*, k.day, k.fasting and p.meals_per_day > 0 as fasting, k.ration, n.no, w.temperature,
           coalesce(k.pulse / nullif(k.pulse + k.background, 0), 0) as pulse_share,
           case when p.yolk_weight_g is not null
             -- Cube-root weight rises evenly from hatching to the end of the stage.
             then case when k.day >= p.start_day + p.yolk_from_day
               then (power(p.yolk_weight_g, 1 / 3.0::double precision) - power(p.weight_in_g, 1 / 3.0::double precision))
                 / (p.end_day - p.start_day - p.yolk_from_day) else 0 end
             else p.tgc / 1000 * w.temperature * (1 - power(greatest(w.temperature - v_heat_start, 0) / v_heat_range, 2))
             * p.growth_factor
             * case p.habitat when 'sea'
                 then (1 + v_growth_amplitude * aquaseed.season(n.no, v_growth_phi))
                   * (v_entry_from + (1 - v_entry_from) * least(1, (k.day - p.start_day) / v_entry_days))
                 else 1 end
           end as growth,
           (k.background + k.pulse)
             * exp(p.log_hazard
                 + aquaseed.value_noise(v_hazard_slow # p.assignment_key, n.no, v_slow_tau, v_sd_slow)
                 + v_sd_day * aquaseed.z(v_hazard # p.assignment_key, k.day)) as hazard
    from aquaseed._calendar(p_batch_no, p_stage_order, p_seed) k
    join aquaseed._water_temperature(p_batch_no, p_stage_order, p_seed) wt on wt.day = k.day
    cross join place p
    cross join lateral (select aquaseed.day_no(p.start_date + k.day) as no) n
    cross join lateral (
      select round((wt.temperature_c + case p.habitat
          when 'sea' then v_ring_sd * aquaseed.z(v_temperature # p.noise_key, 0)
            + aquaseed.value_noise(v_temperature # p.noise_key, n.no, v_ring_tau, v_ring_sigma)
          else aquaseed.value_noise(v_temperature # p.noise_key, n.no, v_tank_tau, p.tank_sd) end) * 1e4) / 1e4
        as temperature
    ) w
  ),
  -- The path without harvest: fish alive and mean weight at the end of each day.
  path as materialized (
    select d.*,
           round(d.fish_in * exp(-sum(d.hazard) over w)) as alive,
           power(power(d.weight_in_g, 1 / 3.0::double precision)
             + sum(case when d.fasting then 0 else d.growth end) over w, 3) as weight
    from driver d
    window w as (partition by d.assignment_no order by d.day)
  ),
  -- Harvest of the last stage: it takes T / cap days; it starts so that the mean weight at slaughter is the
  -- target, and in time to be finished when the rings are due. The average fish is taken half-way through, and
  -- has not grown since its ring was put on fasting: fasting days and half of the ring's own days before.
  total as (
    select p.day, min(p.end_day) as end_day, min(p.harvest_target_g) as target, sum(p.alive) as alive,
           sum(p.alive * p.weight) / nullif(sum(p.alive), 0) as weight,
           floor(v_fish_per_day) - count(*) as cap, count(*) as rings
    from path p
    where p.is_last
    group by p.day
  ),
  harvest as (
    select least(
             min(t.day) filter (where h.weight >= t.target),
             max(t.day) filter (where t.day + w.days <= t.end_day)
           ) as start_day, min(t.cap) as cap
    from total t
    cross join lateral (select ceil(t.alive / t.cap) as days) w
    join total h
      on h.day = least(t.end_day - 1, round(t.day + w.days / 2 - w.days / (2 * t.rings) - v_fast_harvest))::integer
  ),
  ring as (
    -- Rings are emptied one after the other: ring by ring in the order of all its fish.
    select p.assignment_no, h.start_day, h.cap, p.alive,
           sum(p.alive) over (order by p.assignment_no) - p.alive as before
    from harvest h
    join path p on p.is_last and p.day = h.start_day
  ),
  emptied as (
    select r.*, r.start_day + floor(r.before / r.cap) as first_day from ring r where r.alive > 0
  ),
  kept as (
    select p.assignment_no, p.assignment_key, p.container_id, p.fish_in, p.weight_in_g, p.day, p.no, p.temperature,
           p.start_day, p.ration, p.growth, p.pulse_share, p.fcr, p.meals_per_day, p.alive, k.fraction, f.fasting,
           lag(p.alive, 1, p.fish_in) over w as alive_before,
           lag(k.fraction, 1, 1::double precision) over w as fraction_before,
           power(power(p.weight_in_g, 1 / 3.0::double precision)
             + sum(case when f.fasting then 0 else p.growth end) over w, 3) as weight
    from path p
    left join emptied e on e.assignment_no = p.assignment_no
    cross join lateral (select p.fasting or coalesce(p.day >= e.first_day - v_fast_harvest, false) as fasting) f
    cross join lateral (
      select case when p.day < e.start_day or e.start_day is null then 1
             else 1 - least(1, greatest(0, ((p.day - e.start_day + 1) * e.cap - e.before) / e.alive)) end
        ::double precision as fraction
    ) k
    window w as (partition by p.assignment_no order by p.day)
  ),
  counted as (
    select c.*, greatest(0, c.fish_start - c.fish_end - deaths.n) as harvested, deaths.n as deaths,
           round(c.weight * 1e4) / 1e4 as weight_g
    from (
      select k.*, floor(k.alive_before * k.fraction_before)::integer as fish_start,
             floor(k.alive * k.fraction)::integer as fish_end
      from kept k
    ) c
    cross join lateral (
      select case when c.fraction_before = 1 and c.fraction = 1 then c.fish_start - c.fish_end
             else greatest(0, least(round((c.alive_before - c.alive) * c.fraction_before)::integer,
                                    c.fish_start - c.fish_end)) end as n
    ) deaths
  ),
  weighed as (
    select c.*, lag(c.weight_g, 1, c.weight_in_g) over w as weight_start,
           c.meals_per_day > 0 and not c.fasting and c.fish_end > 0 as fed
    from counted c
    where c.fish_start > 0
    window w as (partition by c.assignment_no order by c.day)
  ),
  sized as (
    select w.*, pellet.pellet_no,
           lag(pellet.pellet_no, v_overlap) over o as pellet_before,
           case when w.fed then
             w.fcr * w.fish_end * (w.weight_g - w.weight_start) / 1000 * w.ration
               * exp(aquaseed.value_noise(v_appetite # w.assignment_key, w.no, v_appetite_tau, v_appetite_sigma)
                     - v_appetite_sigma ^ 2 / 2)
             else 0 end as feed_kg,
           v_morning + greatest(-v_morning_most, least(v_morning_most,
             v_morning_sd * aquaseed.z(v_share # w.assignment_key, w.day))) as morning
    from weighed w
    join aquaseed.pellet on w.weight_start > pellet.from_g and w.weight_start <= pellet.up_to_g
    window o as (partition by w.assignment_no order by w.day)
  )
  select p_batch_no, s.assignment_no, s.day, p_stage_order, s.container_id,
         s.fish_start, s.deaths, s.harvested, s.fish_end, s.weight_start, s.weight_g, s.temperature,
         s.fasting, round(s.pulse_share * 1e6) / 1e6, case when s.pulse_share > 0 then 'HANDLING' end,
         round(s.feed_kg * s.morning * 100)::integer * 10,
         round(s.feed_kg * (1 - s.morning) * 100)::integer * 10,
         coalesce(s.pellet_before, s.pellet_no), s.pellet_no
  from sized s
  order by s.assignment_no, s.day;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._simulate_stage(integer, integer, bigint) is
  'Daily truth of one stage of a batch over its whole life (rows of aquaseed.assignment_day). Returns the rows.';
