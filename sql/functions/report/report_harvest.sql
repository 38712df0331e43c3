-- What was harvested per batch, grade and class of mean weight (kg, lower bound of a class of 0.25 kg): a lot is the
-- fish of one grade of one ring on one day.
create or replace function aquaseed.report_harvest()
returns table (batch_no integer, grade text, weight_kg double precision, fish bigint, live_kg double precision,
               gutted_kg double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select e.batch_id::integer, g.code::text, (floor(4 * l.live_weight_kg / l.unit_count) / 4)::double precision,
         sum(l.unit_count)::bigint, sum(l.live_weight_kg)::double precision, sum(l.gutted_weight_kg)::double precision
  from public.harvest_harvestlot l
  join public.harvest_harvestevent e on e.id = l.event_id
  join public.harvest_productgrade g on g.id = l.product_grade_id
  where l.unit_count > 0
  group by 1, 2, 3
  order by 1, 2, 3
$$;

comment on function aquaseed.report_harvest() is
  'Report: fish and kg (live, gutted) harvested per batch, grade and class of 0.25 kg of mean weight.';
