-- 60: eggs and fry that were culled (mortality events that say so) / eggs received, median over the batches that have
-- left the second stage.
create or replace function aquaseed.check_60_culling()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select e.batch_id, coalesce(m.fish, 0) / e.fish::double precision as share
    from (
      select w.batch_id, sum(c.egg_count_actual) as fish
      from public.batch_creationaction c join public.batch_creationworkflow w on w.id = c.workflow_id
      where c.status = 'COMPLETED' group by 1
    ) e
    left join lateral (
      select sum(x.count) as fish
      from public.batch_mortalityevent x
      where x.batch_id = e.batch_id and x.cause = 'OTHER' and x.description like 'Culling%'
    ) m on true
    where e.fish > 0 and exists (
      select from public.batch_batchcontainerassignment a
      join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id
      where a.batch_id = e.batch_id and l."order" > 2)
  )
  select '60', percentile_cont(0.5) within group (order by b.share),
         case when count(*) = 0 then 'no batch has left the fry'
              else count(*) || ' batches, ' || round(min(b.share)::numeric, 4) || ' to '
                || round(max(b.share)::numeric, 4) end,
         aquaseed._standard_error(stddev_samp(b.share), count(*), true), count(*)::integer
  from batch b
$$;

comment on function aquaseed.check_60_culling() is 'Eggs and fry culled / eggs, median of the batches.';
