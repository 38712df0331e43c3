-- What slaughter leaves of each harvest event besides gutted fish: blood and viscera, together live less gutted
-- weight, and the gutted weight of the rejects that were dead on arrival. So waste is never more than live weight.
create or replace function aquaseed._emit_harvest_waste(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('harvest_harvestwaste');
  v_event_block bigint := aquaseed.id_block('harvest_harvestevent');
  v_share aquaseed.harvest_waste := aquaseed.settings('biology.harvest.waste', null::aquaseed.harvest_waste);
  v_waste bigint := aquaseed.stream(p_seed, 'harvest waste');
  v_reject bigint := (select g.grade_id from aquaseed.grade g order by g.grade_no desc limit 1);
  v_rows bigint;
begin
  insert into public.harvest_harvestwaste (id, category, weight_kg, created_at, updated_at, event_id)
  select p_batch_no * v_block + (e.id - p_batch_no * v_event_block) * 10 + k.n,
         (array['VISCERA', 'BLOOD_WATER', 'DEAD_ON_ARRIVAL'])[k.n],
         (array[l.live_kg - l.gutted_kg - w.blood_kg, w.blood_kg, w.dead_kg])[k.n], e.created_at, e.created_at, e.id
  from public.harvest_harvestevent e
  join aquaseed.schedule_container s
    on s.batch_no = p_batch_no and s.assignment_no = e.assignment_id - p_batch_no * 100
  cross join lateral (
    select sum(x.live_weight_kg) as live_kg, sum(x.gutted_weight_kg) as gutted_kg, sum(x.unit_count) as fish,
           coalesce(sum(x.unit_count) filter (where x.product_grade_id = v_reject), 0) as rejects,
           sum(x.gutted_weight_kg) filter (where x.product_grade_id = v_reject) as rejects_kg
    from public.harvest_harvestlot x where x.event_id = e.id
  ) l
  cross join lateral (select e.id - p_batch_no * v_event_block as no) d
  cross join lateral (
    select least(l.live_kg - l.gutted_kg, round((l.live_kg * v_share.blood_share)::numeric, 3)) as blood_kg,
           case when l.rejects > 0 then round(l.rejects_kg / l.rejects * least(l.rejects,
             round(2 * v_share.dead_on_arrival * l.fish * aquaseed.u(v_waste # s.assignment_key, d.no))::integer), 3)
             else 0 end as dead_kg
  ) w
  cross join generate_series(1, 3) k(n)
  where e.batch_id = p_batch_no;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('harvest_harvestwaste', v_rows);
end
$$;

comment on function aquaseed._emit_harvest_waste(integer, bigint) is
  'harvest_harvestwaste of one batch: per harvest event viscera, blood water and dead on arrival (kg).';
