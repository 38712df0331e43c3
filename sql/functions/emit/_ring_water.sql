-- The water in a batch's rings, per ring and day (docs/realism.md): level[] at noon and swing[] (amplitude over
-- the day) of temperature, oxygen, pH and salinity, in the order of _sensor_traits. One day more than is
-- emitted, so that the last afternoon already leans towards tomorrow; p_days: these batch days alone, null for all.
-- Arrays and not rows by a lateral VALUES list: that compiles its expressions anew for each row
-- (25 us a row against 2; PostgreSQL 18, 2026-11).
create or replace function aquaseed._ring_water(p_batch_no integer, p_seed bigint, p_days integer[])
returns table (
  assignment_no smallint, stage_order smallint, day smallint, level double precision[], swing double precision[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_t_base double precision := aquaseed.number('climate.sea.temperature.diurnal.base');
  v_t_summer double precision := aquaseed.number('climate.sea.temperature.diurnal.summer');
  v_t_phi double precision := aquaseed.number('climate.sea.temperature.diurnal.phi');
  v_o_base double precision := aquaseed.number('climate.sea.oxygen.base');
  v_o_spring double precision := aquaseed.number('climate.sea.oxygen.spring');
  v_o_phi double precision := aquaseed.number('climate.sea.oxygen.spring_phi');
  v_o_density double precision := aquaseed.number('climate.sea.oxygen.reference_density');
  v_o_q10 double precision := aquaseed.number('climate.sea.oxygen.q10_base');
  v_o_t double precision := aquaseed.number('climate.sea.oxygen.reference_temperature');
  v_o_diurnal double precision := aquaseed.number('climate.sea.oxygen.diurnal');
  v_o_area_tau double precision := aquaseed.number('climate.sea.oxygen.area_noise.tau');
  v_o_area_sigma double precision := aquaseed.number('climate.sea.oxygen.area_noise.sigma');
  v_o_ring_tau double precision := aquaseed.number('climate.sea.oxygen.ring_noise.tau');
  v_o_ring_sigma double precision := aquaseed.number('climate.sea.oxygen.ring_noise.sigma');
  v_s_winter double precision := aquaseed.number('climate.sea.salinity.freshets_per_month.winter') / 30;
  v_s_other double precision := aquaseed.number('climate.sea.salinity.freshets_per_month.other') / 30;
  v_s_fade double precision := aquaseed.number('climate.sea.salinity.freshet_tau');
  v_s_memory integer := aquaseed.number('climate.sea.salinity.freshet_memory_days')::integer;
  v_s_ring_tau double precision := aquaseed.number('climate.sea.salinity.ring_noise.tau');
  v_s_ring_sigma double precision := aquaseed.number('climate.sea.salinity.ring_noise.sigma');
  v_p_base double precision := aquaseed.number('climate.sea.ph.base');
  v_p_spring double precision := aquaseed.number('climate.sea.ph.spring');
  v_p_phi double precision := aquaseed.number('climate.sea.ph.spring_phi');
  v_p_use double precision := aquaseed.number('climate.sea.ph.density');
  v_p_density double precision := aquaseed.number('climate.sea.ph.reference_density');
  v_p_diurnal double precision := aquaseed.number('climate.sea.ph.diurnal');
  v_p_tau double precision := aquaseed.number('climate.sea.ph.area_noise.tau');
  v_p_sigma double precision := aquaseed.number('climate.sea.ph.area_noise.sigma');
  v_oxygen bigint := aquaseed.stream(p_seed, 'oxygen');
  v_salinity bigint := aquaseed.stream(p_seed, 'salinity');
  v_freshet bigint := aquaseed.stream(p_seed, 'freshet');
  v_freshet_size bigint := aquaseed.stream(p_seed, 'freshet size');
  v_ph bigint := aquaseed.stream(p_seed, 'pH');
begin
  return query
  with winter as (
    select s.number::integer as month from aquaseed.setting s
    where s.path like 'climate.sea.salinity.freshets_per_month.winter_months.%'
  ),
  -- The area's own part of each day, shared by its rings.
  area_day as materialized (
    select x.day, n.no, a.oxygen_use,
           (select min(i.level) from aquaseed.incident i
            where i.batch_no = s.batch_no and i.kind in ('algae', 'jellyfish') and x.day between i.from_day and i.to_day) as bloom,
           aquaseed.value_noise(v_oxygen # a.noise_key, n.no, v_o_area_tau, v_o_area_sigma) as oxygen_noise,
           aquaseed.value_noise(v_ph # a.noise_key, n.no, v_p_tau, v_p_sigma) as ph_noise,
           a.salinity_mean + a.salinity_amplitude * aquaseed.season(n.no, a.salinity_phi) - coalesce((
             select sum((a.freshet_min + (a.freshet_max - a.freshet_min)
                         * aquaseed.u(v_freshet_size # a.noise_key, n.no - past.days)) * exp(-past.days / v_s_fade))
             from generate_series(0, v_s_memory) past(days)
             where aquaseed.u(v_freshet # a.noise_key, n.no - past.days)
               < case when extract(month from b.start_date + x.day - past.days)::integer in (select w.month from winter w)
                 then v_s_winter else v_s_other end
           ), 0) as salinity
    from aquaseed.schedule_stage s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    join aquaseed.area a on a.area_id = s.area_id
    cross join lateral generate_series(s.start_day, least(s.end_day, b.days + 1) - 1) x(day)
    cross join lateral (select aquaseed.day_no(b.start_date + x.day) as no) n
    where s.batch_no = p_batch_no and (p_days is null or x.day = any (p_days))
  )
  select d.assignment_no, d.stage_order, d.day,
         array[
           d.temperature_c,
           -- least() passes over null: no bloom, no limit.
           least(v_o_base + v_o_spring * greatest(0, aquaseed.season(a.no, v_o_phi))
             - a.oxygen_use * r.density / v_o_density * power(v_o_q10, d.temperature_c - v_o_t), a.bloom)
             + a.oxygen_noise + aquaseed.value_noise(v_oxygen # c.noise_key, a.no, v_o_ring_tau, v_o_ring_sigma),
           v_p_base + v_p_spring * greatest(0, aquaseed.season(a.no, v_p_phi))
             - v_p_use * r.density / v_p_density + a.ph_noise,
           a.salinity + aquaseed.value_noise(v_salinity # c.noise_key, a.no, v_s_ring_tau, v_s_ring_sigma)
         ],
         array[
           v_t_base + v_t_summer * greatest(0, aquaseed.season(a.no, v_t_phi)),
           -v_o_diurnal * r.density / v_o_density,
           v_p_diurnal,
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
