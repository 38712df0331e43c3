-- The batch, its creation workflow and one creation action per tray, as they stand at as_of. The manager enters them
-- when the eggs are ordered, two weeks before they come.
create or replace function aquaseed._emit_batch(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_loss_most double precision := aquaseed.number('biology.batch.egg_loss_on_arrival');
  v_loss bigint := aquaseed.stream(p_seed, 'egg loss on arrival');
  v_supplier bigint := aquaseed.stream(p_seed, 'egg supplier');
  v_office aquaseed.task_hours := aquaseed.settings('work.tasks.office', null::aquaseed.task_hours);
  v_spread double precision := aquaseed.number('work.spread_minutes');
  v_clock bigint := aquaseed.stream(p_seed, 'clock of a batch');
  v_start timestamptz := (
    select b.start_date::timestamp at time zone 'UTC' from aquaseed.schedule_batch b where b.batch_no = p_batch_no
  );
  -- Minutes of the day: when the order is entered, and when the eggs are in their trays.
  v_ordered integer := (
    select aquaseed.task_minute(v_office, v_spread, aquaseed.u(v_clock # b.batch_key, 0),
                                aquaseed.z(v_clock # b.batch_key, 1))
    from aquaseed.schedule_batch b where b.batch_no = p_batch_no
  );
  v_arrival integer := (select m.begins from aquaseed._move_clock(p_batch_no, p_seed) m where m.action_no = 0);
  v_manager integer;
  v_operator integer;
  v_actions bigint;
begin
  select max(d.manager_id) filter (where d.day = -14), max(d.operator_id) filter (where d.day = 0)
    into v_manager, v_operator
  from aquaseed._duty(p_batch_no, p_seed) d
  where d.life_stage_no = (select min(t.life_stage_no) from aquaseed.life_stage t) and d.day in (-14, 0);

  insert into public.batch_batch
    (id, batch_number, status, start_date, expected_end_date, actual_end_date, notes, created_at, updated_at,
     lifecycle_stage_id, species_id, batch_type, pinned_projection_run_id)
  select b.batch_no, b.batch_name, case when e.last_day < b.days then 'COMPLETED' else 'ACTIVE' end,
         b.start_date, b.start_date + b.life_days, case when e.last_day < b.days then b.start_date + e.last_day end,
         'Eggs from ' || s.name || ' to ' || g.name,
         v_start - interval '14 days' + make_interval(mins => v_ordered - 5),
         v_start + make_interval(days => least(e.last_day, b.days - 1),
           mins => 1280 + floor(60 * aquaseed.u(v_clock # b.batch_key, least(e.last_day, b.days - 1)))::integer),
         t.stage_id, l.species_id, 'STANDARD',
         b.batch_no * aquaseed.id_block('scenario_projection_run') + 1
  from aquaseed.schedule_batch b
  join aquaseed.geography g on g.geography_id = b.geography_id
  cross join lateral (
    select max(d.day) as last_day, max(d.life_stage_no) filter (where d.day < b.days) as life_stage_no
    from aquaseed.assignment_day d where d.batch_no = b.batch_no
  ) e
  join aquaseed.life_stage t on t.life_stage_no = e.life_stage_no
  join public.batch_lifecyclestage l on l.id = t.stage_id
  cross join lateral aquaseed._egg_supplier(b.batch_key, p_seed) s
  where b.batch_no = p_batch_no;

  with tray as materialized (
    select b.batch_no, b.batch_name, b.batch_key, b.start_date, a.assignment_no, a.fish_in, c.assignment_key,
           row_number() over (order by a.assignment_no) as action_no,
           round(a.fish_in * v_loss_most * aquaseed.u(v_loss # c.assignment_key, 0))::integer as lost
    from aquaseed.schedule_batch b
    join aquaseed.schedule_container c on c.batch_no = b.batch_no
    join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
    where b.batch_no = p_batch_no and c.life_stage_no = (select min(t.life_stage_no) from aquaseed.life_stage t)
  ),
  workflow as (
    insert into public.batch_creationworkflow
      (id, workflow_number, status, egg_source_type, external_supplier_batch_number, external_cost_per_thousand,
       total_eggs_planned, total_eggs_received, total_mortality_on_arrival, planned_start_date,
       planned_completion_date, actual_start_date, actual_completion_date, total_actions, actions_completed,
       progress_percentage, cancellation_reason, cancelled_at, notes, created_at, updated_at, batch_id,
       cancelled_by_id, created_by_id, egg_production_id, external_supplier_id)
    select t.batch_no, 'CRT-' || t.batch_name, 'COMPLETED', 'EXTERNAL', 'EGG-' || t.batch_name,
           round((95 + 20 * aquaseed.u(v_supplier, t.batch_key + 1))::numeric, 2),
           sum(t.fish_in + t.lost), sum(t.fish_in), sum(t.lost), t.start_date, t.start_date, t.start_date, t.start_date,
           count(*), count(*), 100, '', null, '',
           v_start - interval '14 days' + make_interval(mins => v_ordered),
           v_start + make_interval(mins => v_arrival + 20 + 12 * count(*)::integer),
           t.batch_no, null, v_manager, null, x.id
    from tray t
    cross join lateral aquaseed._egg_supplier(t.batch_key, p_seed) x
    group by t.batch_no, t.batch_name, t.batch_key, t.start_date, x.id
  )
  insert into public.batch_creationaction
    (id, action_number, status, egg_count_planned, egg_count_actual, mortality_on_arrival, expected_delivery_date,
     actual_delivery_date, delivery_method, water_temp_on_arrival, egg_quality_score, execution_duration_minutes,
     notes, created_at, updated_at, dest_assignment_id, executed_by_id, workflow_id)
  select t.batch_no * 100 + t.action_no, t.action_no, 'COMPLETED', t.fish_in + t.lost, t.fish_in, t.lost, t.start_date,
         t.start_date, 'TRANSPORT', round(d.temperature_c::numeric, 2),
         3 + floor(3 * aquaseed.u(v_loss # t.assignment_key, 1)),
         30 + floor(31 * aquaseed.u(v_loss # t.assignment_key, 2)), '',
         v_start - interval '14 days' + make_interval(mins => v_ordered + 1),
         -- Tray by tray.
         v_start + make_interval(mins => v_arrival + 12 * t.action_no::integer
           + floor(12 * aquaseed.u(v_clock # t.assignment_key, 3))::integer),
         t.batch_no * 100 + t.assignment_no, v_operator, t.batch_no
  from tray t
  join aquaseed.assignment_day d on d.batch_no = t.batch_no and d.assignment_no = t.assignment_no and d.day = 0;
  get diagnostics v_actions = row_count;
  return jsonb_build_object('batch_batch', 1, 'batch_creationworkflow', 1, 'batch_creationaction', v_actions);
end
$$;

comment on function aquaseed._emit_batch(integer, bigint) is
  'batch_batch, batch_creationworkflow and batch_creationaction of one batch. Eggs received are the eggs alive on '
  'arrival.';
