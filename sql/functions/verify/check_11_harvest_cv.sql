-- 11: coefficient of variation of the weights of single fish at harvest: the observations of the last growth sample
-- of a ring in the 14 days before it was emptied; median over the rings of the first 20 completed batches (by id).
create or replace function aquaseed.check_11_harvest_cv()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select b.id from public.batch_batch b where b.status = 'COMPLETED' order by b.id limit 20
  ),
  ring as (
    select b.id as batch_id, o.cv
    from batch b
    join public.batch_batchcontainerassignment a on a.batch_id = b.id and not a.is_active
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    cross join lateral (
      select s.id from public.batch_growthsample s
      where s.assignment_id = a.id and s.sample_date > a.departure_date - 14
      order by s.sample_date desc, s.id desc
      limit 1
    ) s
    cross join lateral (
      select stddev_samp(x.weight_g) / avg(x.weight_g) as cv
      from public.batch_individualgrowthobservation x where x.growth_sample_id = s.id
    ) o
  )
  select '11', percentile_cont(0.5) within group (order by r.cv),
         case when count(r.cv) = 0 then 'no ring of a completed batch was sampled before harvest'
              else count(r.cv) || ' rings, ' || round(min(r.cv), 3) || ' to ' || round(max(r.cv), 3) end,
         max(e.standard_error), max(e.batches)::integer
  from ring r
  cross join (
    select aquaseed._standard_error(stddev_samp(x.cv), count(*), true) as standard_error, count(*) as batches
    from (
      select percentile_cont(0.5) within group (order by y.cv) as cv
      from ring y where y.cv is not null group by y.batch_id
    ) x
  ) e
$$;

comment on function aquaseed.check_11_harvest_cv() is
  'CV of single weights in the last sample before harvest, median of rings.';
