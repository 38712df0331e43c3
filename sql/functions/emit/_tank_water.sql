-- Long, since one statement makes every parameter of the same days.
-- The water in a batch's tanks, per tank and day (docs/realism.md): level[] at noon and swing[] (amplitude over
-- the day) of temperature, oxygen, pH, CO2, NO2, NO3, then those of climate.freshwater.by_feed in the order of
-- their names: the places of _sensor_traits. The water of a hall is shared and follows the feed given in it
-- (lambda = today's feed / design feed); egg halls are flow-through.
-- One day more than is emitted, arrays instead of rows, all days or some: as in _ring_water.
create or replace function aquaseed._tank_water(p_batch_no integer, p_seed bigint, p_days integer[])
returns table (
  assignment_no smallint, life_stage_no smallint, day smallint, level double precision[], swing double precision[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_co2 aquaseed.tank_co2 := aquaseed.settings('climate.freshwater.co2', null::aquaseed.tank_co2);
  v_ph aquaseed.tank_ph := aquaseed.settings('climate.freshwater.ph', null::aquaseed.tank_ph);
  v_no2 aquaseed.tank_no2 := aquaseed.settings('climate.freshwater.no2', null::aquaseed.tank_no2);
  v_no3 aquaseed.tank_no3 := aquaseed.settings('climate.freshwater.no3', null::aquaseed.tank_no3);
  v_oxygen aquaseed.tank_oxygen := aquaseed.settings('climate.freshwater.oxygen', null::aquaseed.tank_oxygen);
  v_names text[] := array(
    select f.name from jsonb_object_keys(aquaseed.setting_tree('climate.freshwater.by_feed')) f(name)
    order by f.name collate "C"
  );
  v_by_feed aquaseed.tank_by_feed[] := array(
    select aquaseed.settings('climate.freshwater.by_feed', null::aquaseed.tank_by_feed, f.name)
    from unnest(v_names) with ordinality f(name, no) order by f.no
  );
  v_by_feed_draw bigint[] := array(
    select aquaseed.stream(p_seed, f.name) from unnest(v_names) with ordinality f(name, no) order by f.no
  );
  v_flow_tau double precision := aquaseed.number('climate.freshwater.flow_through.tau');
  -- Noise as variables of their own: a field of a field costs a look-up of its type for each row.
  v_co2_tank aquaseed.noise := v_co2.tank_noise;
  v_ph_hall aquaseed.noise := v_ph.hall_noise;
  v_no2_hall aquaseed.noise := v_no2.hall_noise;
  v_no3_hall aquaseed.noise := v_no3.hall_noise;
  v_oxygen_tank aquaseed.noise := v_oxygen.tank_noise;
  v_co2_draw bigint := aquaseed.stream(p_seed, 'CO2');
  v_alkalinity_draw bigint := aquaseed.stream(p_seed, 'alkalinity');
  v_no2_draw bigint := aquaseed.stream(p_seed, 'NO2');
  v_no3_draw bigint := aquaseed.stream(p_seed, 'NO3');
  v_oxygen_draw bigint := aquaseed.stream(p_seed, 'oxygen');
  v_flow_draw bigint := aquaseed.stream(p_seed, 'flow-through');
  -- And the days before that the water of a day still carries.
  v_days integer[] := array(
    select distinct p.day - b.before
    from unnest(p_days) p(day)
    cross join generate_series(0, greatest(v_no2.feed_lag_days, v_no3.days)::integer) b(before)
  );
begin
  return query
  with feed as (
    select d.life_stage_no, d.day, sum(d.feed_1_g + d.feed_2_g)::double precision / 1000 as kg
    from aquaseed.assignment_day d
    where d.batch_no = p_batch_no and (p_days is null or d.day = any (v_days))
    group by d.life_stage_no, d.day
  ),
  -- As blooms in _ring_water.
  nitrite as materialized (
    select i.from_day, i.to_day, i.size
    from aquaseed.incident i
    join aquaseed.list_incident_kinds() k on k.kind = i.kind
    where i.batch_no = p_batch_no and k.effect = 'nitrite'
  ),
  -- The hall's water of each day, shared by its tanks.
  hall_day as materialized (
    select f.day, f.life_stage_no, n.no, l.lambda,
           case when t.flow_through then 0 else v_co2.feed * power(l.lambda, v_co2.exponent) end as co2_of_feed,
           v_ph.alkalinity * (1 + aquaseed.value_noise(v_alkalinity_draw # h.noise_key, n.no, v_ph_hall))
             as alkalinity,
           array(select p.base + p.feed * l.lambda
                   + aquaseed.value_noise(p.draw # h.noise_key, n.no, (p.hall_noise).tau, (p.hall_noise).sigma)
                 from unnest(v_by_feed, v_by_feed_draw)
                   with ordinality p(base, feed, diurnal, hall_noise, draw, place)
                 order by p.place) as by_feed,
           array(select p.feed * l.lambda * p.diurnal
                 from unnest(v_by_feed) with ordinality p(base, feed, diurnal, hall_noise, place)
                 order by p.place) as swing_by_feed,
           coalesce((select max(i.size) from nitrite i where f.day between i.from_day and i.to_day), 0)
             + v_no2.base + v_no2.feed * lag(l.lambda, v_no2.feed_lag_days, 0::double precision) over w
             + v_no2.start_up * exp(-power((f.day - s.start_day - v_no2.start_up_day) / v_no2.start_up_width, 2))
             + aquaseed.value_noise(v_no2_draw # h.noise_key, n.no, v_no2_hall) as no2,
           v_no3.base + v_no3.feed * avg(l.lambda) over (w range between v_no3.days - 1 preceding and current row)
             + aquaseed.value_noise(v_no3_draw # h.noise_key, n.no, v_no3_hall) as no3,
           t.flow_through, h.noise_key as hall_key
    from feed f
    join aquaseed.schedule_stay s on s.batch_no = p_batch_no and s.life_stage_no = f.life_stage_no
    join aquaseed.hall h on h.hall_id = s.hall_id
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    join aquaseed.life_stage t on t.life_stage_no = f.life_stage_no
    cross join lateral (select coalesce(f.kg / nullif(t.design_feed_kg, 0), 0) as lambda) l
    cross join lateral (select aquaseed.day_no(b.start_date + f.day) as no) n
    window w as (partition by f.life_stage_no order by f.day)
  ),
  tank_day as materialized (
    select d.assignment_no, d.temperature_c, h.*, c.noise_key,
           v_co2.base + h.co2_of_feed + aquaseed.value_noise(v_co2_draw # c.noise_key, h.no, v_co2_tank) as co2,
           v_oxygen.base - v_oxygen.feed * h.lambda
             + aquaseed.value_noise(v_oxygen_draw # c.noise_key, h.no, v_oxygen_tank) as oxygen
    from aquaseed.assignment_day d
    join aquaseed.schedule_batch b on b.batch_no = d.batch_no
    join hall_day h on h.life_stage_no = d.life_stage_no and h.day = d.day
    join aquaseed.container c on c.container_id = d.container_id
    where d.batch_no = p_batch_no and d.day <= b.days and (p_days is null or d.day = any (p_days))
  ),
  flow as (
    select f.name, array_position(v_names, f.name) as place, aquaseed.stream(v_flow_draw, f.name) as seed,
           aquaseed.number('climate.freshwater.flow_through', f.name, 'mean') as mean,
           aquaseed.number('climate.freshwater.flow_through', f.name, 'sigma') as sigma
    from unnest(array['Dissolved Oxygen', 'CO2', 'NO2', 'NO3'] || v_names) f(name)
  ),
  -- An egg hall: every parameter hovers around its mean.
  flow_day as materialized (
    select h.day, f.name, f.place,
           f.mean + aquaseed.value_noise(f.seed # h.hall_key, h.no, v_flow_tau, f.sigma) as value
    from hall_day h
    cross join flow f
    where h.flow_through and (p_days is null or h.day = any (p_days))
  ),
  flow_level as (
    select f.day,
           max(f.value) filter (where f.name = 'Dissolved Oxygen') as oxygen,
           max(f.value) filter (where f.name = 'CO2') as co2,
           max(f.value) filter (where f.name = 'NO2') as no2,
           max(f.value) filter (where f.name = 'NO3') as no3,
           array_agg(f.value order by f.place) filter (where f.place is not null) as by_feed
    from flow_day f
    group by f.day
  )
  select d.assignment_no, d.life_stage_no, d.day,
         array[
           d.temperature_c,
           coalesce(f.oxygen, d.oxygen),
           v_ph.base + log(44 * d.alkalinity / greatest(coalesce(f.co2, d.co2), 0.5)),
           coalesce(f.co2, d.co2),
           coalesce(f.no2, d.no2),
           coalesce(f.no3, d.no3)
         ] || coalesce(f.by_feed, d.by_feed),
         case when d.flow_through then array_fill(0::double precision, array[6 + cardinality(v_names)])
           else array[
             0,
             -v_oxygen.diurnal,
             -- pH follows CO2: its swing is the derivative of the logarithm.
             -d.co2_of_feed * v_co2.diurnal / greatest(d.co2, 0.5) / ln(10::double precision),
             d.co2_of_feed * v_co2.diurnal,
             0,
             0
           ] || d.swing_by_feed end
  from tank_day d
  left join flow_level f on d.flow_through and f.day = d.day;
end
$$;

comment on function aquaseed._tank_water(integer, bigint, integer[]) is
  'Daily level and swing of temperature (deg C), oxygen (%), pH, CO2, NO2 and NO3 (mg/L) and of what follows the '
  'feed in the tanks of a batch.';
