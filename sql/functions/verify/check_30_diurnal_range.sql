-- 30: highest less lowest reading of a ring in a day, mean over the days of the sample (_sample_readings) with all
-- readings: temperature in July (deg C), oxygen all year (% saturation).
create or replace function aquaseed.check_30_diurnal_range()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with day as (
    select r.at::date as on_date, max(r.first_value) - min(r.first_value) as temperature,
           max(r.second_value) - min(r.second_value) as oxygen
    from aquaseed._sample_readings('sea', 'Temperature', 'Dissolved Oxygen') r
    group by r.assignment_id, r.at::date
    having count(*) = (select count(*) from aquaseed.reading_hour)
  )
  select v.id, v.measured, case when v.days = 0 then 'no days at sea' || v.of_what else v.days || ' days' end
  from (
    select avg(x.temperature) filter (where extract(month from x.on_date) = 7) as temperature, avg(x.oxygen) as oxygen,
           count(*) filter (where extract(month from x.on_date) = 7) as days_of_july, count(*) as days
    from day x
  ) d
  cross join lateral (values
    ('30.temperature', d.temperature, d.days_of_july, ' in July'), ('30.oxygen', d.oxygen, d.days, '')
  ) v(id, measured, days, of_what)
$$;

comment on function aquaseed.check_30_diurnal_range() is 'Daily range at sea: temperature in July, oxygen.';
