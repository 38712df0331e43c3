-- 43: all harvest lots: share of the fish graded SUPERIOR; gutted / live weight.
create or replace function aquaseed.check_43_harvest_yield()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select count(*) as lots,
           coalesce(sum(x.unit_count) filter (where g.code = 'SUPERIOR'), 0)::double precision as superior,
           sum(x.unit_count)::double precision as fish, sum(x.gutted_weight_kg)::double precision as gutted,
           sum(x.live_weight_kg)::double precision as live
    from public.harvest_harvestlot x
    join public.harvest_productgrade g on g.id = x.product_grade_id
    join public.harvest_harvestevent e on e.id = x.event_id
    group by e.batch_id
  )
  select v.id, sum(v.part) / nullif(sum(v.whole), 0),
         case when count(b.lots) = 0 then 'no harvest'
              else sum(b.lots) || ' lots of ' || count(b.lots) || ' batches' end,
         aquaseed._ratio_error(array_agg(v.part), array_agg(v.whole)), count(b.lots)::integer
  from (values (1)) one(row)
  left join batch b on true
  cross join lateral (values ('43.superior', b.superior, b.fish), ('43.gutted', b.gutted, b.live)) v(id, part, whole)
  group by v.id
$$;

comment on function aquaseed.check_43_harvest_yield() is 'Harvest: share graded SUPERIOR, gutted / live weight.';
