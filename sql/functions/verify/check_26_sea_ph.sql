-- 26: pH at sea of the sample (_sample_readings): percentiles 1 and 99 of the readings, mean absolute step from one
-- reading of a ring to the next.
create or replace function aquaseed.check_26_sea_ph()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with step as (
    select r.first_value as ph, abs(r.first_value - lag(r.first_value) over (partition by r.assignment_id order by r.at)) as step
    from aquaseed._sample_readings('sea', 'pH') r
  )
  select v.id, v.measured, case when s.readings = 0 then 'no readings' else s.readings || ' readings' end
  from (
    select count(*) as readings, percentile_cont(array[0.01, 0.99]) within group (order by x.ph) as p, avg(x.step) as step
    from step x
  ) s
  cross join lateral (values ('26.p1', s.p[1]), ('26.p99', s.p[2]), ('26.step', s.step)) v(id, measured)
$$;

comment on function aquaseed.check_26_sea_ph() is 'pH at sea: percentiles 1 and 99, mean step between readings.';
