-- 4: fish alive at the end of day 91 / eggs received, median over the batches that have lived through it, by recorded
-- events: eggs of completed creation actions less deaths (daily and in transfers) up to start_date + 90.
create or replace function aquaseed.check_04_day_91_eggs()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select 1 - (coalesce(m.fish, 0) + coalesce(t.fish, 0))::double precision / nullif(e.fish, 0) as share
    from public.batch_batch b
    join (
      select w.batch_id, sum(c.egg_count_actual) as fish
      from public.batch_creationaction c join public.batch_creationworkflow w on w.id = c.workflow_id
      where c.status = 'COMPLETED' group by 1
    ) e on e.batch_id = b.id
    cross join lateral (
      select sum(x.count) as fish from public.batch_mortalityevent x
      where x.batch_id = b.id and x.event_date <= b.start_date + 90
    ) m
    cross join lateral (
      select sum(x.mortality_during_transfer) as fish
      from public.batch_batchtransferworkflow w join public.batch_transferaction x on x.workflow_id = w.id
      where w.batch_id = b.id and x.status = 'COMPLETED' and x.actual_execution_date <= b.start_date + 90
    ) t
    where b.start_date + 90 < (select max(r.as_of) from aquaseed.run r)
  )
  select '4', percentile_cont(0.5) within group (order by b.share),
         case when count(b.share) = 0 then 'no batch is 91 days old'
              else count(b.share) || ' batches, ' || round(min(b.share)::numeric, 4) || ' to '
                || round(max(b.share)::numeric, 4) end,
         aquaseed._standard_error(stddev_samp(b.share), count(b.share), true), count(b.share)::integer
  from batch b
$$;

comment on function aquaseed.check_04_day_91_eggs() is 'Fish alive on day 91 / eggs received, median of the batches.';
