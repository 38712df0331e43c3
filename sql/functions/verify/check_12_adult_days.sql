-- 12: days at sea of the completed batches, from the first ring stocked to the last one emptied, both counted:
-- shortest, median and longest.
create or replace function aquaseed.check_12_adult_days()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with adult as (
    select max(a.departure_date) - min(a.assignment_date) + 1 as days
    from public.batch_batch b
    join public.batch_batchcontainerassignment a on a.batch_id = b.id
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    where b.status = 'COMPLETED'
    group by b.id
  )
  select v.id, v.days, case when a.batches = 0 then 'no completed batch' else a.batches || ' completed batches' end
  from (
    select count(*) as batches, min(x.days) as shortest, max(x.days) as longest,
           percentile_cont(0.5) within group (order by x.days) as median
    from adult x
  ) a
  cross join lateral (values ('12.min', a.shortest), ('12.median', a.median), ('12.max', a.longest)) v(id, days)
$$;

comment on function aquaseed.check_12_adult_days() is 'Days at sea of completed batches: shortest, median, longest.';
