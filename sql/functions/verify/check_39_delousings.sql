-- 39: delousings a batch = delousings of its rings / its rings, over the completed batches: mean, share with 0 to 4.
create or replace function aquaseed.check_39_delousings()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with delousing as materialized (
    select d.batch_id, count(*) as treatments from aquaseed._delousings() d group by d.batch_id
  ),
  batch as (
    select b.id, coalesce(d.treatments, 0)::double precision / count(*) as times
    from public.batch_batch b
    join public.batch_batchcontainerassignment a on a.batch_id = b.id
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    left join delousing d on d.batch_id = b.id
    -- Not one delousing anywhere: they were not generated.
    where b.status = 'COMPLETED' and exists (select from delousing)
    group by b.id, d.treatments
  )
  select v.id, v.measured,
         case when x.batches = 0 then 'no delousings, or no completed batch'
              else x.batches || ' completed batches, ' || round(x.least::numeric, 1) || ' to '
                || round(x.most::numeric, 1) end,
         aquaseed._standard_error(v.sd, x.batches), x.batches::integer
  from (
    select count(*) as batches, min(b.times) as least, max(b.times) as most, avg(b.times) as mean,
           avg((b.times <= 4)::integer)::double precision as few, stddev_samp(b.times) as mean_sd,
           stddev_samp((b.times <= 4)::integer)::double precision as few_sd
    from batch b
  ) x
  cross join lateral (values ('39.mean', x.mean, x.mean_sd), ('39.few', x.few, x.few_sd)) v(id, measured, sd)
$$;

comment on function aquaseed.check_39_delousings() is 'Delousings per batch: mean, share of batches with 0 to 4.';
