-- 43: all harvest lots: share of the fish graded SUPERIOR; gutted / live weight.
create or replace function aquaseed.check_43_harvest_yield()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select v.id, v.measured, case when l.lots = 0 then 'no harvest' else l.lots || ' lots' end
  from (
    select count(*) as lots, sum(x.unit_count) filter (where g.code = 'SUPERIOR') / sum(x.unit_count)::double precision as superior,
           (sum(x.gutted_weight_kg) / sum(x.live_weight_kg))::double precision as gutted
    from public.harvest_harvestlot x join public.harvest_productgrade g on g.id = x.product_grade_id
  ) l
  cross join lateral (values ('43.superior', l.superior), ('43.gutted', l.gutted)) v(id, measured)
$$;

comment on function aquaseed.check_43_harvest_yield() is 'Harvest: share graded SUPERIOR, gutted / live weight.';
