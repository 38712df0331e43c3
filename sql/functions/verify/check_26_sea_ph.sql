-- 26: pH at sea of the sample (_sample_readings): percentiles 1 and 99 of the readings, mean absolute step from one
-- reading of a ring to the next.
create or replace function aquaseed.check_26_sea_ph()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with step as (
    select r.batch_id, r.first_value as ph,
           abs(r.first_value - lag(r.first_value) over (partition by r.assignment_id order by r.at)) as step
    from aquaseed._sample_readings('sea', 'pH') r
  ),
  ring as (
    select x.batch_id, count(*) as readings, percentile_cont(array[0.01, 0.99]) within group (order by x.ph) as p,
           avg(x.step)::double precision as step
    from step x
    group by grouping sets ((), (x.batch_id))
  ),
  spread as (
    select count(*) as batches, stddev_samp(r.p[1]) as p1, stddev_samp(r.p[2]) as p99, stddev_samp(r.step) as step
    from ring r where r.batch_id is not null
  )
  select v.id, v.measured,
         case when r.readings = 0 then 'no readings'
              else r.readings || ' readings of ' || s.batches || ' rings' end,
         aquaseed._standard_error(v.sd, s.batches), s.batches::integer
  from ring r
  cross join spread s
  cross join lateral (
    values ('26.p1', r.p[1], s.p1), ('26.p99', r.p[2], s.p99), ('26.step', r.step, s.step)
  ) v(id, measured, sd)
  where r.batch_id is null
$$;

comment on function aquaseed.check_26_sea_ph() is 'pH at sea: percentiles 1 and 99, mean step between readings.';
