-- What goes wrong while a batch is in a stage (aquaseed.incident; config/incidents.yaml). Draws are keyed by place and
-- year, not by batch, so that all batches of an area or hall meet the same incident. An incident of a place may begin
-- before the batch comes and end after it leaves. offset 0:
-- settings are read once a stage, not once a sensor and year. Moves and thinning harvests are noted where they are decided.
create or replace function aquaseed._plan_incidents(p_batch_no integer, p_stage_order integer, p_seed bigint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_oxygen smallint := (select p.parameter_no from aquaseed.parameter p where p.name = 'Dissolved Oxygen');
  v_rise integer := aquaseed.number('incidents.disease.rise_days')::integer;
  v_free integer := aquaseed.number('health.lice.free_days')::integer;
begin
  if not aquaseed.incidents_enabled() then
    return;
  end if;

  insert into aquaseed.incident
    (batch_no, incident_no, kind, stage_order, assignment_no, parameter_no, slot, from_day, to_day, size, level, place,
     incident_key, detail)
  with stage as (
    select b.batch_key, b.batch_name, b.start_date, b.geography_id, g.name as geography, t.habitat, t.meals_per_day,
           w.first_day, w.last_day, b.start_date + w.first_day as first_date, b.start_date + w.last_day as last_date,
           coalesce(h.noise_key, a.noise_key) as site_key, coalesce(i.name, k.name) as site
    from aquaseed.schedule_stage s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    join aquaseed.geography g on g.geography_id = b.geography_id
    join aquaseed.stage t on t.stage_order = s.stage_order
    left join aquaseed.hall h on h.hall_id = s.hall_id
    left join public.infrastructure_hall i on i.id = s.hall_id
    left join aquaseed.area a on a.area_id = s.area_id
    left join public.infrastructure_area k on k.id = s.area_id
    cross join lateral (
      select min(x.first_day)::integer as first_day, max(x.last_day)::integer as last_day
      from aquaseed.assignment x
      join aquaseed.schedule_container c on c.batch_no = x.batch_no and c.assignment_no = x.assignment_no
      where x.batch_no = s.batch_no and c.stage_order = s.stage_order
    ) w
    where s.batch_no = p_batch_no and s.stage_order = p_stage_order
  ),
  year as (
    select y.no
    from stage s
    cross join lateral generate_series(extract(year from s.first_date)::integer - 1, extract(year from s.last_date)::integer) y(no)
  ),
  container as (
    select c.assignment_no, k.container_id, k.name, k.noise_key, a.first_day::integer as first_day, a.last_day::integer as last_day
    from aquaseed.schedule_container c
    join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
    join aquaseed.container k on k.container_id = c.container_id
    where c.batch_no = p_batch_no and c.stage_order = p_stage_order
  ),
  -- Sensors keep their faults from batch to batch: keyed by container, parameter and year.
  sensor as (
    select c.*, p.parameter_no, p.name as parameter, e.max_value::double precision as highest,
           c.noise_key # pg_catalog.hashint8extended(p.parameter_no, 0) as sensor_key
    from container c
    join aquaseed.sensor s on s.container_id = c.container_id
    join aquaseed.parameter p on p.parameter_no = s.parameter_no
    join public.environmental_environmentalparameter e on e.id = p.parameter_id
  ),
  quarter as (
    select y.no, q.no as quarter from year y cross join generate_series(0, 3) q(no)
  ),
  -- By place: chance a year, first date, length in days, size, level.
  drawn as (
    select 'disease' as kind, null::smallint as assignment_no, null::smallint as parameter_no, null::smallint as slot,
           d.starts - s.start_date as from_day,
           v_rise + (l.days_from + floor(aquaseed.u(k.key, y.no * 10 + 3) * (l.days_to - l.days_from + 1)))::integer as days,
           l.size_from + (l.size_to - l.size_from) * aquaseed.u(k.key, y.no * 10 + 2) as size, null::double precision as level,
           s.site as place, k.key # y.no as incident_key, 'Outbreak of disease' as detail
    from stage s
    cross join year y
    cross join lateral (select aquaseed.stream(p_seed, 'disease') # s.site_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.disease.per_area_year.' || s.geography) as rate,
             aquaseed.number('incidents.disease.hazard_factor.from') as size_from,
             aquaseed.number('incidents.disease.hazard_factor.to') as size_to,
             aquaseed.number('incidents.disease.decay_days.from') as days_from,
             aquaseed.number('incidents.disease.decay_days.to') as days_to
    ) l
    cross join lateral (select make_date(y.no, 1, 1) + floor(aquaseed.u(k.key, y.no * 10 + 1) * 365)::integer as starts) d
    where s.habitat = 'sea' and aquaseed.u(k.key, y.no * 10) < l.rate

    union all
    select case when aquaseed.u(k.key, y.no * 10 + 5) < 0.5 then 'algae' else 'jellyfish' end, null, null, null,
           d.starts - s.start_date,
           (l.days_from + floor(aquaseed.u(k.key, y.no * 10 + 3) * (l.days_to - l.days_from + 1)))::integer,
           l.size_from + (l.size_to - l.size_from) * aquaseed.u(k.key, y.no * 10 + 2),
           l.level_from + (l.level_to - l.level_from) * aquaseed.u(k.key, y.no * 10 + 6),
           s.site, k.key # y.no, 'Bloom in all rings of the area'
    from stage s
    cross join year y
    cross join lateral (select aquaseed.stream(p_seed, 'algae or jellyfish') # s.site_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.algae_or_jellyfish.per_area_year.' || s.geography) as rate,
             aquaseed.number('incidents.algae_or_jellyfish.dead.from') as size_from,
             aquaseed.number('incidents.algae_or_jellyfish.dead.to') as size_to,
             aquaseed.number('incidents.algae_or_jellyfish.oxygen_percent.from') as level_from,
             aquaseed.number('incidents.algae_or_jellyfish.oxygen_percent.to') as level_to,
             aquaseed.number('incidents.algae_or_jellyfish.days.from') as days_from,
             aquaseed.number('incidents.algae_or_jellyfish.days.to') as days_to,
             (select array_agg(x.number::integer order by x.number) from aquaseed.setting x
              where x.path like 'incidents.algae\_or\_jellyfish.months.%') as months
    ) l
    cross join lateral (
      select make_date(y.no, l.months[1 + floor(aquaseed.u(k.key, y.no * 10 + 4) * cardinality(l.months))::integer],
                       1 + floor(aquaseed.u(k.key, y.no * 10 + 1) * 28)::integer) as starts
    ) d
    where s.habitat = 'sea' and cardinality(l.months) > 0 and aquaseed.u(k.key, y.no * 10) < l.rate

    union all
    -- A winter: October to March.
    select 'storm', null, null, null, make_date(y.no, 10, 1) + floor(aquaseed.u(k.key, y.no * 10 + 1) * 182)::integer - s.start_date,
           (l.days_from + floor(aquaseed.u(k.key, y.no * 10 + 3) * (l.days_to - l.days_from + 1)))::integer,
           case when aquaseed.u(k.key, y.no * 10 + 4) < l.loss_chance
             then l.size_from + (l.size_to - l.size_from) * aquaseed.u(k.key, y.no * 10 + 2) else 0 end,
           null, s.site, k.key # y.no, 'Storm: no feeding'
    from stage s
    cross join year y
    cross join lateral (select aquaseed.stream(p_seed, 'storm incident') # s.site_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.storm.per_area_winter') as rate,
             aquaseed.number('incidents.storm.loss_chance') as loss_chance,
             aquaseed.number('incidents.storm.loss.from') as size_from, aquaseed.number('incidents.storm.loss.to') as size_to,
             aquaseed.number('incidents.storm.days.from') as days_from, aquaseed.number('incidents.storm.days.to') as days_to
      offset 0
    ) l
    where s.habitat = 'sea' and aquaseed.u(k.key, y.no * 10) < l.rate

    union all
    select case when f.low_oxygen then 'low_oxygen' else 'water_treatment' end, null,
           case when f.low_oxygen then v_oxygen end,
           case when f.low_oxygen then floor(aquaseed.u(k.key, y.no * 10 + 3)
             * (select count(*) from aquaseed.reading_hour))::smallint end,
           make_date(y.no, 1, 1) + floor(aquaseed.u(k.key, y.no * 10 + 1) * 365)::integer - s.start_date,
           case when f.low_oxygen then 1 else l.days end,
           case when f.low_oxygen then l.oxygen_from + (l.oxygen_to - l.oxygen_from) * aquaseed.u(k.key, y.no * 10 + 2)
                else l.nitrite_from + (l.nitrite_to - l.nitrite_from) * aquaseed.u(k.key, y.no * 10 + 2) end,
           null, s.site, k.key # y.no,
           case when f.low_oxygen then 'Pump stopped: too little oxygen' else 'Biofilter failed: nitrite' end
    from stage s
    cross join year y
    cross join lateral (select aquaseed.stream(p_seed, 'water treatment') # s.site_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.water_treatment.per_hall_year') as rate,
             aquaseed.number('incidents.water_treatment.days')::integer as days,
             aquaseed.number('incidents.water_treatment.oxygen_chance') as oxygen_chance,
             aquaseed.number('incidents.water_treatment.oxygen_percent.from') as oxygen_from,
             aquaseed.number('incidents.water_treatment.oxygen_percent.to') as oxygen_to,
             aquaseed.number('incidents.water_treatment.nitrite_mg_l.from') as nitrite_from,
             aquaseed.number('incidents.water_treatment.nitrite_mg_l.to') as nitrite_to
      offset 0
    ) l
    cross join lateral (select aquaseed.u(k.key, y.no * 10 + 4) < l.oxygen_chance as low_oxygen) f
    where s.habitat = 'freshwater' and aquaseed.u(k.key, y.no * 10) < l.rate

    union all
    select 'feed_stock_out', null, null, null,
           make_date(y.no, 1, 1) + floor(aquaseed.u(k.key, y.no * 10 + 1) * 365)::integer - s.start_date,
           (l.days_from + floor(aquaseed.u(k.key, y.no * 10 + 3) * (l.days_to - l.days_from + 1)))::integer,
           f.missing, null, s.site, k.key # y.no,
           case when f.missing < 1 then 'Feed late: half rations' else 'Feed late: no feeding' end
    from stage s
    cross join year y
    cross join lateral (select aquaseed.stream(p_seed, 'feed stock-out') # s.site_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.feed_stock_out.per_site_year') as rate,
             aquaseed.number('incidents.feed_stock_out.half_ration_chance') as half_chance,
             aquaseed.number('incidents.feed_stock_out.days.from') as days_from,
             aquaseed.number('incidents.feed_stock_out.days.to') as days_to
      offset 0
    ) l
    cross join lateral (
      select case when aquaseed.u(k.key, y.no * 10 + 2) < l.half_chance then 0.5 else 1.0 end::double precision as missing
    ) f
    where s.meals_per_day > 0 and aquaseed.u(k.key, y.no * 10) < l.rate

    union all
    select 'predator', c.assignment_no, null, null,
           make_date(y.no, 1, 1) + floor(aquaseed.u(k.key, y.no * 10 + 1) * 365)::integer - s.start_date, 3,
           l.size_from + (l.size_to - l.size_from) * aquaseed.u(k.key, y.no * 10 + 2), null, c.name, k.key # y.no,
           'Hole in the net: seals'
    from stage s
    cross join year y
    cross join container c
    cross join lateral (select aquaseed.stream(p_seed, 'predator') # c.noise_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.predator.per_ring_year') as rate,
             aquaseed.number('incidents.predator.dead.from') as size_from, aquaseed.number('incidents.predator.dead.to') as size_to
      offset 0
    ) l
    where s.habitat = 'sea' and aquaseed.u(k.key, y.no * 10) < l.rate

    union all
    -- Once in each year at sea, once the fish are free of their protection.
    select 'lice_wave', null, null, null,
           s.first_day + v_free + y.no * 365 + floor(aquaseed.u(k.key, y.no * 10 + 1) * 365)::integer,
           (l.days_from + floor(aquaseed.u(k.key, y.no * 10 + 3) * (l.days_to - l.days_from + 1)))::integer,
           l.size_from + (l.size_to - l.size_from) * aquaseed.u(k.key, y.no * 10 + 2), null, s.batch_name, k.key # y.no,
           'Lice drifting in'
    from stage s
    cross join generate_series(0, 9) y(no)
    cross join lateral (select aquaseed.stream(p_seed, 'lice wave') # s.batch_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.lice_wave.per_batch_year') as rate,
             aquaseed.number('incidents.lice_wave.females.from') as size_from,
             aquaseed.number('incidents.lice_wave.females.to') as size_to,
             aquaseed.number('incidents.lice_wave.days.from') as days_from,
             aquaseed.number('incidents.lice_wave.days.to') as days_to
      offset 0
    ) l
    where s.habitat = 'sea' and aquaseed.u(k.key, y.no * 10) < l.rate

    union all
    select 'sensor_outage', c.assignment_no, c.parameter_no, null,
           make_date(q.no, 1, 1) + q.quarter * 91 + floor(aquaseed.u(k.key, q.no * 100 + q.quarter * 10 + 1) * 91)::integer - s.start_date,
           ceil(-l.mean_days * ln(1 - aquaseed.u(k.key, q.no * 100 + q.quarter * 10 + 2)))::integer,
           1, null, c.name || ' ' || c.parameter, k.key # (q.no * 10 + q.quarter), 'No readings'
    from stage s
    cross join quarter q
    cross join sensor c
    cross join lateral (select aquaseed.stream(p_seed, 'sensor outage') # c.sensor_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.sensor_outage.per_sensor_year') / 4 as rate,
             aquaseed.number('incidents.sensor_outage.mean_days') as mean_days
      offset 0
    ) l
    where aquaseed.u(k.key, q.no * 100 + q.quarter * 10) < l.rate

    union all
    select 'sensor_stuck', c.assignment_no, c.parameter_no, null,
           make_date(y.no, 1, 1) + floor(aquaseed.u(k.key, y.no * 10 + 1) * 365)::integer - s.start_date,
           (l.days_from + floor(aquaseed.u(k.key, y.no * 10 + 3) * (l.days_to - l.days_from + 1)))::integer,
           1, null, c.name || ' ' || c.parameter, k.key # y.no, 'The same value all the time'
    from stage s
    cross join year y
    cross join sensor c
    cross join lateral (select aquaseed.stream(p_seed, 'sensor stuck') # c.sensor_key as key) k
    cross join lateral (
      select aquaseed.number('incidents.sensor_stuck.per_sensor_year') as rate,
             aquaseed.number('incidents.sensor_stuck.days.from') as days_from,
             aquaseed.number('incidents.sensor_stuck.days.to') as days_to
      offset 0
    ) l
    where aquaseed.u(k.key, y.no * 10) < l.rate

    union all
    select 'sensor_drift', c.assignment_no, c.parameter_no, null, c.first_day, c.last_day - c.first_day + 1,
           aquaseed.number('incidents.sensor_drift.percent_a_day'), null, c.name || ' ' || c.parameter, k.key,
           'Drifts until it is cleaned'
    from stage s
    cross join sensor c
    cross join lateral (select aquaseed.stream(p_seed, 'sensor drift') # c.sensor_key as key) k
    where c.parameter_no = v_oxygen
      and aquaseed.u(k.key, 0) < aquaseed.number('incidents.sensor_drift.dissolved_oxygen_sensors')

    union all
    select 'sensor_spike', c.assignment_no, c.parameter_no, h.slot, d.day, 1,
           case when aquaseed.u(k.key, aquaseed.day_no(s.start_date + d.day) * 100 + 50 + h.slot) < 0.5
             then 0 else round(c.highest * 1.5) end, null,
           c.name || ' ' || c.parameter, k.key # (d.day * 100 + h.slot), 'One impossible value'
    from stage s
    cross join sensor c
    cross join lateral generate_series(c.first_day, c.last_day) d(day)
    cross join aquaseed.reading_hour h
    cross join lateral (select aquaseed.stream(p_seed, 'sensor spike') # c.sensor_key as key) k
    where aquaseed.u(k.key, aquaseed.day_no(s.start_date + d.day) * 100 + h.slot)
      < (select x.number from aquaseed.setting x where x.path = 'incidents.sensor_spike.per_reading')
  )
  select p_batch_no,
         p_stage_order * 10000 + row_number() over (order by d.kind, d.from_day, d.assignment_no nulls first,
                                                             d.parameter_no nulls first, d.slot nulls first) + 10,
         d.kind, p_stage_order, d.assignment_no, d.parameter_no, d.slot, d.from_day, d.from_day + d.days - 1,
         round(d.size * 1e6) / 1e6, round(d.level * 1e6) / 1e6, d.place, d.incident_key, d.detail
  from drawn d
  cross join stage s
  left join container c on c.assignment_no = d.assignment_no
  where d.from_day <= coalesce(c.last_day, s.last_day) and d.from_day + d.days - 1 >= coalesce(c.first_day, s.first_day);
end
$$;

comment on function aquaseed._plan_incidents(integer, integer, bigint) is
  'Incidents that a batch meets in a stage, into aquaseed.incident. Nothing when incidents are not enabled.';
