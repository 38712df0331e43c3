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
  -- What was there before an advance stays.
  v_from date := coalesce(
    (select r.advanced_from from aquaseed.run r where r.run_id = p_run_id),
    (select min(b.start_date) from aquaseed.schedule_batch b where b.days > 0));
  v_weather_block bigint := aquaseed.id_block('environmental_weatherdata');
  v_light_block bigint := aquaseed.id_block('environmental_photoperioddata');
  v_lag interval := make_interval(mins => aquaseed.number('climate.weather.entry_lag_minutes')::integer);
  v_area record;
  v_site aquaseed.site_weather;
  v_air aquaseed.place_noise := aquaseed.settings('climate.weather.air', null::aquaseed.place_noise);
  v_wind aquaseed.wind := aquaseed.settings('climate.weather.wind', null::aquaseed.wind);
  v_gale aquaseed.gale := v_wind.storm;
  v_direction aquaseed.wind_direction := v_wind.direction;
  v_waves aquaseed.waves := aquaseed.settings('climate.weather.waves', null::aquaseed.waves);
  v_swell aquaseed.swell := v_waves.swell;
  v_rain aquaseed.rain := aquaseed.settings('climate.weather.rain', null::aquaseed.rain);
  v_cloud aquaseed.cloud := aquaseed.settings('climate.weather.cloud', null::aquaseed.cloud);
  v_light aquaseed.light := aquaseed.settings('climate.weather.light', null::aquaseed.light);
  -- Geography and area together.
  v_gust_sigma double precision := sqrt((v_wind.geography_noise).sigma ^ 2 + (v_wind.area_noise).sigma ^ 2);
  v_rain_scale double precision;
  v_air_draw bigint := aquaseed.stream(v_seed, 'air temperature');
  v_wind_draw bigint := aquaseed.stream(v_seed, 'wind');
  v_direction_draw bigint := aquaseed.stream(v_seed, 'wind direction');
  v_waves_draw bigint := aquaseed.stream(v_seed, 'waves');
  v_rain_draw bigint := aquaseed.stream(v_seed, 'rain');
  v_cloud_draw bigint := aquaseed.stream(v_seed, 'cloud');
  v_gale_draw bigint := aquaseed.stream(v_seed, 'gale');
  v_days bigint;
begin
  select a.noise_key as key, g.noise_key as geography_key, radians(a.latitude) as latitude,
         g.name as geography, a.site, a.farm_no
  into strict v_area
  from aquaseed.area a
  join aquaseed.geography g on g.geography_id = a.geography_id
  where a.area_id = p_area_id;
  v_site := aquaseed.settings('climate.sea.geographies', null::aquaseed.site_weather,
                              v_area.geography, 'sites', v_area.site, 'weather');
  -- The mean of max(0, x + offset)^2 over a standard normal x (its distribution function to 1e-5).
  v_rain_scale := v_site.rain / (
    select (1 + v_rain.offset ^ 2) * c.below + v_rain.offset * exp(-v_rain.offset ^ 2 / 2) / sqrt(2 * pi())
    from (select 1 / (1 + exp(-1.5976 * v_rain.offset - 0.07056 * v_rain.offset ^ 3)) as below) c
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
    join aquaseed.schedule_stay s on s.batch_no = i.batch_no and s.life_stage_no = i.life_stage_no
    join aquaseed.list_incident_kinds() k on k.kind = i.kind
    cross join lateral generate_series(i.from_day::integer, i.to_day::integer) d(day)
    where k.effect = 'gale' and s.area_id = p_area_id
  ),
  calm as materialized (
    select n.on_date, n.no,
           (v_site.wind).mean + (v_site.wind).amplitude * aquaseed.season(n.no, (v_site.wind).phi) as wind_mean,
           aquaseed.value_noise(v_wind_draw # v_area.geography_key, n.no, v_wind.geography_noise)
             + aquaseed.value_noise(v_wind_draw # v_area.key, n.no, v_wind.area_noise) as gust,
           sqrt(1 - v_rain.area_share) * aquaseed.value_noise(v_rain_draw # v_area.geography_key, n.no, v_rain.noise)
             + sqrt(v_rain.area_share) * aquaseed.value_noise(v_rain_draw # v_area.key, n.no, v_rain.noise) as wet,
           n.on_date in (select x.on_date from storm x) as is_storm
    from calendar n
  ),
  wet as materialized (
    select c.*, v_rain.wind_share * c.gust / v_gust_sigma + sqrt(1 - v_rain.wind_share ^ 2) * c.wet as x from calm c
  ),
  blown as materialized (
    select c.*,
           case when c.is_storm then v_gale.min + (v_gale.max - v_gale.min) * aquaseed.u(v_gale_draw # v_area.key, c.no)
                else least(c.wind_mean * exp(c.gust - v_gust_sigma ^ 2 / 2), v_gale.max) end as wind,
           v_rain_scale * power(greatest(0, c.x + v_rain.offset), 2)
             * (1 + v_rain.winter * aquaseed.season(c.no, v_rain.phi)) as rain,
           round(least(100, greatest(0, v_cloud.mean + v_cloud.per_rain * c.x
             + aquaseed.value_noise(v_cloud_draw # v_area.key, c.no, v_cloud.noise)))::numeric)::integer as cloud,
           v_direction.mean
             + aquaseed.value_noise(v_direction_draw # v_area.geography_key, c.no, v_direction.geography_noise)
             + aquaseed.value_noise(v_direction_draw # v_area.key, c.no, v_direction.area_noise) as blows_from
    from wet c
  ),
  sea as materialized (
    select b.*, v_site.exposure * (v_waves.factor * power(b.wind, v_waves.exponent)
             + greatest(0, v_swell.mean + v_swell.winter * aquaseed.season(b.no, v_swell.phi))
               * exp(aquaseed.value_noise(v_waves_draw # v_area.geography_key, b.no, v_swell.noise))) as wave,
           -- Declination and hour angle of sunset, with refraction and the radius of the sun (0.833 degrees).
           asin(0.39779 * cos(0.98565 * pi() / 180 * (b.year_day + 10)
             + 1.914 * pi() / 180 * sin(0.98565 * pi() / 180 * (b.year_day - 2)))) * -1 as declination
    from (select w.*, extract(doy from w.on_date)::integer - 1 as year_day from blown w) b
  ),
  weather as (
    insert into public.environmental_weatherdata
      (id, "timestamp", temperature, wind_speed, wind_direction, precipitation, wave_height, wave_period,
       wave_direction, cloud_cover, created_at, area_id)
    select v_area.farm_no * v_weather_block + s.no, (s.on_date + time '12:00') at time zone 'UTC',
           round(((v_site.air).mean + (v_site.air).amplitude * aquaseed.season(s.no, (v_site.air).phi)
             + aquaseed.value_noise(v_air_draw # v_area.geography_key, s.no, v_air.geography_noise)
             + aquaseed.value_noise(v_air_draw # v_area.key, s.no, v_air.area_noise))::numeric, 2),
           round(s.wind::numeric, 2), (round(s.blows_from::numeric)::integer % 360 + 360) % 360,
           case when s.rain < v_rain.dry_below_mm then 0 else round(s.rain::numeric, 2) end,
           round(s.wave::numeric, 2),
           round(((v_waves.period).base + (v_waves.period).factor * sqrt(s.wave))::numeric, 2),
           (round((s.blows_from + v_waves.direction_sd * aquaseed.z(v_waves_draw # v_area.key, s.no))::numeric)::integer
             % 360 + 360) % 360,
           s.cloud, (s.on_date + time '12:00') at time zone 'UTC' + v_lag, p_area_id
    from sea s
    returning 1
  ),
  light as (
    insert into public.environmental_photoperioddata
      (id, date, day_length_hours, light_intensity, is_interpolated, created_at, updated_at, area_id)
    select v_area.farm_no * v_light_block + s.no, s.on_date,
           round((24 / pi() * acos(least(1, greatest(-1,
             (sin(radians(-0.833)) - sin(v_area.latitude) * sin(s.declination))
               / (cos(v_area.latitude) * cos(s.declination))))))::numeric, 2),
           round((v_light.clear_noon_lux * greatest(0, cos(v_area.latitude - s.declination))
             * (1 - v_light.cloud_loss * power(s.cloud / 100.0::double precision, v_light.cloud_exponent)))::numeric),
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
  'Stage emit for one sea area: weather (m/s, m, s, deg C, mm, %), day length (h) and light at noon (lx).';
