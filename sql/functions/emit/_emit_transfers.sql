-- A transfer workflow per transition that has begun and an action per move of fish; moves still to come are pending.
-- Fish are conserved to the last one; deaths of the move are daily mortality of the destination, so none are booked on
-- the action. What is measured is a sample of the fish moved.
create or replace function aquaseed._emit_transfers(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sample double precision := aquaseed.number('biology.sampling.transfer.fish');
  v_measure bigint := aquaseed.stream(p_seed, 'transfer measurement');
  v_operator integer := aquaseed._user_id('operator_01');
  v_manager integer := aquaseed._user_id('manager_01');
  v_workflows bigint;
  v_actions bigint;
begin
  insert into public.batch_batchtransferworkflow
    (id, workflow_number, workflow_type, status, planned_start_date, planned_completion_date, actual_start_date,
     actual_completion_date, total_source_count, total_transferred_count, total_mortality_count, total_biomass_kg,
     total_actions_planned, actions_completed, completion_percentage, is_intercompany, source_subsidiary,
     dest_subsidiary, notes, cancellation_reason, created_at, updated_at, batch_id, completed_by_id,
     dest_lifecycle_stage_id, finance_transaction_id, initiated_by_id, source_lifecycle_stage_id, planned_activity_id)
  select p_batch_no * 10 + w.stage_order,
         'TRF-' || b.batch_name || '-D' || lpad(w.first_day::text, 3, '0'), 'LIFECYCLE_TRANSITION',
         case when w.done = w.actions then 'COMPLETED' else 'IN_PROGRESS' end,
         b.start_date + w.first_day, b.start_date + w.last_day, b.start_date + w.first_day,
         case when w.done = w.actions then b.start_date + w.last_day end,
         w.fish, w.fish_moved, 0, w.biomass_kg, w.actions, w.done, round(100.0 * w.done / w.actions, 2),
         f.habitat <> d.habitat,
         case when f.habitat <> d.habitat then 'FW' end, case when f.habitat <> d.habitat then 'FM' end,
         '', '', (b.start_date + w.first_day - 7 + time '09:00') at time zone 'UTC',
         (b.start_date + w.last_moved + time '17:00') at time zone 'UTC',
         p_batch_no, case when w.done = w.actions then v_operator end, d.stage_id, null, v_manager, f.stage_id, null
  from (
    select t.batch_no, t.stage_order, min(t.day)::integer as first_day,
            max(t.day)::integer as last_day, count(*) as actions,
           sum(t.fish) as fish, count(*) filter (where t.day < x.days) as done,
           sum(t.fish) filter (where t.day < x.days) as fish_moved,
           round((sum(t.fish * t.weight_g) filter (where t.day < x.days) / 1000)::numeric, 2) as biomass_kg,
           max(t.day) filter (where t.day < x.days)::integer as last_moved
    from aquaseed.transfer t
    join aquaseed.schedule_batch x on x.batch_no = t.batch_no
    where t.batch_no = p_batch_no
    group by t.batch_no, t.stage_order
  ) w
  join aquaseed.schedule_batch b on b.batch_no = w.batch_no
  join aquaseed.stage d on d.stage_order = w.stage_order
  join aquaseed.stage f on f.stage_order = w.stage_order - 1
  where w.done > 0;
  get diagnostics v_workflows = row_count;

  insert into public.batch_transferaction
    (id, action_number, source_population_before, transferred_count, mortality_during_transfer,
     transferred_biomass_kg, status, planned_date, actual_execution_date, transfer_method, water_temp_c,
     oxygen_level, execution_duration_minutes, notes, created_at, updated_at, dest_assignment_id, executed_by_id,
     source_assignment_id, workflow_id, measured_avg_weight_g, measured_std_dev_weight_g, measured_sample_size,
     measured_avg_length_cm, measured_notes, selection_method)
  select p_batch_no * 1000 + t.action_no, t.action_number,
         -- What the source still holds before this action: its fish less those of other actions since.
         s.fish_end - t.taken_since, t.fish, 0, round((t.fish * t.weight_g / 1000)::numeric, 2),
         case when t.is_done then 'COMPLETED' else 'PENDING' end,
         t.on_date, case when t.is_done then t.on_date end, 'PUMP',
         case when t.is_done then round(s.temperature_c::numeric, 2) end,
         case when t.is_done then round((92 + 6 * aquaseed.u(x.key, 1))::numeric, 2) end,
         case when t.is_done then 60 + floor(121 * aquaseed.u(x.key, 2)) end, '',
         (t.start_date + t.first_day - 7 + time '09:00') at time zone 'UTC',
         (case when t.is_done then t.on_date + time '16:00' else t.start_date + t.first_day - 7 + time '09:00' end)
           at time zone 'UTC',
         -- A destination has an assignment once fish have come.
         case when t.is_done then p_batch_no * 100 + t.dest_no end, case when t.is_done then v_operator end,
         p_batch_no * 100 + t.source_no, p_batch_no * 10 + t.stage_order,
         case when t.is_done then round(m.weight::numeric, 2) end,
         case when t.is_done then round((m.weight * g.cv_to)::numeric, 2) end,
         case when t.is_done then v_sample end,
         case when t.is_done then round(power(100 * m.weight / g.k_to, 1 / 3.0::double precision)::numeric, 2) end, '',
         t.selection
  from (
    select y.*, b.start_date, b.start_date + y.day as on_date, y.day < b.days as is_done,
           min(y.day) over (partition by y.stage_order)::integer as first_day,
           row_number() over (partition by y.stage_order order by y.action_no) as action_number,
           least(y.day, b.days) - 1 as known_day,
           coalesce(sum(y.fish) over (partition by y.source_no, y.stage_order, least(y.day, b.days) order by y.action_no
             rows between unbounded preceding and 1 preceding), 0) as taken_since
    from aquaseed.transfer y
    join aquaseed.schedule_batch b on b.batch_no = y.batch_no
    where y.batch_no = p_batch_no
  ) t
  join aquaseed.stage g on g.stage_order = t.stage_order - 1
  join aquaseed.schedule_container c on c.batch_no = t.batch_no and c.assignment_no = t.source_no
  join aquaseed.assignment_day s
    on s.batch_no = t.batch_no and s.assignment_no = t.source_no and s.day = t.known_day
  cross join lateral (select v_measure # c.assignment_key # t.dest_no as key) x
  cross join lateral (
    select t.weight_g * (1 + g.cv_to / sqrt(v_sample) * aquaseed.z(x.key, 3)) as weight
  ) m
  where t.first_day < (select b.days from aquaseed.schedule_batch b where b.batch_no = p_batch_no);
  get diagnostics v_actions = row_count;
  return jsonb_build_object('batch_batchtransferworkflow', v_workflows, 'batch_transferaction', v_actions);
end
$$;

comment on function aquaseed._emit_transfers(integer, bigint) is
  'batch_batchtransferworkflow and batch_transferaction of one batch as they stand at as_of; '
  'freshwater to sea is intercompany (FW to FM).';
