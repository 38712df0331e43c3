-- 39: delousings a batch = delousings of its rings / its rings, over the completed batches: mean, share with 0 to 4.
-- From 5 batches on.
create or replace function aquaseed.check_39_delousings()
returns table (id text, measured double precision, detail text)
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
  select v.id, case when x.batches >= 5 then v.measured end,
         case when x.batches < 5 then 'no delousings, or fewer than 5 completed batches'
              else x.batches || ' completed batches, ' || round(x.least::numeric, 1) || ' to ' || round(x.most::numeric, 1) end
  from (
    select count(*) as batches, min(b.times) as least, max(b.times) as most, avg(b.times) as mean,
           avg((b.times <= 4)::integer)::double precision as few
    from batch b
  ) x
  cross join lateral (values ('39.mean', x.mean), ('39.few', x.few)) v(id, measured)
$$;

comment on function aquaseed.check_39_delousings() is 'Delousings per batch: mean, share of batches with 0 to 4.';
