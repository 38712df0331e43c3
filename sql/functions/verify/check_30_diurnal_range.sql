-- 30: highest less lowest reading of a ring in a day, mean over the days of the sample (_sample_readings) with all
-- readings: temperature in July (deg C), oxygen all year (% saturation).
create or replace function aquaseed.check_30_diurnal_range()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with day as (
    select r.batch_id, r.at::date as on_date, max(r.first_value) - min(r.first_value) as temperature,
           max(r.second_value) - min(r.second_value) as oxygen
    from aquaseed._sample_readings('sea', 'Temperature', 'Dissolved Oxygen') r
    group by r.assignment_id, r.batch_id, r.at::date
    having count(*) = (select count(*) from aquaseed.reading_hour)
  )
  select v.id, v.total / nullif(v.days, 0),
         case when coalesce(v.days, 0) = 0 then 'no days at sea' || v.of_what else v.days || ' days' end,
         v.standard_error, v.units::integer
  from (
    select sum(b.temperature) as temperature, sum(b.oxygen) as oxygen, sum(b.days_of_july) as days_of_july,
           sum(b.days) as days,
           count(b.days) as batches, count(nullif(b.days_of_july, 0)) as batches_of_july,
           aquaseed._ratio_error(array_agg(b.oxygen), array_agg(b.days)) as oxygen_error,
           aquaseed._ratio_error(
             array_agg(b.temperature) filter (where b.days_of_july > 0),
             array_agg(b.days_of_july) filter (where b.days_of_july > 0)) as temperature_error
    from (
      select x.batch_id, sum(x.temperature) filter (where extract(month from x.on_date) = 7) as temperature,
             sum(x.oxygen) as oxygen,
             (count(*) filter (where extract(month from x.on_date) = 7))::double precision as days_of_july,
             count(*)::double precision as days
      from day x group by x.batch_id
    ) b
  ) d
  cross join lateral (values
    ('30.temperature', d.temperature, d.days_of_july, ' in July', d.temperature_error, d.batches_of_july),
    ('30.oxygen', d.oxygen, d.days, '', d.oxygen_error, d.batches)
  ) v(id, total, days, of_what, standard_error, units)
$$;

comment on function aquaseed.check_30_diurnal_range() is 'Daily range at sea: temperature in July, oxygen.';
