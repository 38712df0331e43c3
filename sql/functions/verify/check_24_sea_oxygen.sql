-- 24: oxygen at sea, % saturation, of the readings of the sample (_sample_readings), of rings whose whole stay is
-- there, since the low end comes with full-grown fish in a warm month: percentiles 1 and 50, share of the readings
-- under 60 %.
create or replace function aquaseed.check_24_sea_oxygen()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with ring as (
    select x.batch_id, count(*) as readings,
           percentile_cont(array[0.01, 0.5]) within group (order by x.first_value) as p,
           avg((x.first_value < 60)::integer)::double precision as low
    from aquaseed._sample_readings('sea', 'Dissolved Oxygen') x
    where x.closed
    group by grouping sets ((), (x.batch_id))
  ),
  spread as (
    select count(*) as batches, stddev_samp(r.p[1]) as p1, stddev_samp(r.p[2]) as p50, stddev_samp(r.low) as low
    from ring r where r.batch_id is not null
  )
  select v.id, v.measured,
         case when s.batches = 0 then 'no ring was emptied'
              else r.readings || ' readings of ' || s.batches || ' rings' end,
         aquaseed._standard_error(v.sd, s.batches), s.batches::integer
  from ring r
  cross join spread s
  cross join lateral (
    values ('24.p1', r.p[1], s.p1), ('24.p50', r.p[2], s.p50), ('24.low', r.low, s.low)
  ) v(id, measured, sd)
  where r.batch_id is null
$$;

comment on function aquaseed.check_24_sea_oxygen() is
  'Oxygen at sea, % saturation: percentiles 1 and 50, share under 60 %.';
