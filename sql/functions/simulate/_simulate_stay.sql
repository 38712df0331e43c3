-- Long, since it is one statement: every step adds to the same path of days, which is worked out once.
-- The truth of one stay of a batch: one row per container and day into aquaseed.assignment_day.
-- Growth is a cumulative sum in cube-root space, survival a cumulative hazard (deaths telescope, so mass
-- balance is exact), harvest a cumulative count of fish against the cap of a working day. No loop over days. What
-- leaves a container by moves is written to aquaseed.transfer for the next stay; a thinning harvest is noted as an
-- incident.
create or replace function aquaseed._simulate_stay(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_fcr_sd double precision := aquaseed.number('biology.batch.fcr_sd');
  v_fish_per_day double precision := aquaseed.number('biology.harvest.fish_per_day');
  v_feeding aquaseed.feeding := aquaseed.settings('biology.feeding', null::aquaseed.feeding);
  v_appetite aquaseed.noise := v_feeding.appetite;
  v_morning aquaseed.morning_share := v_feeding.morning_share;
  v_fast_days integer := (v_feeding.fasting_days).harvest;
  v_withholding integer := aquaseed.number('health.lice.withholding_days')::integer;
  v_thinning aquaseed.thinning_harvest :=
    aquaseed.settings('incidents.thinning_harvest', null::aquaseed.thinning_harvest);
  v_fcr_draw bigint := aquaseed.stream(p_seed, 'feed conversion');
  v_appetite_draw bigint := aquaseed.stream(p_seed, 'appetite');
  v_morning_draw bigint := aquaseed.stream(p_seed, 'morning share');
  v_incidents boolean := aquaseed.incidents_enabled();
  v_thin_draw bigint := aquaseed.stream(p_seed, 'thinning harvest');
  v_stay record;
  v_working_no integer[];
  v_is_working boolean[];
  v_working_days integer[];
  v_first_no integer;
  v_last_no integer;
  v_rows bigint;
begin
  select s.start_day, s.end_day, b.start_date, b.geography_id, b.batch_key, b.harvest_target_g, t.meals_per_day,
         t.life_stage_no = (select max(x.life_stage_no) from aquaseed.life_stage x) as is_last,
         t.biological_fcr * (1 + v_fcr_sd * aquaseed.z(v_fcr_draw # b.batch_key, 0)) as fcr
  into strict v_stay
  from aquaseed.schedule_batch b
  join aquaseed.schedule_stay s on s.batch_no = b.batch_no and s.life_stage_no = p_life_stage_no
  join aquaseed.life_stage t on t.life_stage_no = s.life_stage_no
  where b.batch_no = p_batch_no;

  -- The days of the last stage by their place in it: worked on or not, and numbers of the working days; a day off has
  -- the number of the last one before. Arrays, since planners take such a list for one row: 6.6 s a batch instead of
  -- 0.5 on a busy machine (2026-11).
  if v_stay.is_last then
    select array_agg(w.working_no order by w.on_date), array_agg(w.is_working order by w.on_date),
           array_agg((w.on_date - v_stay.start_date)::integer order by w.on_date) filter (where w.is_working),
           min(w.working_no) filter (where w.is_working), max(w.working_no)
    into v_working_no, v_is_working, v_working_days, v_first_no, v_last_no
    from aquaseed.work_day w
    where w.geography_id = v_stay.geography_id
      and w.on_date >= v_stay.start_date + v_stay.start_day and w.on_date < v_stay.start_date + v_stay.end_day;
  end if;

  with place as (
    select a.assignment_no, c.assignment_key, c.container_id, k.name as container, a.fish_in, a.weight_in_g
    from aquaseed.schedule_container c
    join aquaseed.container k on k.container_id = c.container_id
    join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
    where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
  ),
  -- The path without moves and harvest: fish alive and mean weight at the end of each day.
  path as materialized (
    select d.assignment_no, d.day, d.no, d.ration, d.fasting, d.temperature, d.growth, d.extra_share, d.extra_cause,
           d.is_removed,
           p.assignment_key, p.container_id, p.fish_in, p.weight_in_g,
           round(p.fish_in * exp(-sum(d.hazard) over w)) as alive,
           power(power(p.weight_in_g, 1 / 3.0::double precision)
             + sum(case when d.fasting then 0 else d.growth end) over w, 3) as weight
    from aquaseed._daily_conditions(p_batch_no, p_life_stage_no, p_seed) d
    join place p on p.assignment_no = d.assignment_no
    window w as (partition by d.assignment_no order by d.day rows unbounded preceding)
  ),
  -- What is left of a container after each of its moves: exactly nothing after the last.
  departure as (
    select m.*, lag(m.left_after, 1, 1::double precision) over (partition by m.source_no order by m.day, m.dest_no)
             as left_before
    from (
      select x.source_no, x.dest_no, x.day, x.weight_factor,
             case when row_number() over (partition by x.source_no order by x.day desc, x.dest_no desc) = 1 then 0
               else round((1 - sum(x.share) over (partition by x.source_no order by x.day, x.dest_no)) * 1e9) / 1e9 end
               as left_after
      from aquaseed.planned_move x
      where x.batch_no = p_batch_no and x.life_stage_no = p_life_stage_no + 1
    ) m
  ),
  remaining as materialized (
    select d.source_no, d.day as from_day,
           lead(d.day, 1, 32767::smallint) over (partition by d.source_no order by d.day) as upto_day,
           min(d.left_after) as left_after
    from departure d
    group by d.source_no, d.day
  ),
  -- Harvest of the last stage: it takes T / cap working days; it starts on one so that the mean weight at slaughter is
  -- the target, after the withholding days of a delousing, and in time to be finished when the rings are due. The
  -- average fish is taken half-way through, and has not grown since its ring was put on fasting: fasting days and
  -- half of the ring's own days before.
  total as (
    select p.day, sum(p.alive) as alive, sum(p.alive * p.weight) / nullif(sum(p.alive), 0) as weight,
           floor(v_fish_per_day) - count(*) as cap, count(*) as rings
    from path p
    where v_stay.is_last
    group by p.day
  ),
  weight as materialized (
    select array_agg(t.weight order by t.day) as by_day from total t
  ),
  harvest as (
    select x.start_day, v_working_no[x.start_day - v_stay.start_day + 1] as start_no, x.cap
    from (
      select least(
               min(t.day) filter (
                 where m.weight >= v_stay.harvest_target_g and t.day >= coalesce(
                   (select max(r.day) + v_withholding from aquaseed.procedure r
                    where r.batch_no = p_batch_no and r.kind = 'delousing'), 0)),
               max(t.day) filter (where c.working_no + w.days - 1 <= v_last_no)
             )::integer as start_day, min(t.cap) as cap
      from total t
      cross join weight h
      cross join lateral (select ceil(t.alive / t.cap) as days) w
      cross join lateral (select v_working_no[t.day - v_stay.start_day + 1] as working_no) c
      cross join lateral (
        select h.by_day[1 + greatest(0, v_working_days[
                 1 + least(v_last_no, c.working_no + round(w.days / 2 - w.days / (2 * t.rings)))::integer - v_first_no]
                 - v_fast_days - v_stay.start_day)] as weight
      ) m
      where v_is_working[t.day - v_stay.start_day + 1]
    ) x
  ),
  -- Thinning: some fish of a ring are taken once they are heavy enough, well before the harvest.
  thinning as materialized (
    select c.assignment_no, c.container, c.assignment_key, min(p.day)::integer as day, c.share
    from (
      select x.*, row_number() over (order by aquaseed.u(v_thin_draw # x.assignment_key, 0), x.assignment_no) as turn,
             aquaseed.evenly(v_thinning.share, aquaseed.u(v_thin_draw # x.assignment_key, 1)) as share,
             1000 * aquaseed.evenly(v_thinning.weight_kg, aquaseed.u(v_thin_draw # x.assignment_key, 2)) as from_g
      from place x
      where v_incidents and v_stay.is_last
    ) c
    join path p on p.assignment_no = c.assignment_no
    cross join harvest h
    where c.turn <= 1 + floor(aquaseed.u(v_thin_draw # v_stay.batch_key, 1) * v_thinning.at_most)
      and v_thinning.at_most > 0 and aquaseed.u(v_thin_draw # v_stay.batch_key, 0) < v_thinning.batches
      and p.weight >= c.from_g and p.day < h.start_day - 14 and v_is_working[p.day - v_stay.start_day + 1]
      and not exists (
        select from aquaseed.procedure r
        where r.batch_no = p_batch_no and r.kind = 'delousing' and r.assignment_no = c.assignment_no
          and p.day - r.day between 0 and v_withholding
      )
    group by c.assignment_no, c.container, c.assignment_key, c.share
  ),
  noted as (
    insert into aquaseed.incident
      (batch_no, incident_no, kind, life_stage_no, assignment_no, from_day, to_day, size, place, incident_key, detail)
    select p_batch_no, p_life_stage_no * 10000 + 1 + row_number() over (order by t.assignment_no), 'thinning_harvest',
           p_life_stage_no, t.assignment_no, t.day, t.day, round(t.share * 1e6) / 1e6, t.container,
           v_thin_draw # t.assignment_key, 'Some fish slaughtered early'
    from thinning t
  ),
  ring as (
    -- Rings are emptied one after the other: ring by ring in the order of all its fish.
    select r.*, sum(r.alive) over (order by r.assignment_no) - r.alive as before
    from (
      select p.assignment_no, h.start_day, h.start_no, h.cap, floor(p.alive * (1 - coalesce(t.share, 0))) as alive
      from harvest h
      join path p on p.day = h.start_day
      left join thinning t on t.assignment_no = p.assignment_no
    ) r
  ),
  emptied as (
    select r.*, v_working_days[1 + r.start_no - v_first_no + floor(r.before / r.cap)::integer] as first_day
    from ring r
    where r.alive > 0
  ),
  -- The truth has the dead on the day on which they are found. From the eve of a harvest on they are taken out every
  -- day, so that no dead fish is slaughtered; nothing else leaves the rings, and tanks are emptied of them every day.
  found as (
    select p.*, coalesce(min(case when p.is_removed or p.day >= e.start_day - 1 or p.day = t.day - 1 then p.alive end)
                           over (partition by p.assignment_no order by p.day rows unbounded preceding), p.fish_in)
             as found_alive
    from path p
    left join emptied e on e.assignment_no = p.assignment_no
    left join thinning t on t.assignment_no = p.assignment_no
  ),
  kept as (
    select p.assignment_no, p.assignment_key, p.container_id, p.weight_in_g, p.day, p.no, p.temperature, p.ration,
           p.found_alive as alive, k.fraction, coalesce(m.left_after, 1) as remaining, f.fasting,
           p.extra_share, p.extra_cause, lag(p.found_alive, 1, p.fish_in) over w as alive_before,
           b.fraction as fraction_before,
           power(power(p.weight_in_g, 1 / 3.0::double precision)
             + sum(case when f.fasting then 0 else p.growth end) over w, 3) as weight
    from found p
    left join emptied e on e.assignment_no = p.assignment_no
    left join thinning t on t.assignment_no = p.assignment_no
    cross join lateral (
      select v_working_no[p.day - v_stay.start_day + 1] as working_no,
             v_is_working[p.day - v_stay.start_day + 1] as is_working
    ) w
    cross join lateral (
      select p.fasting or coalesce(p.day >= e.first_day - v_fast_days, false)
             or coalesce(t.day - p.day between 1 and v_fast_days, false) as fasting
    ) f
    -- Of the evening and of the morning: in closed form, so that the morning's needs no lag. Days off take nothing.
    cross join lateral (
      select case when w.working_no < e.start_no or e.start_no is null then 1
               else 1 - least(1, greatest(0, ((w.working_no - e.start_no + 1) * e.cap - e.before) / e.alive)) end
             * case when p.day >= t.day then 1 - t.share else 1 end::double precision as fraction
    ) k
    cross join lateral (
      select case when w.working_no < e.start_no or e.start_no is null then 1
               else 1 - least(1, greatest(0, ((w.working_no - w.is_working::integer - e.start_no + 1) * e.cap
                                             - e.before) / e.alive)) end
             * case when p.day - 1 >= t.day then 1 - t.share else 1 end::double precision as fraction
    ) b
    left join remaining m on m.source_no = p.assignment_no and p.day >= m.from_day and p.day < m.upto_day
    window w as (partition by p.assignment_no order by p.day rows unbounded preceding)
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
           v_stay.meals_per_day > 0 and not c.fasting and c.fish_end > 0 as fed
    from counted c
    where c.fish_start > 0
    window w as (partition by c.assignment_no order by c.day rows unbounded preceding)
  ),
  moved as (
    insert into aquaseed.transfer
      (batch_no, action_no, life_stage_no, day, source_no, dest_no, fish, weight_g, selection)
    select p_batch_no, (p_life_stage_no + 1) * 100 + row_number() over (order by f.day, f.source_no, f.dest_no) - 1,
           p_life_stage_no + 1, f.day, f.source_no, f.dest_no, f.fish, f.weight_g, f.selection
    from (
      select d.day, d.source_no, d.dest_no, round(w.weight_g * d.weight_factor * 1e4) / 1e4 as weight_g,
             (floor(w.alive * d.left_before) - floor(w.alive * d.left_after))::integer as fish,
             case when d.weight_factor > 1 then 'LARGEST' when d.weight_factor < 1 then 'SMALLEST' else 'AVERAGE' end
               as selection
      from departure d
      join weighed w on w.assignment_no = d.source_no and w.day = d.day - 1
    ) f
    where f.fish > 0
  ),
  sized as (
    select w.*, pellet.pellet_no,
           lag(pellet.pellet_no, v_feeding.overlap_days) over o as pellet_before,
           case when w.fed then
             v_stay.fcr * w.fish_end * (w.weight_g - w.weight_start) / 1000 * w.ration
               * exp(aquaseed.value_noise(v_appetite_draw # w.assignment_key, w.no, v_appetite)
                     - v_appetite.sigma ^ 2 / 2)
             else 0 end as feed_kg,
           -- A single meal is the morning's.
           case when v_stay.meals_per_day = 1 then 1
             else v_morning.mean + greatest(-v_morning.max_deviation, least(v_morning.max_deviation,
               v_morning.sd * aquaseed.z(v_morning_draw # w.assignment_key, w.day))) end as morning
    from weighed w
    join aquaseed.pellet on w.weight_start > pellet.from_g and w.weight_start <= pellet.up_to_g
    window o as (partition by w.assignment_no order by w.day rows unbounded preceding)
  )
  insert into aquaseed.assignment_day
    (batch_no, assignment_no, day, life_stage_no, container_id, fish_start, deaths, harvested, fish_end,
     weight_start_g, weight_g, temperature_c, fasting, extra_share, extra_cause, feed_1_g, feed_2_g, pellet_1, pellet_2)
  select p_batch_no, s.assignment_no, s.day, p_life_stage_no, s.container_id,
         s.fish_start, s.deaths, s.harvested, s.fish_end, s.weight_start, s.weight_g, s.temperature,
         s.fasting, s.extra_share, s.extra_cause,
         round(s.feed_kg * s.morning * 100)::integer * 10,
         round(s.feed_kg * (1 - s.morning) * 100)::integer * 10,
         coalesce(s.pellet_before, s.pellet_no), s.pellet_no
  from sized s
  order by s.assignment_no, s.day;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._simulate_stay(integer, integer, bigint) is
  'Daily truth of a stage of a batch (aquaseed.assignment_day), and its moves into the next (transfer).';
