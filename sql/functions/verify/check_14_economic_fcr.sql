-- 14: economic feed conversion of a whole life = kg fed / kg live weight harvested, median over the completed batches.
create or replace function aquaseed.check_14_economic_fcr()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select f.kg::double precision / nullif(h.kg, 0) as fcr
    from public.batch_batch b
    cross join lateral (
      select sum(e.amount_kg) as kg from public.inventory_feedingevent e where e.batch_id = b.id
    ) f
    cross join lateral (
      select sum(l.live_weight_kg) as kg
      from public.harvest_harvestevent e join public.harvest_harvestlot l on l.event_id = e.id where e.batch_id = b.id
    ) h
    where b.status = 'COMPLETED'
  )
  select '14', percentile_cont(0.5) within group (order by b.fcr),
         case when count(b.fcr) = 0 then 'no completed batch'
              else count(b.fcr) || ' completed batches, ' || round(min(b.fcr)::numeric, 3) || ' to '
                || round(max(b.fcr)::numeric, 3) end,
         aquaseed._standard_error(stddev_samp(b.fcr), count(b.fcr), true), count(b.fcr)::integer
  from batch b
$$;

comment on function aquaseed.check_14_economic_fcr() is
  'Economic FCR of the whole life, median of the completed batches.';
