-- 47: weight projected for the day of harvest / mean live weight harvested, median over the completed batches: that of
-- the batch's pinned projection run on the mean day of its harvest (weighted by fish).
create or replace function aquaseed.check_47_projection()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with harvest as (
    select e.batch_id, 1000 * sum(l.live_weight_kg)::double precision / sum(l.unit_count) as weight_g,
           date '2000-01-01' + round(sum(l.unit_count * ((e.event_date at time zone 'UTC')::date - date '2000-01-01'))
                                     / sum(l.unit_count))::integer as on_date
    from public.harvest_harvestevent e join public.harvest_harvestlot l on l.event_id = e.id
    group by e.batch_id
    having sum(l.unit_count) > 0
  ),
  batch as (
    select p.average_weight / h.weight_g as ratio
    from public.batch_batch b
    join harvest h on h.batch_id = b.id
    join public.scenario_scenarioprojection p
      on p.projection_run_id = b.pinned_projection_run_id and p.projection_date = h.on_date
    where b.status = 'COMPLETED'
  )
  select '47', percentile_cont(0.5) within group (order by b.ratio),
         case when count(*) = 0 then 'no completed batch with a projection'
              else count(*) || ' completed batches, ' || round(min(b.ratio)::numeric, 3) || ' to '
                || round(max(b.ratio)::numeric, 3) end,
         aquaseed._standard_error(stddev_samp(b.ratio)::double precision, count(b.ratio), true), count(b.ratio)::integer
  from batch b
$$;

comment on function aquaseed.check_47_projection() is
  'Projected / actual weight on the day of harvest, median of the batches.';
