-- The water in a batch's rings, per ring and day (docs/realism.md): level[] at noon and swing[] (amplitude over
-- the day) of temperature, oxygen, pH and salinity, in the order of _sensor_traits. One day more than is
-- emitted, so that the last afternoon already leans towards tomorrow; p_days: these batch days alone, null for all.
-- Arrays and not rows by a lateral VALUES list: that compiles its expressions anew for each row
-- (25 us a row against 2; PostgreSQL 18, 2026-11).
create or replace function aquaseed._ring_water(p_batch_no integer, p_seed bigint, p_days integer[])
returns table (
  assignment_no smallint, life_stage_no smallint, day smallint, level double precision[], swing double precision[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_swing aquaseed.summer_swing := aquaseed.settings('climate.sea.temperature.diurnal', null::aquaseed.summer_swing);
  v_oxygen aquaseed.sea_oxygen := aquaseed.settings('climate.sea.oxygen', null::aquaseed.sea_oxygen);
  v_salinity aquaseed.sea_salinity := aquaseed.settings('climate.sea.salinity', null::aquaseed.sea_salinity);
  v_freshets aquaseed.by_winter := v_salinity.freshets_per_month;
  v_ph aquaseed.sea_ph := aquaseed.settings('climate.sea.ph', null::aquaseed.sea_ph);
  -- Noise as variables of their own: a field of a field costs a look-up of its type for each row.
  v_oxygen_area aquaseed.noise := v_oxygen.area_noise;
  v_oxygen_ring aquaseed.noise := v_oxygen.ring_noise;
  v_salinity_ring aquaseed.noise := v_salinity.ring_noise;
  v_ph_area aquaseed.noise := v_ph.area_noise;
  v_oxygen_draw bigint := aquaseed.stream(p_seed, 'oxygen');
  v_salinity_draw bigint := aquaseed.stream(p_seed, 'salinity');
  v_freshet_draw bigint := aquaseed.stream(p_seed, 'freshet');
  v_freshet_size bigint := aquaseed.stream(p_seed, 'freshet size');
  v_ph_draw bigint := aquaseed.stream(p_seed, 'pH');
begin
  return query
  with water as materialized (
    select s.life_stage_no, w.day, w.fast_c
    from aquaseed.schedule_stay s
    cross join lateral aquaseed._water_temperature(p_batch_no, s.life_stage_no, p_seed) w
    where s.batch_no = p_batch_no and s.area_id is not null
  ),
  -- Few, among all that happens to a batch: looked up once, not by day (0.07 ms a day, 2026-12).
  bloom as materialized (
    select i.from_day, i.to_day, i.level
    from aquaseed.incident i
    join aquaseed.list_incident_kinds() k on k.kind = i.kind
    where i.batch_no = p_batch_no and k.effect = 'bloom'
  ),
  -- The area's own part of each day, shared by its rings.
  area_day as materialized (
    select x.day, n.no, a.oxygen_use, w.fast_c,
           (select min(i.level) from bloom i where x.day between i.from_day and i.to_day) as bloom,
           aquaseed.value_noise(v_oxygen_draw # a.noise_key, n.no, v_oxygen_area) as oxygen_noise,
           aquaseed.value_noise(v_ph_draw # a.noise_key, n.no, v_ph_area) as ph_noise,
           a.salinity_mean + a.salinity_amplitude * aquaseed.season(n.no, a.salinity_phi) - coalesce((
             select sum((a.freshet_min + (a.freshet_max - a.freshet_min)
                         * aquaseed.u(v_freshet_size # a.noise_key, n.no - past.days))
                        * exp(-past.days / v_salinity.freshet_tau))
             from generate_series(0, v_salinity.freshet_memory_days) past(days)
             where aquaseed.u(v_freshet_draw # a.noise_key, n.no - past.days)
               < case when extract(month from b.start_date + x.day - past.days)::integer
                          = any (v_freshets.winter_months)
                 then v_freshets.winter / 30 else v_freshets.other / 30 end
           ), 0) as salinity
    from aquaseed.schedule_stay s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    join aquaseed.area a on a.area_id = s.area_id
    cross join lateral generate_series(s.start_day, least(s.end_day, b.days + 1) - 1) x(day)
    cross join lateral (select aquaseed.day_no(b.start_date + x.day) as no) n
    join water w on w.life_stage_no = s.life_stage_no and w.day = x.day
    where s.batch_no = p_batch_no and (p_days is null or x.day = any (p_days))
  )
  select d.assignment_no, d.life_stage_no, d.day,
         array[
           d.temperature_c,
           -- least() passes over null: no bloom, no limit.
           least(v_oxygen.base + v_oxygen.spring * greatest(0, aquaseed.season(a.no, v_oxygen.spring_phi))
             - a.oxygen_use * r.density / v_oxygen.reference_density
               * power(v_oxygen.q10_base, d.temperature_c - v_oxygen.reference_temperature), a.bloom)
             + v_oxygen.per_degree * a.fast_c
             + a.oxygen_noise + aquaseed.value_noise(v_oxygen_draw # c.noise_key, a.no, v_oxygen_ring),
           v_ph.base + v_ph.spring * greatest(0, aquaseed.season(a.no, v_ph.spring_phi))
             - v_ph.density * r.density / v_ph.reference_density + a.ph_noise,
           a.salinity + aquaseed.value_noise(v_salinity_draw # c.noise_key, a.no, v_salinity_ring)
         ],
         array[
           v_swing.base + v_swing.summer * greatest(0, aquaseed.season(a.no, v_swing.phi)),
           -v_oxygen.diurnal * r.density / v_oxygen.reference_density,
           v_ph.diurnal,
           0
         ]
  from aquaseed.assignment_day d
  join area_day a on a.day = d.day
  join aquaseed.container c on c.container_id = d.container_id and c.area_id is not null
  cross join lateral (select d.fish_end * d.weight_g / 1000 / c.volume_m3 as density) r
  where d.batch_no = p_batch_no;
end
$$;

comment on function aquaseed._ring_water(integer, bigint, integer[]) is
  'Daily level and swing of temperature (deg C), oxygen (% saturation), pH and salinity (ppt) in the rings of a batch.';
