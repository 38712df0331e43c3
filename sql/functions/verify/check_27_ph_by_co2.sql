-- 27: correlation and slope of pH against log10 of CO2, over all readings of the sample's tanks (_sample_readings) in
-- recirculation (the stages after the first, which is flow-through). The error is that of
-- leaving out one batch at a time.
create or replace function aquaseed.check_27_ph_by_co2()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select x.batch_id, count(*) as n, sum(x.first_value - 7) as y, sum(log(x.second_value)) as x,
           sum((x.first_value - 7) ^ 2) as yy,
           sum(log(x.second_value) ^ 2) as xx, sum((x.first_value - 7) * log(x.second_value)) as xy
    from aquaseed._sample_readings('freshwater', 'pH', 'CO2') x
    where x.life_stage_no > 1 and x.first_value is not null and x.second_value > 0
    group by x.batch_id
  ),
  -- All, and all without one batch.
  part as (
    select b.batch_id, sum(o.n) as n, sum(o.y) as y, sum(o.x) as x, sum(o.yy) as yy, sum(o.xx) as xx, sum(o.xy) as xy
    from (select c.batch_id from batch c union all select null) b
    join batch o on b.batch_id is null or o.batch_id <> b.batch_id
    group by b.batch_id
  ),
  result as (
    select p.batch_id, p.n,
           (p.n * p.xy - p.x * p.y) / nullif(sqrt((p.n * p.xx - p.x ^ 2) * (p.n * p.yy - p.y ^ 2)), 0) as r,
           (p.n * p.xy - p.x * p.y) / nullif(p.n * p.xx - p.x ^ 2, 0) as slope
    from part p
  ),
  total as (
    select max(r.n) filter (where r.batch_id is null) as readings, max(r.r) filter (where r.batch_id is null) as r,
           max(r.slope) filter (where r.batch_id is null) as slope,
           aquaseed._jackknife_error(array_agg(r.r) filter (where r.batch_id is not null)) as r_error,
           aquaseed._jackknife_error(array_agg(r.slope) filter (where r.batch_id is not null)) as slope_error,
           (select count(*) from batch)::integer as batches
    from result r
  )
  select v.id, v.measured,
         case when t.batches = 0 then 'no readings'
              else t.readings || ' pairs of readings of ' || t.batches || ' batches' end,
         v.standard_error, t.batches
  from total t
  cross join lateral (values
    ('27.correlation', t.r, t.r_error), ('27.slope', t.slope, t.slope_error)
  ) v(id, measured, standard_error)
$$;

comment on function aquaseed.check_27_ph_by_co2() is 'Freshwater: correlation and slope of pH against log10 CO2.';
