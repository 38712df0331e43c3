-- A finance fact per harvest lot: its live weight, of the site of the ring's area and the company that owns it.
create or replace function aquaseed._emit_harvest_facts(p_batch_no integer)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows bigint;
begin
  insert into public.finance_factharvest
    (fact_id, event_date, quantity_kg, unit_count, dim_batch_id, created_at, updated_at, dim_company_id, dim_site_id,
     event_id, lot_id, product_grade_id)
  select l.id, e.event_date, l.live_weight_kg, l.unit_count, p_batch_no, l.created_at, l.created_at, s.company_id,
         s.site_id, e.id, l.id, l.product_grade_id
  from public.harvest_harvestevent e
  join public.batch_batchcontainerassignment a on a.id = e.assignment_id
  join aquaseed.container c on c.container_id = a.container_id
  join public.finance_dimsite s on s.source_model = 'area' and s.source_pk = c.area_id
  join public.harvest_harvestlot l on l.event_id = e.id
  where e.batch_id = p_batch_no;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('finance_factharvest', v_rows);
end
$$;

comment on function aquaseed._emit_harvest_facts(integer) is
  'finance_factharvest of one batch, one per harvest lot (live weight in kg). fact_id is the id of the lot.';
