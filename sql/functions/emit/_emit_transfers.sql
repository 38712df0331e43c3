-- A transfer workflow per transition that has happened and an action per move of fish. Fish are conserved to
-- the last one; deaths of the move are daily mortality of the destination, so none are booked on the action.
create or replace function aquaseed._emit_transfers(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = ''
as $$
declare
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
  select p_batch_no * 10 + t.stage_order,
         'TRF-' || b.batch_name || '-D' || lpad(t.day::text, 3, '0'), 'LIFECYCLE_TRANSITION', 'COMPLETED',
         b.start_date + t.day, b.start_date + t.day, b.start_date + t.day, b.start_date + t.day,
         sum(t.fish), sum(t.fish), 0, round(sum(t.fish * t.weight_g / 1000)::numeric, 2),
         count(*), count(*), 100, f.habitat <> d.habitat,
         case when f.habitat <> d.habitat then 'FW' end, case when f.habitat <> d.habitat then 'FM' end,
         '', '', (b.start_date + t.day - 7 + time '09:00') at time zone 'UTC',
         (b.start_date + t.day + time '17:00') at time zone 'UTC',
         p_batch_no, v_operator, d.stage_id, null, v_manager, f.stage_id, null
  from aquaseed.transfer t
  join aquaseed.schedule_batch b on b.batch_no = t.batch_no
  join aquaseed.stage d on d.stage_order = t.stage_order
  join aquaseed.stage f on f.stage_order = t.stage_order - 1
  where t.batch_no = p_batch_no and t.day < b.days
  group by t.stage_order, t.day, b.batch_name, b.start_date, f.stage_id, f.habitat, d.stage_id, d.habitat;
  get diagnostics v_workflows = row_count;

  insert into public.batch_transferaction
    (id, action_number, source_population_before, transferred_count, mortality_during_transfer,
     transferred_biomass_kg, status, planned_date, actual_execution_date, transfer_method, water_temp_c,
     oxygen_level, execution_duration_minutes, notes, created_at, updated_at, dest_assignment_id, executed_by_id,
     source_assignment_id, workflow_id, measured_avg_weight_g, measured_std_dev_weight_g, measured_sample_size,
     measured_avg_length_cm, measured_notes, selection_method)
  select p_batch_no * 1000 + t.action_no, row_number() over (partition by t.stage_order order by t.action_no),
         -- What the source still holds before this action: its fish less those of earlier actions.
         s.fish_end - coalesce(sum(t.fish) over (partition by t.source_no, t.stage_order order by t.action_no
           rows between unbounded preceding and 1 preceding), 0),
         t.fish, 0, round((t.fish * t.weight_g / 1000)::numeric, 2), 'COMPLETED', b.start_date + t.day, b.start_date + t.day,
         'PUMP', round(s.temperature_c::numeric, 2), round((92 + 6 * aquaseed.u(x.key, 1))::numeric, 2),
         60 + floor(121 * aquaseed.u(x.key, 2)), '',
         (b.start_date + t.day - 7 + time '09:00') at time zone 'UTC',
         (b.start_date + t.day + time '16:00') at time zone 'UTC',
         p_batch_no * 100 + t.dest_no, v_operator, p_batch_no * 100 + t.source_no, p_batch_no * 10 + t.stage_order,
         round(m.weight::numeric, 2), round((m.weight * g.cv_to)::numeric, 2), m.fish,
         round(power(100 * m.weight / g.k_to, 1 / 3.0::double precision)::numeric, 2), '', 'AVERAGE'
  from aquaseed.transfer t
  join aquaseed.schedule_batch b on b.batch_no = t.batch_no
  join aquaseed.stage g on g.stage_order = t.stage_order - 1
  join aquaseed.schedule_container c on c.batch_no = t.batch_no and c.assignment_no = t.source_no
  join aquaseed.assignment_day s
    on s.batch_no = t.batch_no and s.assignment_no = t.source_no and s.day = t.day - 1
  cross join lateral (select v_measure # c.assignment_key # t.dest_no as key) x
  cross join lateral (
    select 50 as fish, t.weight_g * (1 + g.cv_to / sqrt(50) * aquaseed.z(x.key, 3)) as weight
  ) m
  where t.batch_no = p_batch_no and t.day < b.days;
  get diagnostics v_actions = row_count;
  return jsonb_build_object('batch_batchtransferworkflow', v_workflows, 'batch_transferaction', v_actions);
end
$$;

comment on function aquaseed._emit_transfers(integer, bigint) is
  'batch_batchtransferworkflow and batch_transferaction of one batch; freshwater to sea is intercompany (FW to FM).';
