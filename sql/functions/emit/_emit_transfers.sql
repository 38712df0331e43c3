-- A transfer workflow per transition that has begun and an action per move of fish; moves still to come are pending.
-- Some transitions came some working days later than planned.
-- Fish are conserved to the last one; deaths of the move are daily mortality of the destination, so none are booked on
-- the action. What is measured is a sample of the fish moved.
create or replace function aquaseed._emit_transfers(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sample double precision := aquaseed.number('biology.sampling.transfer.fish');
  v_method aquaseed.transfer_manner := aquaseed.settings('work.transfer_manner', null::aquaseed.transfer_manner);
  v_measure bigint := aquaseed.stream(p_seed, 'transfer measurement');
  v_office aquaseed.task_hours := aquaseed.settings('work.tasks.office', null::aquaseed.task_hours);
  v_spread double precision := aquaseed.number('work.spread_minutes');
  v_slip_share double precision := aquaseed.number('work.transfer_slips.share');
  v_slip_days aquaseed.between := aquaseed.settings('work.transfer_slips.days', null::aquaseed.between);
  v_clock bigint := aquaseed.stream(p_seed, 'clock of a plan');
  v_workflows bigint;
  v_actions bigint;
begin
  insert into public.batch_batchtransferworkflow
    (id, workflow_number, workflow_type, status, planned_start_date, planned_completion_date, actual_start_date,
     actual_completion_date, total_source_count, total_transferred_count, total_mortality_count, total_biomass_kg,
     total_actions_planned, actions_completed, completion_percentage, is_intercompany, source_subsidiary,
     dest_subsidiary, notes, cancellation_reason, created_at, updated_at, batch_id, completed_by_id,
     dest_lifecycle_stage_id, finance_transaction_id, initiated_by_id, source_lifecycle_stage_id, planned_activity_id)
  with duty as materialized (select * from aquaseed._duty(p_batch_no, p_seed))
  select p_batch_no * 10 + w.life_stage_no,
         'TRF-' || b.batch_name || '-D' || lpad(w.first_day::text, 3, '0'), 'LIFECYCLE_TRANSITION',
         case when w.done = w.actions then 'COMPLETED' else 'IN_PROGRESS' end,
         case when l.slip = 0 then b.start_date + w.first_day
              else aquaseed.next_working_day(b.geography_id, b.start_date + w.first_day, -l.slip) end,
         case when l.slip = 0 then b.start_date + w.last_day
              else aquaseed.next_working_day(b.geography_id, b.start_date + w.last_day, -l.slip) end,
         b.start_date + w.first_day,
         case when w.done = w.actions then b.start_date + w.last_day end,
         w.fish, w.fish_moved, 0, w.biomass_kg, w.actions, w.done, round(100.0 * w.done / w.actions, 2),
         f.habitat <> d.habitat,
         case when f.habitat <> d.habitat then 'FW' end, case when f.habitat <> d.habitat then 'FM' end,
         '', '', (b.start_date + w.first_day - 7)::timestamp at time zone 'UTC' + make_interval(mins => l.planned),
         (b.start_date + w.last_moved)::timestamp at time zone 'UTC' + make_interval(mins => w.closed + l.entry),
         p_batch_no, case when w.done = w.actions then c.operator_id end, d.stage_id, null, i.manager_id, f.stage_id,
         null
  from (
    select t.batch_no, t.life_stage_no, min(t.day)::integer as first_day,
            max(t.day)::integer as last_day, count(*) as actions,
           sum(t.fish) as fish, count(*) filter (where t.day < x.days) as done,
           sum(t.fish) filter (where t.day < x.days) as fish_moved,
           round((sum(t.fish * t.weight_g) filter (where t.day < x.days) / 1000)::numeric, 2) as biomass_kg,
           max(t.day) filter (where t.day < x.days)::integer as last_moved,
           -- Of the last day with moves.
           (max(1440 * t.day::integer + k.begins + k.takes) filter (where t.day < x.days)
             - 1440 * max(t.day) filter (where t.day < x.days))::integer as closed
    from aquaseed.transfer t
    join aquaseed.schedule_batch x on x.batch_no = t.batch_no
    join aquaseed._move_clock(p_batch_no, p_seed) k on k.action_no = t.action_no
    where t.batch_no = p_batch_no
    group by t.batch_no, t.life_stage_no
  ) w
  join aquaseed.schedule_batch b on b.batch_no = w.batch_no
  join aquaseed.life_stage d on d.life_stage_no = w.life_stage_no
  join aquaseed.life_stage f on f.life_stage_no = w.life_stage_no - 1
  join duty i on i.life_stage_no = w.life_stage_no and i.day = w.first_day - 7
  join duty c on c.life_stage_no = w.life_stage_no and c.day = w.last_moved
  cross join lateral (select v_clock # b.batch_key as key, 10 * w.life_stage_no as no) y
  cross join lateral (
    select case when aquaseed.u(y.key, y.no) < v_slip_share
             then aquaseed.evenly_whole(v_slip_days, aquaseed.u(y.key, y.no + 1))::integer else 0 end as slip,
           aquaseed.task_minute(v_office, v_spread, aquaseed.u(y.key, y.no + 2), aquaseed.z(y.key, y.no + 3))
             as planned,
           3 + floor(18 * aquaseed.u(y.key, y.no + 4))::integer as entry
  ) l
  where w.done > 0;
  get diagnostics v_workflows = row_count;

  insert into public.batch_transferaction
    (id, action_number, source_population_before, transferred_count, mortality_during_transfer,
     transferred_biomass_kg, status, planned_date, actual_execution_date, transfer_method, water_temp_c,
     oxygen_level, execution_duration_minutes, notes, created_at, updated_at, dest_assignment_id, executed_by_id,
     source_assignment_id, workflow_id, measured_avg_weight_g, measured_std_dev_weight_g, measured_sample_size,
     measured_avg_length_cm, measured_notes, selection_method)
  with duty as materialized (select * from aquaseed._duty(p_batch_no, p_seed))
  select p_batch_no * 1000 + t.action_no, t.action_number,
         -- What the source still holds before this action: its fish less those of other actions since.
         s.fish_end - t.taken_since, t.fish, 0, round((t.fish * t.weight_g / 1000)::numeric, 2),
         case when t.is_done then 'COMPLETED' else 'PENDING' end,
         t.on_date - (w.actual_start_date - w.planned_start_date), case when t.is_done then t.on_date end,
         case when aquaseed.u(x.key, 4) < v_method.net then 'NET'
              when aquaseed.u(x.key, 4) < v_method.net + v_method.gravity then 'GRAVITY' else 'PUMP' end,
         case when t.is_done then round(s.temperature_c::numeric, 2) end,
         case when t.is_done then round((92 + 6 * aquaseed.u(x.key, 1))::numeric, 2) end,
         case when t.is_done then k.takes end, '', w.created_at,
         case when t.is_done then t.on_date::timestamp at time zone 'UTC' + make_interval(mins => k.begins + k.takes)
              else w.created_at end,
         -- A destination has an assignment once fish have come.
         case when t.is_done then p_batch_no * 100 + t.dest_no end, case when t.is_done then o.operator_id end,
         p_batch_no * 100 + t.source_no, p_batch_no * 10 + t.life_stage_no,
         case when t.is_done then round(m.weight::numeric, 2) end,
         case when t.is_done then round((m.weight * g.cv_to)::numeric, 2) end,
         case when t.is_done then m.fish end,
         case when t.is_done then round(power(100 * m.weight / g.k_to, 1 / 3.0::double precision)::numeric, 2) end, '',
         t.selection
  from (
    select y.*, b.start_date, b.start_date + y.day as on_date, y.day < b.days as is_done,
           min(y.day) over (partition by y.life_stage_no)::integer as first_day,
           row_number() over (partition by y.life_stage_no order by y.action_no) as action_number,
           least(y.day, b.days) - 1 as known_day,
           coalesce(sum(y.fish) over (
             partition by y.source_no, y.life_stage_no, least(y.day, b.days) order by y.action_no
             rows between unbounded preceding and 1 preceding), 0) as taken_since
    from aquaseed.transfer y
    join aquaseed.schedule_batch b on b.batch_no = y.batch_no
    where y.batch_no = p_batch_no
  ) t
  join aquaseed.life_stage g on g.life_stage_no = t.life_stage_no - 1
  join aquaseed.schedule_container c on c.batch_no = t.batch_no and c.assignment_no = t.source_no
  join aquaseed.assignment_day s
    on s.batch_no = t.batch_no and s.assignment_no = t.source_no and s.day = t.known_day
  cross join lateral (select v_measure # c.assignment_key # t.dest_no as key) x
  cross join lateral (
    select greatest(1, round(v_sample * (1 + v_method.sample_sd * aquaseed.z(x.key, 5))))::integer as fish
  ) n
  cross join lateral (
    select n.fish, t.weight_g * (1 + g.cv_to / sqrt(n.fish) * aquaseed.z(x.key, 3)) as weight
  ) m
  join aquaseed._move_clock(p_batch_no, p_seed) k on k.action_no = t.action_no
  join public.batch_batchtransferworkflow w on w.id = p_batch_no * 10 + t.life_stage_no
  join duty o on o.life_stage_no = t.life_stage_no and o.day = t.day
  where t.first_day < (select b.days from aquaseed.schedule_batch b where b.batch_no = p_batch_no);
  get diagnostics v_actions = row_count;
  return jsonb_build_object('batch_batchtransferworkflow', v_workflows, 'batch_transferaction', v_actions);
end
$$;

comment on function aquaseed._emit_transfers(integer, bigint) is
  'batch_batchtransferworkflow and batch_transferaction of one batch as they stand at as_of; '
  'freshwater to sea is intercompany (FW to FM).';
