-- Long, since its four steps share arrays of all days, which would be copied from function to function.
-- The states of a batch, reconstructed from AquaMind's records alone (docs/architecture.md, assimilate): those of the
-- days in p_days, or all before as_of. Four statements: heat (daily temperatures, cumulated), fish, weights (the
-- anchors), states. Between anchors the weight is a function of the anchor and of the heat since, counted in whole
-- hundredths of a degree-day, so a part of the days computed alone has exactly the rows of a full run.
create or replace function aquaseed._daily_states(p_run_id integer, p_batch_no integer, p_days daterange)
returns setof aquaseed.daily_state language plpgsql rows 8000
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('batch_actualdailyassignmentstate');
  v_reading_block bigint := aquaseed.id_block('environmental_environmentalreading');
  v_feeding_block bigint := aquaseed.id_block('inventory_feedingevent');
  v_confidences aquaseed.state_confidence :=
    aquaseed.settings('biology.assimilation.confidence', null::aquaseed.state_confidence);
  v_fcr aquaseed.feed_conversion := aquaseed.settings('biology.assimilation.fcr', null::aquaseed.feed_conversion);
  -- Confidence of a weight (computed, then by anchor) and of a temperature (by origin), from 0 to 1.
  v_weight_confidence double precision[] := array[
    v_confidences.computed, v_confidences.growth_sample, v_confidences.transfer, v_confidences.vaccination];
  v_heat_confidence double precision[] := array[
    0, v_confidences.profile_temperature, v_confidences.measured_temperature];
  v_parameter bigint := (
    select p.parameter_id from aquaseed.parameter p where p.name = 'Temperature');
  v_start date;
  v_until date;
  v_from_day integer;
  v_until_day integer;
  v_keeps_heat boolean := false;
  v_paths aquaseed.growth_path[];
  -- Temperatures (0.01 deg C) of the batch's profile from its first day on.
  v_profile integer[] := array(
    select round(t.temperature * 100)::integer from public.scenario_temperaturereading t
    where t.profile_id = (select aquaseed._temperature_profile(p_batch_no)) order by t.day_number
  );
  -- Per assignment and day, in this order: temperature (0.01 deg C), where it is from (0 nowhere, 1 profile,
  -- 2 measured), heat since the start of the assignment (0.01 degree-days).
  v_temperature integer[];
  v_origin smallint[];
  v_heat integer[];
  -- Fish at the end of the day, deaths of the day, whether fish came or left by other ways than death.
  v_fish integer[];
  v_dead integer[];
  v_is_moved boolean[];
  -- Where a weight is set: the place of the last such day; the weight there, -1 elsewhere; what set it (1 growth
  -- sample, 2 transfer, 3 treatment, 4 fish that came, 0 nothing).
  v_base integer[];
  v_weight double precision[];
  v_anchor smallint[];
  v_mixture record;
  -- What a state says of its sources and their confidence, by origin of the temperature, then weight, then feed.
  v_sources jsonb[] := array(
    select jsonb_build_object(
      'temp', (array['none', 'profile', 'measured'])[1 + t.n], 'weight', (array['tgc_computed', 'measured'])[1 + w.n],
      'mortality', 'actual', 'feed', (array['none', 'actual'])[1 + f.n])
    from generate_series(0, 1) f(n) cross join generate_series(0, 1) w(n) cross join generate_series(0, 2) t(n)
    order by f.n, w.n, t.n
  );
  v_confidence jsonb[] := array(
    select jsonb_build_object(
      'temp', v_heat_confidence[1 + t.n],
      'weight', case w.n when 0 then least(v_heat_confidence[1 + t.n], v_weight_confidence[1])
                else v_weight_confidence[1 + w.n] end,
      'mortality', 1, 'feed', 1)
    from generate_series(0, 3) w(n) cross join generate_series(0, 2) t(n)
    order by w.n, t.n
  );
begin
  select b.start_date, least(r.as_of, upper(p_days)) into strict v_start, v_until
  from public.batch_batch b
  cross join aquaseed.run r
  where b.id = p_batch_no and r.run_id = p_run_id;
  v_from_day := greatest(0, lower(p_days) - v_start);
  v_until_day := v_until - v_start;

  select array_agg(p order by p.assignment_no) into v_paths from aquaseed._growth_paths(p_batch_no, v_until) p;
  if exists (select from unnest(v_paths) p where p.first_day < 0 or p.until_day > 1000) then
    raise exception 'batch % has an assignment before its first or after its 1000th day', p_batch_no
      using errcode = 'AQ006';
  end if;

  -- Heat. A state of an earlier day tells its temperature; where all are there, no reading is read for them.
  if v_from_day > 0 then
    v_keeps_heat := (
      select count(*) from public.batch_actualdailyassignmentstate s
      where s.id >= p_batch_no * v_block and s.id < (p_batch_no + 1) * v_block and s.date < v_start + v_from_day
    ) = (select sum(greatest(0, least(p.until_day, v_from_day) - p.first_day)) from unnest(v_paths) p);
  end if;
  with path as materialized (select * from unnest(v_paths)),
  known as (
    select (s.assignment_id - p_batch_no * 100)::integer as assignment_no, s.day_number - 1 as day, s.temp_c
    from public.batch_actualdailyassignmentstate s
    where v_keeps_heat and s.id >= p_batch_no * v_block and s.id < (p_batch_no + 1) * v_block
      and s.date < v_start + v_from_day
  ),
  measured as (
    select p.assignment_no, r.day, r.temp_c
    from path p
    cross join lateral (
      -- One look-up per assignment in the index on container, parameter and time. 49,020 readings of a batch in the
      -- demo farm: 1,266 buffers; 1,580 by the BRIN on the batch, 3,959 for the whole leaf (2026-11).
      select (x.reading_time at time zone 'UTC')::date - v_start as day, round(avg(x.value), 2) as temp_c
      from public.environmental_environmentalreading x
      where x.container_id = p.container_id and x.parameter_id = v_parameter
        and x.batch_container_assignment_id = p.assignment_id
        and x.reading_time >= (
              v_start + case when v_keeps_heat then greatest(p.first_day, v_from_day) else p.first_day end
            )::timestamp at time zone 'UTC'
        and x.reading_time < (v_start + p.until_day)::timestamp at time zone 'UTC'
        and aquaseed._may_be_of_batch(x.id, p_batch_no, v_reading_block)
      group by 1
    ) r
  ),
  day as (
    select p.assignment_no, d.day,
           coalesce((coalesce(k.temp_c, m.temp_c) * 100)::integer, f.temperature, 0) as temperature,
           case when m.temp_c is not null then 2 when f.temperature is not null then 1 else 0 end as origin
    from path p
    cross join lateral generate_series(p.first_day, p.until_day - 1) d(day)
    left join known k on k.assignment_no = p.assignment_no and k.day = d.day
    left join measured m on m.assignment_no = p.assignment_no and m.day = d.day
    -- A batch that outlives the profile meets the profile's last year again.
    cross join lateral (
      select d.day + 1 - 365 * greatest(0, (d.day + 365 - cardinality(v_profile)) / 365) as day_number
    ) n
    cross join lateral (select v_profile[n.day_number] as temperature) f
  )
  select array_agg(d.temperature order by d.assignment_no, d.day),
         array_agg(d.origin::smallint order by d.assignment_no, d.day),
         array_agg(d.heat order by d.assignment_no, d.day)
  into v_temperature, v_origin, v_heat
  from (
    select d.*, (sum(d.temperature) over (partition by d.assignment_no order by d.day))::integer as heat from day d
  ) d;

  -- Fish. All assignments begin empty; what was recorded before the first day counts as of the first day.
  with path as materialized (select * from unnest(v_paths)),
  change as materialized (
    select p.assignment_no, greatest(p.first_day, c.on_date - v_start) as day,
           sum(c.came - c.gone - c.dead)::integer as net,
           sum(c.dead)::integer as dead, bool_or(c.came + c.gone > 0) as is_moved
    from aquaseed._fish_changes(p_batch_no) c
    join path p on p.assignment_id = c.assignment_id
    group by 1, 2
  )
  select array_agg(d.fish::integer order by d.assignment_no, d.day),
         array_agg(coalesce(d.dead, 0) order by d.assignment_no, d.day),
         array_agg(coalesce(d.is_moved, false) order by d.assignment_no, d.day)
  into v_fish, v_dead, v_is_moved
  from (
    select p.assignment_no, d.day, c.dead, c.is_moved,
           greatest(0, coalesce(sum(c.net) over (partition by p.assignment_no order by d.day), 0)) as fish
    from path p
    cross join lateral generate_series(p.first_day, p.until_day - 1) d(day)
    left join change c on c.assignment_no = p.assignment_no and c.day = d.day
  ) d;

  -- Weights. Eggs, and fish that came weighed into an empty assignment, bring theirs.
  with path as materialized (select * from unnest(v_paths)),
  came as materialized (
    select p.assignment_no, greatest(p.first_day, a.on_date - v_start) as day, bool_and(a.is_measured) as is_measured,
           case when bool_and(w.weight_g is not null)
             then round(sum(a.fish * w.weight_g) / sum(a.fish), 6)::double precision end as weight_g
    from aquaseed._arrivals(p_batch_no) a
    join path p on p.assignment_id = a.assignment_id
    cross join lateral (
      select coalesce(a.weight_g, case when a.source_id is null then p.egg_weight_g::numeric end) as weight_g
    ) w
    group by 1, 2
  ),
  weighed as materialized (
    select p.assignment_no, w.on_date - v_start as day, w.anchor_no, w.weight_g
    from aquaseed._weighings(p_batch_no) w
    join path p on p.assignment_id = w.assignment_id
  ),
  day as (
    select p.assignment_no, p.shift + d.day as n, x.anchor_no,
           case when x.anchor_no = w.anchor_no and not x.is_arrival then w.weight_g
                when x.anchor_no > 0 then a.weight_g
                when d.day = p.first_day then 0 end as weight_g
    from path p
    cross join lateral generate_series(p.first_day, p.until_day - 1) d(day)
    left join came c on c.assignment_no = p.assignment_no and c.day = d.day
    left join weighed w on w.assignment_no = p.assignment_no and w.day = d.day
    cross join lateral (
      -- Fish that met others are not weighed by having been weighed before.
      select c.is_measured,
             case when d.day = p.first_day or v_fish[p.shift + d.day - 1] = 0 then c.weight_g end as weight_g
    ) a
    cross join lateral (
      select coalesce(w.anchor_no <> 1, true) and a.is_measured and a.weight_g is not null as is_weighed
    ) b
    cross join lateral (
      select case when b.is_weighed then 2 else coalesce(w.anchor_no, case when c.day is not null then 4 else 0 end) end
               as anchor_no,
             coalesce(b.is_weighed, false) or w.anchor_no is null as is_arrival
    ) x
  )
  select array_agg(d.base order by d.n), array_agg(coalesce(d.weight_g, -1) order by d.n),
         array_agg(d.anchor_no::smallint order by d.n)
  into v_base, v_weight, v_anchor
  from (
    select d.*, max(case when d.anchor_no > 0 or d.weight_g is not null then d.n end)
             over (partition by d.assignment_no order by d.n) as base
    from day d
  ) d;

  -- Fish that met others, or that nobody weighed when they were moved: their weight follows from earlier ones, so
  -- these go in the order of their days. There are none where whole containers are moved and weighed.
  for v_mixture in
    select p as path, p.shift + m.day as n, m.day,
           case when m.day > p.first_day then v_fish[p.shift + m.day - 1] else 0 end as fish_before,
           m.fish, m.weights, m.sources
    from (
      select a.assignment_id, greatest(x.first_day, a.on_date - v_start) as day, array_agg(a.fish) as fish,
             array_agg(coalesce(a.weight_g, case when a.source_id is null then x.egg_weight_g::numeric end)) as weights,
             array_agg(a.source_id) as sources
      from aquaseed._arrivals(p_batch_no) a
      join unnest(v_paths) x on x.assignment_id = a.assignment_id
      group by 1, 2
    ) m
    join unnest(v_paths) p on p.assignment_id = m.assignment_id and m.day < p.until_day
    where v_anchor[p.shift + m.day] = 4 and v_weight[p.shift + m.day] < 0
    order by m.day, p.assignment_no
  loop
    v_weight[v_mixture.n] := (
      select round(sum(f.fish * coalesce(f.weight_g, (v_mixture.path).least_weight_g::numeric)) / sum(f.fish), 6)
      from (
        select v_mixture.fish_before::numeric as fish,
               aquaseed._grown_weight(v_weight[b.n], aquaseed._growth_between(
                 v_mixture.path, v_heat[v_mixture.n] - v_heat[b.n], b.n - (v_mixture.path).shift,
                 v_mixture.day))::numeric as weight_g
        from (select v_base[v_mixture.n - 1] as n) b
        where v_mixture.fish_before > 0
        union all
        select x.fish, coalesce(x.weight_g, nullif(aquaseed._grown_weight(v_weight[b.n], aquaseed._growth_between(
                 s, v_heat[s.shift + d.day] - v_heat[b.n], b.n - s.shift, d.day)), 0)::numeric)
        from unnest(v_mixture.fish, v_mixture.weights, v_mixture.sources) x(fish, weight_g, source_id)
        left join unnest(v_paths) s on s.assignment_id = x.source_id and s.first_day < v_mixture.day
        -- The last day of the source before the move.
        left join lateral (select least(v_mixture.day, s.until_day) - 1 as day) d on true
        left join lateral (select v_base[s.shift + d.day] as n) b on true
      ) f
    );
  end loop;

  -- States.
  return query
  with feed as materialized (
    select f.batch_assignment_id as assignment_id, f.feeding_date - v_start as day, round(sum(f.amount_kg), 2) as kg
    from public.inventory_feedingevent f
    where f.batch_id = p_batch_no and f.feeding_date >= v_start + v_from_day and f.feeding_date < v_start + v_until_day
      and aquaseed._may_be_of_batch(f.id, p_batch_no, v_feeding_block)
    group by 1, 2
  ),
  day as (
    select p.assignment_no, p.assignment_id, p.container_id, p.stage_id, d.day, i.n, w.weight_g,
           round(v_fish[i.n] * w.weight_g / 1000 * 100)::numeric * 0.01 as biomass_kg
    from unnest(v_paths) p
    -- The day before the first one is there to compare with.
    cross join lateral generate_series(greatest(p.first_day, v_from_day - 1), p.until_day - 1) d(day)
    cross join lateral (select p.shift + d.day as n) i
    cross join lateral (select v_base[i.n] as n) b
    cross join lateral (
      select case when b.n = i.n then v_weight[i.n] else aquaseed._grown_weight(
        v_weight[b.n], aquaseed._growth_between(p, v_heat[i.n] - v_heat[b.n], b.n - p.shift, d.day)) end as weight_g
    ) w
  ),
  state as (
    select d.*, d.biomass_kg - lag(d.biomass_kg) over (partition by d.assignment_no order by d.day) as gain_kg
    from day d
  )
  select p_batch_no * v_block + s.assignment_no * 1000 + s.day, v_start + s.day, s.day + 1,
         (round(s.weight_g * 100)::numeric * 0.01)::numeric(10, 2), v_fish[s.n], s.biomass_kg::numeric(12, 2),
         case when v_origin[s.n] > 0 then v_temperature[s.n] * 0.01 end::numeric(5, 2), v_dead[s.n],
         coalesce(f.kg, 0)::numeric(10, 2),
         case when f.kg > 0 and s.gain_kg > v_fcr.least_gain_kg and not v_is_moved[s.n]
           then least(v_fcr.most, f.kg / s.gain_kg) end::numeric(8, 3),
         case v_anchor[s.n] when 1 then 'growth_sample' when 2 then 'transfer'
                            when 3 then 'vaccination' end::varchar(20),
         v_sources[1 + v_origin[s.n] + 3 * (a.weighed > 0)::integer + 6 * (coalesce(f.kg, 0) > 0)::integer],
         v_confidence[1 + v_origin[s.n] + 3 * a.weighed],
         (v_start + s.day + time '23:59:59') at time zone 'UTC', s.assignment_id, p_batch_no::bigint, s.container_id,
         s.stage_id, null::integer
  from state s
  left join feed f on f.assignment_id = s.assignment_id and f.day = s.day
  cross join lateral (select case when v_anchor[s.n] between 1 and 3 then v_anchor[s.n] else 0 end as weighed) a
  where s.day >= v_from_day
  order by s.assignment_no, s.day;
end
$$;

comment on function aquaseed._daily_states(integer, integer, daterange) is
  'Rows of batch_actualdailyassignmentstate of one batch in the order of their ids, for the days of a range or all.';
