-- 10: mean live weight of a harvested fish (kg) of a batch = live weight / fish over all its lots; mean over the
-- completed batches.
create or replace function aquaseed.check_10_harvest_weight()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '10', avg(b.kg),
         case when count(*) = 0 then 'no completed batch'
              else count(*) || ' completed batches, ' || round(min(b.kg), 2) || ' to ' || round(max(b.kg), 2)
                || ' kg' end,
         aquaseed._standard_error(stddev_samp(b.kg)::double precision, count(b.kg)), count(b.kg)::integer
  from (
    select sum(l.live_weight_kg) / nullif(sum(l.unit_count), 0) as kg
    from public.batch_batch b
    join public.harvest_harvestevent e on e.batch_id = b.id
    join public.harvest_harvestlot l on l.event_id = e.id
    where b.status = 'COMPLETED'
    group by b.id
  ) b
$$;

comment on function aquaseed.check_10_harvest_weight() is
  'Mean live weight at harvest in kg, mean of the completed batches.';
