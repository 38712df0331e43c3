-- The truth of one stage of a batch: one row per container and day into aquaseed.assignment_day.
-- Growth is a cumulative sum in cube-root space, survival a cumulative hazard (deaths telescope, so mass
-- balance is exact), harvest a cumulative count of fish against the daily cap. No loop over days. What leaves a
-- container by moves is written to aquaseed.transfer for the next stage; a thinning harvest is noted as an incident.
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
  v_withholding integer := aquaseed.number('health.lice.withholding_days')::integer;
  v_incidents boolean := aquaseed.incidents_enabled();
  v_thinning double precision := aquaseed.number('incidents.thinning_harvest.batches');
  v_thinning_most integer := aquaseed.number('incidents.thinning_harvest.at_most')::integer;
  v_thin_from double precision := aquaseed.number('incidents.thinning_harvest.share.from');
  v_thin_to double precision := aquaseed.number('incidents.thinning_harvest.share.to');
  v_thin_kg_from double precision := aquaseed.number('incidents.thinning_harvest.weight_kg.from');
  v_thin_kg_to double precision := aquaseed.number('incidents.thinning_harvest.weight_kg.to');
  v_thin bigint := aquaseed.stream(p_seed, 'thinning harvest');
  v_rows bigint;
begin
  with place as (
    select a.assignment_no, sc.assignment_key, sc.container_id, a.fish_in, a.weight_in_g, a.first_day, a.last_day,
           c.name as container, c.noise_key, s.start_day, s.end_day, b.start_date, b.batch_key, b.harvest_target_g,
           t.days as stage_days, t.habitat, t.tank_sd, t.meals_per_day, t.yolk_from_day, t.yolk_weight_g, sg.tgc,
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
    select p.*, k.day, k.ration, n.no, w.temperature, (k.fasting or e.fasting) and p.meals_per_day > 0 as fasting,
           case when p.yolk_weight_g is not null
             -- Cube-root weight rises evenly from hatching to the end of the stage.
             then case when k.day >= p.start_day + p.yolk_from_day
               then (power(p.yolk_weight_g, 1 / 3.0::double precision) - power(p.weight_in_g, 1 / 3.0::double precision))
                 / (p.stage_days - p.yolk_from_day) else 0 end
             else p.tgc / 1000 * w.temperature * (1 - power(greatest(w.temperature - v_heat_start, 0) / v_heat_range, 2))
             * p.growth_factor * e.growth
             * case p.habitat when 'sea' then 1 + v_growth_amplitude * aquaseed.season(n.no, v_growth_phi) else 1 end
           end as growth,
           (k.background * e.disease + e.handling) * h.noise + e.environmental + e.predation as hazard,
           (k.background * (e.disease - 1) + e.handling) * h.noise + e.environmental + e.predation as extra_hazard,
           case greatest(k.background * (e.disease - 1) * h.noise, e.handling * h.noise, e.environmental, e.predation)
             when 0 then null
             when e.environmental then 'ENVIRONMENTAL'
             when e.predation then 'PREDATION'
             when e.handling * h.noise then e.handling_cause
             else 'DISEASE' end as extra_cause
    from place p
    join aquaseed._daily_effects(p_batch_no, p_stage_order) e on e.assignment_no = p.assignment_no
    join aquaseed._calendar(p_batch_no, p_stage_order, p_seed) k on k.day = e.day
    join aquaseed._water_temperature(p_batch_no, p_stage_order, p_seed) wt on wt.day = e.day
    cross join lateral (select aquaseed.day_no(p.start_date + k.day) as no) n
    cross join lateral (
      select round((wt.temperature_c + case p.habitat
          when 'sea' then v_ring_sd * aquaseed.z(v_temperature # p.noise_key, 0)
            + aquaseed.value_noise(v_temperature # p.noise_key, n.no, v_ring_tau, v_ring_sigma)
          else aquaseed.value_noise(v_temperature # p.noise_key, n.no, v_tank_tau, p.tank_sd) end) * 1e4) / 1e4
        as temperature
    ) w
    cross join lateral (
      select exp(p.log_hazard + aquaseed.value_noise(v_hazard_slow # p.assignment_key, n.no, v_slow_tau, v_sd_slow)
                 + v_sd_day * aquaseed.z(v_hazard # p.assignment_key, k.day)) as noise
    ) h
  ),
  -- The path without moves and harvest: fish alive and mean weight at the end of each day.
  path as materialized (
    select d.*,
           round(d.fish_in * exp(-sum(d.hazard) over w)) as alive,
           power(power(d.weight_in_g, 1 / 3.0::double precision)
             + sum(case when d.fasting then 0 else d.growth end) over w, 3) as weight
    from driver d
    window w as (partition by d.assignment_no order by d.day)
  ),
  -- What is left of a container after each of its moves: exactly nothing after the last.
  departure as (
    select m.*, lag(m.left_after, 1, 1::double precision) over (partition by m.source_no order by m.day, m.dest_no) as left_before
    from (
      select x.source_no, x.dest_no, x.day, x.weight_factor,
             case when row_number() over (partition by x.source_no order by x.day desc, x.dest_no desc) = 1 then 0
               else round((1 - sum(x.share) over (partition by x.source_no order by x.day, x.dest_no)) * 1e9) / 1e9 end
               as left_after
      from aquaseed.planned_move x
      where x.batch_no = p_batch_no and x.stage_order = p_stage_order + 1
    ) m
  ),
  -- Harvest of the last stage: it takes T / cap days; it starts so that the mean weight at slaughter is the
  -- target, after the withholding days of a delousing, and in time to be finished when the rings are due. The
  -- average fish is taken half-way through, and has not grown since its ring was put on fasting: fasting days and
  -- half of the ring's own days before.
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
             -- Null while the target is not reached; greatest() would pass over that.
             case when bool_or(h.weight >= t.target) then
               greatest(min(t.day) filter (where h.weight >= t.target),
                        (select max(r.day) + v_withholding from aquaseed.procedure r
                         where r.batch_no = p_batch_no and r.kind = 'delousing')) end,
             max(t.day) filter (where t.day + w.days <= t.end_day)
           )::integer as start_day, min(t.cap) as cap
    from total t
    cross join lateral (select ceil(t.alive / t.cap) as days) w
    join total h
      on h.day = least(t.end_day - 1, round(t.day + w.days / 2 - w.days / (2 * t.rings) - v_fast_harvest))::integer
  ),
  -- Thinning: some fish of a ring are taken once they are heavy enough, well before the harvest.
  thinning as materialized (
    select c.assignment_no, c.container, c.assignment_key, min(p.day)::integer as day, c.share
    from (
      select x.*, row_number() over (order by aquaseed.u(v_thin # x.assignment_key, 0), x.assignment_no) as turn,
             v_thin_from + (v_thin_to - v_thin_from) * aquaseed.u(v_thin # x.assignment_key, 1) as share,
             1000 * (v_thin_kg_from + (v_thin_kg_to - v_thin_kg_from) * aquaseed.u(v_thin # x.assignment_key, 2)) as from_g
      from place x
      where v_incidents and x.is_last
    ) c
    join path p on p.assignment_no = c.assignment_no
    cross join harvest h
    where c.turn <= 1 + floor(aquaseed.u(v_thin # c.batch_key, 1) * v_thinning_most)
      and v_thinning_most > 0 and aquaseed.u(v_thin # c.batch_key, 0) < v_thinning
      and p.weight >= c.from_g and p.day < h.start_day - 14
      and not exists (
        select from aquaseed.procedure r
        where r.batch_no = p_batch_no and r.kind = 'delousing' and r.assignment_no = c.assignment_no
          and p.day - r.day between 0 and v_withholding
      )
    group by c.assignment_no, c.container, c.assignment_key, c.share
  ),
  noted as (
    insert into aquaseed.incident
      (batch_no, incident_no, kind, stage_order, assignment_no, from_day, to_day, size, place, incident_key, detail)
    select p_batch_no, p_stage_order * 10000 + 1 + row_number() over (order by t.assignment_no), 'thinning_harvest', p_stage_order,
           t.assignment_no, t.day, t.day, round(t.share * 1e6) / 1e6, t.container, v_thin # t.assignment_key,
           'Some fish slaughtered early'
    from thinning t
  ),
  ring as (
    -- Rings are emptied one after the other: ring by ring in the order of all its fish.
    select r.*, sum(r.alive) over (order by r.assignment_no) - r.alive as before
    from (
      select p.assignment_no, h.start_day, h.cap, floor(p.alive * (1 - coalesce(t.share, 0))) as alive
      from harvest h
      join path p on p.is_last and p.day = h.start_day
      left join thinning t on t.assignment_no = p.assignment_no
    ) r
  ),
  emptied as (
    select r.*, r.start_day + floor(r.before / r.cap) as first_day from ring r where r.alive > 0
  ),
  kept as (
    select p.assignment_no, p.assignment_key, p.container_id, p.fish_in, p.weight_in_g, p.day, p.no, p.temperature,
           p.first_day, p.ration, p.growth, p.fcr, p.meals_per_day, p.alive, k.fraction, m.remaining, f.fasting,
           coalesce(p.extra_hazard / nullif(p.hazard, 0), 0) as extra_share, p.extra_cause,
           lag(p.alive, 1, p.fish_in) over w as alive_before,
           lag(k.fraction, 1, 1::double precision) over w as fraction_before,
           power(power(p.weight_in_g, 1 / 3.0::double precision)
             + sum(case when f.fasting then 0 else p.growth end) over w, 3) as weight
    from path p
    left join emptied e on e.assignment_no = p.assignment_no
    left join thinning t on t.assignment_no = p.assignment_no
    cross join lateral (
      select p.fasting or coalesce(p.day >= e.first_day - v_fast_harvest, false)
             or coalesce(t.day - p.day between 1 and v_fast_harvest, false) as fasting
    ) f
    cross join lateral (
      select case when p.day < e.start_day or e.start_day is null then 1
               else 1 - least(1, greatest(0, ((p.day - e.start_day + 1) * e.cap - e.before) / e.alive)) end
             * case when p.day >= t.day then 1 - t.share else 1 end::double precision as fraction
    ) k
    cross join lateral (
      select coalesce(min(x.left_after), 1) as remaining from departure x where x.source_no = p.assignment_no and x.day <= p.day
    ) m
    window w as (partition by p.assignment_no order by p.day)
  ),
  counted as (
    select c.*, greatest(0, c.fish_start - c.fish_end - deaths.n) as harvested, deaths.n as deaths,
           round(c.weight * 1e4) / 1e4 as weight_g
    from (
      select k.*, floor(k.alive_before * k.fraction_before * k.remaining)::integer as fish_start,
             floor(k.alive * k.fraction * k.remaining)::integer as fish_end
      from kept k
    ) c
    cross join lateral (
      select case when c.fraction_before = c.fraction then c.fish_start - c.fish_end
             else greatest(0, least(round((c.alive_before - c.alive) * c.fraction_before)::integer,
                                    c.fish_start - c.fish_end)) end as n
    ) deaths
  ),
  weighed as materialized (
    select c.*, lag(c.weight_g, 1, c.weight_in_g) over w as weight_start,
           c.meals_per_day > 0 and not c.fasting and c.fish_end > 0 as fed
    from counted c
    where c.fish_start > 0
    window w as (partition by c.assignment_no order by c.day)
  ),
  moved as (
    insert into aquaseed.transfer
      (batch_no, action_no, stage_order, day, source_no, dest_no, fish, weight_g, selection)
    select p_batch_no, (p_stage_order + 1) * 100 + row_number() over (order by f.day, f.source_no, f.dest_no) - 1,
           p_stage_order + 1, f.day, f.source_no, f.dest_no, f.fish, f.weight_g, f.selection
    from (
      select d.day, d.source_no, d.dest_no, round(w.weight_g * d.weight_factor * 1e4) / 1e4 as weight_g,
             (floor(w.alive * d.left_before) - floor(w.alive * d.left_after))::integer as fish,
             case when d.weight_factor > 1 then 'LARGEST' when d.weight_factor < 1 then 'SMALLEST' else 'AVERAGE' end as selection
      from departure d
      join weighed w on w.assignment_no = d.source_no and w.day = d.day - 1
    ) f
    where f.fish > 0
  ),
  sized as (
    select w.*, pellet.pellet_no,
           lag(pellet.pellet_no, v_overlap) over o as pellet_before,
           case when w.fed then
             w.fcr * w.fish_end * (w.weight_g - w.weight_start) / 1000 * w.ration
               * exp(aquaseed.value_noise(v_appetite # w.assignment_key, w.no, v_appetite_tau, v_appetite_sigma)
                     - v_appetite_sigma ^ 2 / 2)
             else 0 end as feed_kg,
           -- A single meal is the morning's.
           case when w.meals_per_day = 1 then 1 else v_morning + greatest(-v_morning_most, least(v_morning_most,
             v_morning_sd * aquaseed.z(v_share # w.assignment_key, w.day))) end as morning
    from weighed w
    join aquaseed.pellet on w.weight_start > pellet.from_g and w.weight_start <= pellet.up_to_g
    window o as (partition by w.assignment_no order by w.day)
  )
  insert into aquaseed.assignment_day
    (batch_no, assignment_no, day, stage_order, container_id, fish_start, deaths, harvested, fish_end,
     weight_start_g, weight_g, temperature_c, fasting, extra_share, extra_cause, feed_1_g, feed_2_g, pellet_1, pellet_2)
  select p_batch_no, s.assignment_no, s.day, p_stage_order, s.container_id,
         s.fish_start, s.deaths, s.harvested, s.fish_end, s.weight_start, s.weight_g, s.temperature,
         s.fasting, round(s.extra_share * 1e6) / 1e6, s.extra_cause,
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
  'Daily truth of one stage of a batch over its whole life (aquaseed.assignment_day), and its moves into the next one (aquaseed.transfer). Returns the days.';
