-- Stage emit, one sea area: its weather and its day length, one row a day each from the first batch's start up to
-- as_of. Not of a batch: the areas of a geography share most of their noise (docs/realism.md). On the days that the
-- simulation calls too rough to feed (_storm_days, and storms among the incidents) it blows a gale.
-- Waves follow the wind, rain and cloud go with it; the length of the day is astronomical.
create or replace function aquaseed.emit_weather(p_run_id integer, p_area_id bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seed bigint := (select r.seed from aquaseed.run r where r.run_id = p_run_id);
  v_as_of date := (select r.as_of from aquaseed.run r where r.run_id = p_run_id);
  v_from date := (select min(b.start_date) from aquaseed.schedule_batch b where b.days > 0);
  v_weather_block bigint := aquaseed.id_block('environmental_weatherdata');
  v_light_block bigint := aquaseed.id_block('environmental_photoperioddata');
  v_lag interval := make_interval(mins => aquaseed.number('climate.weather.entry_lag_minutes')::integer);
  v_area record;
  v_air_g_tau double precision := aquaseed.number('climate.weather.air.geography_noise.tau');
  v_air_g_sigma double precision := aquaseed.number('climate.weather.air.geography_noise.sigma');
  v_air_a_tau double precision := aquaseed.number('climate.weather.air.area_noise.tau');
  v_air_a_sigma double precision := aquaseed.number('climate.weather.air.area_noise.sigma');
  v_wind_g_tau double precision := aquaseed.number('climate.weather.wind.geography_noise.tau');
  v_wind_g_sigma double precision := aquaseed.number('climate.weather.wind.geography_noise.sigma');
  v_wind_a_tau double precision := aquaseed.number('climate.weather.wind.area_noise.tau');
  v_wind_a_sigma double precision := aquaseed.number('climate.weather.wind.area_noise.sigma');
  v_wind_sigma double precision;
  v_gale_min double precision := aquaseed.number('climate.weather.wind.storm.min');
  v_gale_max double precision := aquaseed.number('climate.weather.wind.storm.max');
  v_from_mean double precision := aquaseed.number('climate.weather.wind.direction.mean');
  v_from_g_tau double precision := aquaseed.number('climate.weather.wind.direction.geography_noise.tau');
  v_from_g_sigma double precision := aquaseed.number('climate.weather.wind.direction.geography_noise.sigma');
  v_from_a_tau double precision := aquaseed.number('climate.weather.wind.direction.area_noise.tau');
  v_from_a_sigma double precision := aquaseed.number('climate.weather.wind.direction.area_noise.sigma');
  v_wave_factor double precision := aquaseed.number('climate.weather.waves.factor');
  v_wave_exponent double precision := aquaseed.number('climate.weather.waves.exponent');
  v_swell double precision := aquaseed.number('climate.weather.waves.swell.mean');
  v_swell_winter double precision := aquaseed.number('climate.weather.waves.swell.winter');
  v_swell_phi double precision := aquaseed.number('climate.weather.waves.swell.phi');
  v_swell_tau double precision := aquaseed.number('climate.weather.waves.swell.noise.tau');
  v_swell_sigma double precision := aquaseed.number('climate.weather.waves.swell.noise.sigma');
  v_period_base double precision := aquaseed.number('climate.weather.waves.period.base');
  v_period_factor double precision := aquaseed.number('climate.weather.waves.period.factor');
  v_wave_direction double precision := aquaseed.number('climate.weather.waves.direction_sd');
  v_rain_offset double precision := aquaseed.number('climate.weather.rain.offset');
  v_rain_wind double precision := aquaseed.number('climate.weather.rain.wind_share');
  v_rain_winter double precision := aquaseed.number('climate.weather.rain.winter');
  v_rain_phi double precision := aquaseed.number('climate.weather.rain.phi');
  v_rain_tau double precision := aquaseed.number('climate.weather.rain.noise.tau');
  v_rain_sigma double precision := aquaseed.number('climate.weather.rain.noise.sigma');
  v_rain_area double precision := aquaseed.number('climate.weather.rain.area_share');
  v_dry double precision := aquaseed.number('climate.weather.rain.dry_below_mm');
  v_rain_scale double precision;
  v_cloud double precision := aquaseed.number('climate.weather.cloud.mean');
  v_cloud_rain double precision := aquaseed.number('climate.weather.cloud.per_rain');
  v_cloud_tau double precision := aquaseed.number('climate.weather.cloud.noise.tau');
  v_cloud_sigma double precision := aquaseed.number('climate.weather.cloud.noise.sigma');
  v_lux double precision := aquaseed.number('climate.weather.light.clear_noon_lux');
  v_cloud_loss double precision := aquaseed.number('climate.weather.light.cloud_loss');
  v_cloud_exponent double precision := aquaseed.number('climate.weather.light.cloud_exponent');
  v_air bigint := aquaseed.stream(v_seed, 'air temperature');
  v_wind bigint := aquaseed.stream(v_seed, 'wind');
  v_direction bigint := aquaseed.stream(v_seed, 'wind direction');
  v_waves bigint := aquaseed.stream(v_seed, 'waves');
  v_rain bigint := aquaseed.stream(v_seed, 'rain');
  v_clouds bigint := aquaseed.stream(v_seed, 'cloud');
  v_gale bigint := aquaseed.stream(v_seed, 'gale');
  v_days bigint;
begin
  select a.noise_key as key, g.noise_key as geography_key, radians(p.latitude::double precision) as latitude,
         aquaseed.number(s.path || '.air.mean') as air_mean, aquaseed.number(s.path || '.air.amplitude') as air_amplitude,
         aquaseed.number(s.path || '.air.phi') as air_phi, aquaseed.number(s.path || '.wind.mean') as wind_mean,
         aquaseed.number(s.path || '.wind.amplitude') as wind_amplitude, aquaseed.number(s.path || '.wind.phi') as wind_phi,
         aquaseed.number(s.path || '.rain') as rain, aquaseed.number(s.path || '.exposure') as exposure
  into strict v_area
  from aquaseed.area a
  join aquaseed.geography g on g.geography_id = a.geography_id
  join public.infrastructure_area p on p.id = a.area_id
  cross join lateral (select 'climate.sea.geographies.' || g.name || '.sites.' || a.site || '.weather' as path) s
  where a.area_id = p_area_id;
  v_wind_sigma := sqrt(v_wind_g_sigma ^ 2 + v_wind_a_sigma ^ 2);
  -- The mean of max(0, x + offset)^2 over a standard normal x (its distribution function to 1e-5).
  v_rain_scale := v_area.rain / (
    select (1 + v_rain_offset ^ 2) * c.below + v_rain_offset * exp(-v_rain_offset ^ 2 / 2) / sqrt(2 * pi())
    from (select 1 / (1 + exp(-1.5976 * v_rain_offset - 0.07056 * v_rain_offset ^ 3)) as below) c
  );

  -- Materialized, or the noise of a level is computed anew for every use of it.
  with calendar as materialized (
    select x.at::date as on_date, aquaseed.day_no(x.at::date) as no
    from generate_series(v_from::timestamp, v_as_of::timestamp - interval '1 day', interval '1 day') x(at)
  ),
  storm as materialized (
    select d.on_date from aquaseed._storm_days(v_area.key, v_seed, v_from, v_as_of - 1) d
    union all
    select b.start_date + d.day
    from aquaseed.incident i
    join aquaseed.schedule_batch b on b.batch_no = i.batch_no
    join aquaseed.schedule_stage s on s.batch_no = i.batch_no and s.stage_order = i.stage_order
    cross join lateral generate_series(i.from_day::integer, i.to_day::integer) d(day)
    where i.kind = 'storm' and s.area_id = p_area_id
  ),
  calm as materialized (
    select n.on_date, n.no,
           v_area.wind_mean + v_area.wind_amplitude * aquaseed.season(n.no, v_area.wind_phi) as wind_mean,
           aquaseed.value_noise(v_wind # v_area.geography_key, n.no, v_wind_g_tau, v_wind_g_sigma)
             + aquaseed.value_noise(v_wind # v_area.key, n.no, v_wind_a_tau, v_wind_a_sigma) as gust,
           sqrt(1 - v_rain_area) * aquaseed.value_noise(v_rain # v_area.geography_key, n.no, v_rain_tau, v_rain_sigma)
             + sqrt(v_rain_area) * aquaseed.value_noise(v_rain # v_area.key, n.no, v_rain_tau, v_rain_sigma) as wet,
           n.on_date in (select x.on_date from storm x) as is_storm
    from calendar n
  ),
  wet as materialized (
    select c.*, v_rain_wind * c.gust / v_wind_sigma + sqrt(1 - v_rain_wind ^ 2) * c.wet as x from calm c
  ),
  blown as materialized (
    select c.*,
           case when c.is_storm then v_gale_min + (v_gale_max - v_gale_min) * aquaseed.u(v_gale # v_area.key, c.no)
                else least(c.wind_mean * exp(c.gust - v_wind_sigma ^ 2 / 2), v_gale_max) end as wind,
           v_rain_scale * power(greatest(0, c.x + v_rain_offset), 2)
             * (1 + v_rain_winter * aquaseed.season(c.no, v_rain_phi)) as rain,
           round(least(100, greatest(0, v_cloud + v_cloud_rain * c.x
             + aquaseed.value_noise(v_clouds # v_area.key, c.no, v_cloud_tau, v_cloud_sigma)))::numeric)::integer as cloud,
           v_from_mean + aquaseed.value_noise(v_direction # v_area.geography_key, c.no, v_from_g_tau, v_from_g_sigma)
             + aquaseed.value_noise(v_direction # v_area.key, c.no, v_from_a_tau, v_from_a_sigma) as blows_from
    from wet c
  ),
  sea as materialized (
    select b.*, v_area.exposure * (v_wave_factor * power(b.wind, v_wave_exponent)
             + greatest(0, v_swell + v_swell_winter * aquaseed.season(b.no, v_swell_phi))
               * exp(aquaseed.value_noise(v_waves # v_area.geography_key, b.no, v_swell_tau, v_swell_sigma))) as wave,
           -- Declination and hour angle of sunset, with refraction and the radius of the sun (0.833 degrees).
           asin(0.39779 * cos(0.98565 * pi() / 180 * (b.year_day + 10)
             + 1.914 * pi() / 180 * sin(0.98565 * pi() / 180 * (b.year_day - 2)))) * -1 as declination
    from (select w.*, extract(doy from w.on_date)::integer - 1 as year_day from blown w) b
  ),
  weather as (
    insert into public.environmental_weatherdata
      (id, "timestamp", temperature, wind_speed, wind_direction, precipitation, wave_height, wave_period,
       wave_direction, cloud_cover, created_at, area_id)
    select p_area_id * v_weather_block + s.no, (s.on_date + time '12:00') at time zone 'UTC',
           round((v_area.air_mean + v_area.air_amplitude * aquaseed.season(s.no, v_area.air_phi)
             + aquaseed.value_noise(v_air # v_area.geography_key, s.no, v_air_g_tau, v_air_g_sigma)
             + aquaseed.value_noise(v_air # v_area.key, s.no, v_air_a_tau, v_air_a_sigma))::numeric, 2),
           round(s.wind::numeric, 2), (round(s.blows_from::numeric)::integer % 360 + 360) % 360,
           case when s.rain < v_dry then 0 else round(s.rain::numeric, 2) end,
           round(s.wave::numeric, 2), round((v_period_base + v_period_factor * sqrt(s.wave))::numeric, 2),
           (round((s.blows_from + v_wave_direction * aquaseed.z(v_waves # v_area.key, s.no))::numeric)::integer % 360 + 360) % 360,
           s.cloud, (s.on_date + time '12:00') at time zone 'UTC' + v_lag, p_area_id
    from sea s
    returning 1
  ),
  light as (
    insert into public.environmental_photoperioddata
      (id, date, day_length_hours, light_intensity, is_interpolated, created_at, updated_at, area_id)
    select p_area_id * v_light_block + s.no, s.on_date,
           round((24 / pi() * acos(least(1, greatest(-1,
             (sin(radians(-0.833)) - sin(v_area.latitude) * sin(s.declination))
               / (cos(v_area.latitude) * cos(s.declination))))))::numeric, 2),
           round((v_lux * greatest(0, cos(v_area.latitude - s.declination))
             * (1 - v_cloud_loss * power(s.cloud / 100.0::double precision, v_cloud_exponent)))::numeric),
           false, t.at, t.at, p_area_id
    from sea s
    cross join lateral (select (s.on_date + time '12:00') at time zone 'UTC' + v_lag as at) t
    returning 1
  )
  select count(*) into v_days from weather cross join (select count(*) from light) l;
  return jsonb_build_object('environmental_weatherdata', v_days, 'environmental_photoperioddata', v_days);
end
$$;

comment on function aquaseed.emit_weather(integer, bigint) is
  'Stage emit for one sea area: environmental_weatherdata (m/s, m, s, deg C, mm, %) and environmental_photoperioddata (hours, lux at noon).';
