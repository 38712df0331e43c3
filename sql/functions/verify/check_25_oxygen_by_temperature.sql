-- 25: correlation of the day's oxygen in mg/L (from % saturation, temperature and salinity) with the day's temperature
-- in a ring of the sample (_sample_readings), over each 182 days of its stay with readings on 150 or more; median.
create or replace function aquaseed.check_25_oxygen_by_temperature()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with day as (
    select r.assignment_id, r.at::date as on_date, avg(r.first_value) as temperature,
           avg(r.second_value / 100 * aquaseed._oxygen_solubility(r.first_value, r.third_value)) as oxygen
    from aquaseed._sample_readings('sea', 'Temperature', 'Dissolved Oxygen', 'Salinity') r
    group by r.assignment_id, r.at::date
  ),
  half_year as (
    select d.assignment_id, corr(d.oxygen, d.temperature) as r
    from (select x.*, (x.on_date - min(x.on_date) over (partition by x.assignment_id)) / 182 as part from day x) d
    group by d.assignment_id, d.part
    having count(d.oxygen) >= 150
  )
  select '25', percentile_cont(0.5) within group (order by h.r),
         case when count(h.r) = 0 then 'no ring with readings of half a year'
              else count(h.r) || ' half years, ' || round(min(h.r)::numeric, 3) || ' to '
                || round(max(h.r)::numeric, 3) end,
         aquaseed._standard_error(stddev_samp(h.r), count(distinct h.assignment_id), true),
         count(distinct h.assignment_id)::integer
  from half_year h
$$;

comment on function aquaseed.check_25_oxygen_by_temperature() is
  'Correlation of oxygen in mg/L with temperature in a ring over half a year, median.';
