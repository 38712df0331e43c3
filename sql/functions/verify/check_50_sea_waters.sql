-- 50: whether the sea lives as waters do (ranges: 19 buoys of up to 39 years and 22 dock loggers, by day and hour).
-- annual: SD of the calendar means of whole years of a geography; warm_cold: warmest less coldest of 20 years or more;
-- harmonic: second wave of the year / first (_sea_year_months). step: SD and excess kurtosis of the step from day to
-- day of the mean of an area (_sea_temperature); slope: of the log of its power on the log of the frequency, 21 to 2
-- days (_sea_spectrum). two_hours: SD and excess kurtosis of the step from a reading to the next one two hours later,
-- May to August; uptime: readings of the temperature sensor there are / should be, sea and fresh water
-- (_sample_readings, _sample_stays). Errors: years, areas or batches left out, one at a time, if not said otherwise.
create or replace function aquaseed.check_50_sea_waters()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with month as materialized (
    select m.geography, extract(year from m.first_day)::integer as year,
           extract(month from m.first_day)::integer as month, m.temperature
    from aquaseed._sea_year_months() m
  ),
  year as (
    select m.geography, avg(m.temperature) as temperature from month m group by m.geography, m.year having count(*) = 12
  ),
  place as (
    select y.geography, count(*) as years, var_samp(y.temperature) as variance,
           max(y.temperature) - min(y.temperature) as extent
    from year y group by y.geography
  ),
  -- A month of the year as its mean over the years, and how much single ones differ from that.
  month_of_year as (
    select m.geography, m.month, avg(m.temperature) as temperature, count(*) as years,
           var_samp(m.temperature) as variance
    from month m group by m.geography, m.month
  ),
  harmonic as (
    select x.geography, x.years, x.second / x.first as ratio,
           -- Weather lasts about two months.
           2 * sqrt(x.variance / 6 / x.years) / x.first / 1.4142 as error
    from (
      select y.geography, min(y.years) as years, avg(y.variance) as variance,
             sqrt(sum(y.temperature * cos(pi() * y.month / 6)) ^ 2 + sum(y.temperature * sin(pi() * y.month / 6)) ^ 2)
               / 6 / 0.9886 as first,
             -- A mean of a month flattens a wave: sinc(1/12) and sinc(1/6).
             sqrt(sum(y.temperature * cos(pi() * y.month / 3)) ^ 2 + sum(y.temperature * sin(pi() * y.month / 3)) ^ 2)
               / 6 / 0.9549 as second
      from month_of_year y group by y.geography having count(*) = 12
    ) x
  ),
  step as (
    select 'step' as metric, d.area_id as unit, d.temperature - lag(d.temperature) over w as step,
           d.on_date - lag(d.on_date) over w = 1 as is_next
    from aquaseed._sea_temperature('area') d
    window w as (partition by d.series_id order by d.on_date)
    union all
    select 'two_hours', r.batch_id, r.first_value - lag(r.first_value) over w,
           r.at - lag(r.at) over w = interval '2 hours' and extract(month from r.at) between 5 and 8
    from aquaseed._sample_readings('sea', 'Temperature') r
    window w as (partition by r.assignment_id order by r.at)
  ),
  moment as (
    select s.metric, s.unit, count(*) as n, sum(s.step ^ 2) as s2, sum(s.step ^ 4) as s4
    from step s where s.is_next group by s.metric, s.unit
  ),
  -- All of them, and with one unit left out at a time.
  total as (
    select m.*, sum(m.n) over w as n_all, sum(m.s2) over w as s2_all, sum(m.s4) over w as s4_all
    from moment m window w as (partition by m.metric)
  ),
  spread as (
    select t.metric, max(t.n_all) as n, count(*) as units, sqrt(max(t.s2_all) / max(t.n_all)) as sd,
           max(t.s4_all) * max(t.n_all) / nullif(max(t.s2_all) ^ 2, 0) - 3 as kurtosis,
           aquaseed._jackknife_error(array_agg(sqrt((t.s2_all - t.s2) / nullif(t.n_all - t.n, 0)))) as sd_error,
           aquaseed._jackknife_error(
             array_agg((t.s4_all - t.s4) * (t.n_all - t.n) / nullif((t.s2_all - t.s2) ^ 2, 0))) as kurtosis_error
    from total t group by t.metric
  ),
  power as (
    select p.area_id, p.k, p.power, sum(p.power) over (partition by p.k) as total, p.stretches
    from aquaseed._sea_spectrum() p
  ),
  slope as (
    select sum(a.stretches) as stretches, count(*) as areas, max(a.slope) as slope,
           aquaseed._jackknife_error(array_agg(a.without)) as error
    from (
      select p.area_id, max(p.stretches) as stretches, regr_slope(ln(p.total), ln(p.k)) as slope,
             regr_slope(ln(nullif(p.total - p.power, 0)), ln(p.k)) as without
      from power p group by p.area_id
    ) a
  ),
  reading as (
    select s.batch_id, sum(e.n) as there,
           sum((s.to_date - s.from_date - s.moved) * (select count(*) from aquaseed.reading_hour)) as due
    from (
      select *, 0 as moved from aquaseed._sample_stays('sea')
      union all
      -- On the day on which they are moved fish are read where they go to.
      select *, closed::integer from aquaseed._sample_stays('freshwater')
    ) s
    cross join lateral (
      select count(*) as n
      from public.environmental_environmentalreading x
      join public.environmental_environmentalparameter p on p.id = x.parameter_id and p.name = 'Temperature'
      where x.container_id = s.container_id and x.batch_container_assignment_id = s.assignment_id
        and x.reading_time >= s.from_date::timestamp at time zone 'UTC'
        and x.reading_time < s.to_date::timestamp at time zone 'UTC'
    ) e
    group by s.batch_id
  )
  -- Years follow each other like their weather: fewer of them are independent, 1.3 times the error.
  select '50.annual', sqrt(avg(p.variance)), coalesce(sum(p.years) || ' whole years of geographies', 'no whole year'),
         1.3 * sqrt(avg(p.variance) / (2 * nullif(sum(p.years - 1), 0))), sum(p.years)::integer
  from place p
  union all
  -- The extent of 20 to 40 normal values has a standard deviation of 0.7 of theirs.
  select '50.warm_cold', avg(p.extent),
         case when count(*) = 0 then 'no geography with 20 whole years' else count(*) || ' geographies' end,
         0.7 * sqrt(avg(p.variance) / nullif(count(*), 0)), min(p.years)::integer
  from place p where p.years >= 20
  union all
  select '50.harmonic', avg(h.ratio),
         coalesce('months of ' || sum(h.years) || ' years of geographies', 'no whole year'),
         sqrt(sum(h.error ^ 2)) / nullif(count(*), 0), min(h.years)::integer
  from harmonic h
  union all
  select v.id, v.measured, s.n || ' steps', v.error, s.units::integer
  from spread s
  cross join lateral (values ('50.' || s.metric || '_sd', s.sd, s.sd_error),
                             ('50.' || s.metric || '_kurtosis', s.kurtosis, s.kurtosis_error)) v(id, measured, error)
  union all
  select '50.slope', s.slope, coalesce(s.stretches || ' stretches of 64 days', 'no stretch of 64 days'), s.error,
         s.areas::integer
  from slope s
  union all
  select '50.uptime', sum(r.there) / nullif(sum(r.due), 0), coalesce(sum(r.there) || ' readings', 'no batch'),
         aquaseed._ratio_error(array_agg(r.there::double precision), array_agg(r.due::double precision)),
         count(*)::integer
  from reading r
$$;

comment on function aquaseed.check_50_sea_waters() is
  'Whether the sea lives as waters do: years, seasons, steps of days and hours, spectrum; share of readings there.';
