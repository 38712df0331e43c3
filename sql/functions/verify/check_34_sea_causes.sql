-- 34: shares of the causes DISEASE, HANDLING and UNKNOWN in the fish that died at sea, all mortality events of
-- completed batches (of a batch that has just come to sea, most die of the move: HANDLING).
create or replace function aquaseed.check_34_sea_causes()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with cause as (
    select b.id as batch_id, m.cause, sum(m.count)::double precision as fish
    from public.batch_batch b
    join public.batch_batchcontainerassignment a on a.batch_id = b.id
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    join public.batch_mortalityevent m on m.assignment_id = a.id
    where b.status = 'COMPLETED'
    group by b.id, m.cause
  )
  select '34.' || v.metric, t.share,
         case when t.fish is null then 'no deaths at sea in a completed batch' else t.fish || ' dead fish' end,
         t.standard_error, t.batches::integer
  from (values ('DISEASE', 'disease'), ('HANDLING', 'handling'), ('UNKNOWN', 'unknown')) v(cause, metric)
  cross join lateral (
    select sum(b.fish) as fish, sum(b.of_cause) / sum(b.fish) as share, count(*) as batches,
           aquaseed._ratio_error(array_agg(b.of_cause), array_agg(b.fish)) as standard_error
    from (
      select sum(c.fish) as fish, coalesce(sum(c.fish) filter (where c.cause = v.cause), 0) as of_cause
      from cause c group by c.batch_id
    ) b
  ) t
$$;

comment on function aquaseed.check_34_sea_causes() is 'Shares of disease, handling and unknown in the deaths at sea.';
