-- 34: shares of the causes DISEASE, HANDLING and UNKNOWN in the fish that died at sea, all mortality events of completed
-- batches (of a batch that has just come to sea, most die of the move: HANDLING).
create or replace function aquaseed.check_34_sea_causes()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with cause as (
    select m.cause, sum(m.count) as fish
    from public.batch_batch b
    join public.batch_batchcontainerassignment a on a.batch_id = b.id
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    join public.batch_mortalityevent m on m.assignment_id = a.id
    where b.status = 'COMPLETED'
    group by m.cause
  )
  select '34.' || v.metric, t.share, case when t.fish is null then 'no deaths at sea in a completed batch' else t.fish || ' dead fish' end
  from (values ('DISEASE', 'disease'), ('HANDLING', 'handling'), ('UNKNOWN', 'unknown')) v(cause, metric)
  cross join lateral (
    select sum(c.fish) as fish, coalesce(sum(c.fish) filter (where c.cause = v.cause), 0)::double precision / sum(c.fish) as share
    from cause c
  ) t
$$;

comment on function aquaseed.check_34_sea_causes() is 'Shares of disease, handling and unknown in the deaths at sea.';
