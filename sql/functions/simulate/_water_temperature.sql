-- Noon temperature (deg C) of the water that a stage of a batch lives in, without the container's own noise:
-- the hall's set-point or the area's sea temperature (docs/realism.md). One row per day. At sea also how lively the
-- water is that day (_liveliness; 1 in halls) and fast_c, the part of the temperature that comes and goes within days.
create or replace function aquaseed._water_temperature(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns table (
  day smallint, temperature_c double precision, liveliness double precision, fast_c double precision
)
language plpgsql stable rows 50
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_hall_tau double precision := aquaseed.number('climate.freshwater.temperature.hall_tau');
  v_sea aquaseed.sea_water_temperature :=
    aquaseed.settings('climate.sea.temperature', null::aquaseed.sea_water_temperature);
  v_area_sd aquaseed.mean_wave := v_sea.area_sd;
  v_geography_slow aquaseed.noise := v_sea.geography_noise[1];
  v_geography_fast aquaseed.noise := v_sea.geography_noise[2];
  v_area_slow aquaseed.noise := v_sea.area_noise[1];
  v_area_fast aquaseed.noise := v_sea.area_noise[2];
  v_years_1 aquaseed.noise := v_sea.years_noise[1];
  v_years_2 aquaseed.noise := v_sea.years_noise[2];
  v_trend aquaseed.trend := v_sea.trend;
  v_second aquaseed.harmonic := v_sea.second_harmonic;
  v_lively aquaseed.liveliness := v_sea.liveliness;
  v_days aquaseed.noise := v_sea.area_fast;
  v_hall bigint := aquaseed.stream(p_seed, 'hall temperature');
  v_geography_slow_draw bigint := aquaseed.stream(p_seed, 'geography temperature, slow');
  v_geography_fast_draw bigint := aquaseed.stream(p_seed, 'geography temperature, fast');
  v_area_slow_draw bigint := aquaseed.stream(p_seed, 'area temperature, slow');
  v_area_fast_draw bigint := aquaseed.stream(p_seed, 'area temperature, fast');
  v_area_draw bigint := aquaseed.stream(p_seed, 'area climate');
  v_years_draw bigint := aquaseed.stream(p_seed, 'geography temperature, years');
  v_lively_draw bigint := aquaseed.stream(p_seed, 'liveliness');
  v_days_draw bigint := aquaseed.stream(p_seed, 'area temperature, days');
begin
  return query
  with place as (
    -- offset 0: the climate of the area is drawn once, not once a day.
    select s.start_day, s.end_day, b.start_date, t.temperature_c, t.ramp_days, t.ramp_from_c, t.hall_sd,
           g.noise_key as geography_key, h.noise_key as hall_key, a.noise_key as area_key, s.area_id is null as is_hall,
           a.temperature_mean + v_area_sd.mean * aquaseed.z(v_area_draw # a.noise_key, 1) as mean,
           a.temperature_amplitude * (1 + v_area_sd.amplitude * aquaseed.z(v_area_draw # a.noise_key, 2)) as amplitude,
           a.temperature_phi + v_area_sd.phi * aquaseed.z(v_area_draw # a.noise_key, 3) as phi
    from aquaseed.schedule_stay s
    join aquaseed.life_stage t on t.life_stage_no = s.life_stage_no
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    join aquaseed.geography g on g.geography_id = b.geography_id
    left join aquaseed.hall h on h.hall_id = s.hall_id
    left join aquaseed.area a on a.area_id = s.area_id
    where s.batch_no = p_batch_no and s.life_stage_no = p_life_stage_no
    offset 0
  ),
  daily as (
    select x.*,
           case when x.is_hall then 0
             else x.lively * aquaseed.value_noise(v_days_draw # x.area_key, x.no, v_days) end as fast
    from (
      select p.*, d.day as at_day, n.no,
             case when p.is_hall then 1 else aquaseed._liveliness(v_lively_draw # p.area_key, n.no, v_lively) end
               as lively
      from place p
      cross join lateral generate_series(p.start_day, p.end_day - 1) d(day)
      cross join lateral (select aquaseed.day_no(p.start_date + d.day) as no) n
      offset 0
    ) x
    offset 0
  )
  select d.at_day::smallint,
         case when d.is_hall
           then case when d.at_day - d.start_day < d.ramp_days
                  then d.ramp_from_c + (d.temperature_c - d.ramp_from_c) * (d.at_day - d.start_day) / d.ramp_days
                  else d.temperature_c end
             + aquaseed.value_noise(v_hall # d.hall_key, d.no, v_hall_tau, d.hall_sd)
           else d.mean + d.fast + v_trend.per_year * ((d.no - 1) / 365.25::double precision + 2000 - v_trend.year)
             + d.amplitude * (aquaseed.season(d.no, d.phi)
               + v_second.share * aquaseed.season(2 * d.no, 2 * v_second.phi))
             + aquaseed.value_noise(v_years_draw # d.geography_key, d.no, v_years_1)
             -- A stream of its own: the same knots would go up and down with the other.
             + aquaseed.value_noise(v_years_draw # d.geography_key # 1, d.no, v_years_2)
             + aquaseed.value_noise(v_geography_slow_draw # d.geography_key, d.no, v_geography_slow)
             + aquaseed.value_noise(v_geography_fast_draw # d.geography_key, d.no, v_geography_fast)
             + aquaseed.value_noise(v_area_slow_draw # d.area_key, d.no, v_area_slow)
             + aquaseed.value_noise(v_area_fast_draw # d.area_key, d.no, v_area_fast)
         end,
         d.lively, d.fast
  from daily d;
end
$$;

comment on function aquaseed._water_temperature(integer, integer, bigint) is
  'Noon water temperature (deg C) of the hall or area of a stage of a batch, per day; how lively the sea is.';
