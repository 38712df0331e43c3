-- How the sensors of a stage behave: place of the parameter in the arrays of _ring_water and _tank_water, hour
-- at which the swing of the day peaks, noise of one reading, limits of the sensor, and what a degree of the short waves
-- of the sea (_sea_hours) does to it: water that is warmer for some hours or days holds the same oxygen, and so a
-- higher share of what it could hold.
create or replace function aquaseed._sensor_traits()
returns table (
  life_stage_no smallint, place integer, parameter_no smallint, peak_hour double precision,
  reading_sd double precision, lowest double precision, highest double precision, per_degree double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select t.life_stage_no, r.place, p.parameter_no,
         coalesce((x.tree #>> r.peak::text[])::double precision, 0),
         coalesce(
           case when t.flow_through then (y.tree #>> array[r.parameter, 'reading_sd'])::double precision end,
           case when r.parameter = 'Temperature' then t.temperature_reading_sd end,
           aquaseed.number(r.section || '.reading_sd')),
         coalesce((x.tree #>> '{clip,min}')::double precision, r.lowest),
         coalesce((x.tree #>> '{clip,max}')::double precision, r.highest),
         case when t.habitat = 'sea' and r.parameter = 'Temperature' then 1
              when t.habitat = 'sea' then coalesce((x.tree ->> 'per_degree')::double precision, 0)
              else 0 end
  from aquaseed.life_stage t
  join (
    values
    ('sea', 1, 'Temperature', 'climate.sea.temperature', '{diurnal,peak_hour}', -2, 30),
    ('sea', 2, 'Dissolved Oxygen', 'climate.sea.oxygen', '{low_hour}', 0, 200),
    ('sea', 3, 'pH', 'climate.sea.ph', '{peak_hour}', 7, 9),
    ('sea', 4, 'Salinity', 'climate.sea.salinity', '{peak_hour}', 0, 36),
    ('freshwater', 1, 'Temperature', 'climate.freshwater.temperature', '{peak_hour}', 0, 30),
    ('freshwater', 2, 'Dissolved Oxygen', 'climate.freshwater.oxygen', '{low_hour}', 40, 120),
    ('freshwater', 3, 'pH', 'climate.freshwater.ph', '{peak_hour}', 6, 8.5),
    ('freshwater', 4, 'CO2', 'climate.freshwater.co2', '{peak_hour}', 0.5, 40),
    ('freshwater', 5, 'NO2', 'climate.freshwater.no2', '{peak_hour}', 0.001, 2),
    ('freshwater', 6, 'NO3', 'climate.freshwater.no3', '{peak_hour}', 0.5, 400)
    union all
    -- Limits of these are their clip.
    select 'freshwater', 6 + row_number() over (order by f.name collate "C")::integer, f.name,
           'climate.freshwater.by_feed.' || f.name, '{peak_hour}', null, null
    from jsonb_object_keys(aquaseed.setting_tree('climate.freshwater.by_feed')) f(name)
  ) r(habitat, place, parameter, section, peak, lowest, highest) on r.habitat = t.habitat
  join aquaseed.parameter p on p.name = r.parameter
  cross join lateral (select aquaseed.setting_tree(r.section) as tree) x
  cross join (select aquaseed.setting_tree('climate.freshwater.flow_through') as tree) y
$$;

comment on function aquaseed._sensor_traits() is
  'Per stage and parameter: place in the water arrays, peak hour of the day, noise of a reading, limits, change by a '
  'degree of short waves.';
