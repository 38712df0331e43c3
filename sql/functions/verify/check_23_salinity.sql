-- 23: salinity at sea, ppt, of all readings of the sample (_sample_readings): percentiles 1, 50 and 99 per geography.
create or replace function aquaseed.check_23_salinity()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with ring as (
    select x.geography, x.batch_id, count(*) as readings,
           percentile_cont(array[0.01, 0.5, 0.99]) within group (order by x.first_value) as p
    from aquaseed._sample_readings('sea', 'Salinity') x
    group by grouping sets ((x.geography), (x.geography, x.batch_id))
  ),
  spread as (
    select r.geography, count(*) as batches, stddev_samp(r.p[1]) as p1, stddev_samp(r.p[2]) as p50,
           stddev_samp(r.p[3]) as p99
    from ring r where r.batch_id is not null group by r.geography
  )
  select '23.' || aquaseed._slug(r.geography) || '_' || v.metric, v.measured,
         r.readings || ' readings of ' || s.batches || ' batches',
         aquaseed._standard_error(v.sd, s.batches), s.batches::integer
  from ring r
  join spread s on s.geography = r.geography
  cross join lateral (
    values ('p1', r.p[1], s.p1), ('p50', r.p[2], s.p50), ('p99', r.p[3], s.p99)
  ) v(metric, measured, sd)
  where r.batch_id is null
$$;

comment on function aquaseed.check_23_salinity() is 'Salinity at sea per geography, ppt: percentiles 1, 50 and 99.';
