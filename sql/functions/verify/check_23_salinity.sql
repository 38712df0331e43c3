-- 23: salinity at sea, ppt, of all readings of the sample (_sample_readings): percentiles 1, 50 and 99 per geography.
create or replace function aquaseed.check_23_salinity()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '23.' || aquaseed._slug(r.geography) || '_' || v.metric, v.measured, r.readings || ' readings'
  from (
    select x.geography, count(*) as readings,
           percentile_cont(array[0.01, 0.5, 0.99]) within group (order by x.first_value) as p
    from aquaseed._sample_readings('sea', 'Salinity') x
    group by x.geography
  ) r
  cross join lateral (values ('p1', r.p[1]), ('p50', r.p[2]), ('p99', r.p[3])) v(metric, measured)
$$;

comment on function aquaseed.check_23_salinity() is 'Salinity at sea per geography, ppt: percentiles 1, 50 and 99.';
