-- The plan of an ACTIVE batch as it stands at as_of: an activity per template, done once it is due. A transfer is
-- done when its workflow is, and both point to each other. incidents.plan_slips makes some late and some never done.
create or replace function aquaseed._emit_activities(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('planning_plannedactivity');
  v_slips aquaseed.plan_slips := aquaseed.settings('incidents.plan_slips', null::aquaseed.plan_slips);
  v_incidents boolean := aquaseed.incidents_enabled();
  v_slip bigint := aquaseed.stream(p_seed, 'plan slip');
  v_office aquaseed.task_hours := aquaseed.settings('work.tasks.office', null::aquaseed.task_hours);
  v_spread double precision := aquaseed.number('work.spread_minutes');
  v_clock bigint := aquaseed.stream(p_seed, 'clock of activities');
  v_rows bigint;
begin
  insert into public.planning_plannedactivity
    (id, activity_type, due_date, status, notes, created_at, updated_at, completed_at, batch_id, completed_by_id,
     container_id, created_by_id, scenario_id, transfer_workflow_id)
  with duty as materialized (
    select d.day, d.operator_id, d.vet_id, d.manager_id
    from aquaseed._duty(p_batch_no, p_seed) d
    where d.life_stage_no = (
      select max(s.life_stage_no) from aquaseed.schedule_stay s
      where s.batch_no = p_batch_no and s.start_day <= greatest(0, d.day)
    )
  )
  -- A transfer is due on the day of the template, all else on one that is worked on.
  select p_batch_no * v_block + t.n, t.activity_type,
         case t.activity_type when 'TRANSFER' then b.start_date + t.day_offset
           else aquaseed.next_working_day(b.geography_id, b.start_date + t.day_offset) end,
         case when c.at is not null then 'COMPLETED' when w.status = 'IN_PROGRESS' then 'IN_PROGRESS'
              else 'PENDING' end,
         t.name || coalesce('. ' || nullif(t.notes_template, ''), ''), p.at, coalesce(c.at, p.at), c.at, p_batch_no,
         case when c.at is null then null when t.activity_type in ('VACCINATION', 'TREATMENT') then y.vet_id
              else y.operator_id end,
         null, m.manager_id, p_batch_no * aquaseed.id_block('scenario') + 1, w.id
  from aquaseed.schedule_batch b
  join public.batch_batch a on a.id = b.batch_no and a.status = 'ACTIVE'
  cross join (
    select x.value ->> 'name' as name, x.value ->> 'activity_type' as activity_type,
           (x.value ->> 'day_offset')::integer as day_offset, x.value ->> 'notes_template' as notes_template,
           g.stage_id as target_lifecycle_stage_id, row_number() over (order by x.ordinality) as n
    from jsonb_array_elements(aquaseed.setting_tree('planning.activity_templates')) with ordinality x
    left join aquaseed.life_stage g on g.life_stage_key = x.value ->> 'target_stage'
    where coalesce((x.value ->> 'is_active')::boolean, true)
      and coalesce(x.value ->> 'trigger_type', 'DAY_OFFSET') = 'DAY_OFFSET' and x.value ->> 'day_offset' is not null
  ) t
  left join lateral (
    select f.id, f.status, f.actual_completion_date, f.updated_at
    from public.batch_batchtransferworkflow f
    where f.batch_id = p_batch_no and f.workflow_type = 'LIFECYCLE_TRANSITION'
      and t.activity_type = 'TRANSFER' and f.dest_lifecycle_stage_id = t.target_lifecycle_stage_id
    order by f.id
    limit 1
  ) w on true
  -- On a day that is worked on.
  cross join lateral (
    select aquaseed.next_working_day(b.geography_id, b.start_date + z.day) - b.start_date as day, z.overdue
    from (
      select greatest(0, t.day_offset
               + case when v_incidents and aquaseed.u(v_slip # b.batch_key, 3 * t.n) < v_slips.share
                   then round(v_slips.days_mean
                     + v_slips.days_sd * aquaseed.z(v_slip # b.batch_key, 3 * t.n + 1))::integer else 0 end) as day,
             v_incidents and aquaseed.u(v_slip # b.batch_key, 3 * t.n + 2) < v_slips.overdue_share as overdue
    ) z
  ) d
  -- The plan is made in a sitting on the day that the eggs come.
  cross join lateral (
    select b.start_date::timestamp at time zone 'UTC' + make_interval(mins => 2 * t.n::integer
             + aquaseed.task_minute(v_office, v_spread, aquaseed.u(v_clock # b.batch_key, 0),
                                    aquaseed.z(v_clock # b.batch_key, 1000))) as at
  ) p
  cross join lateral (
    select case
             when t.activity_type = 'TRANSFER'
               then case when w.status = 'COMPLETED'
                      then w.updated_at end
             when d.day < b.days and not d.overdue
               then (b.start_date + d.day)::timestamp at time zone 'UTC' + make_interval(mins =>
                      60 + aquaseed.task_minute(v_office, v_spread, aquaseed.u(v_clock # b.batch_key, t.n),
                                                aquaseed.z(v_clock # b.batch_key, 1000 + t.n)))
           end as at
  ) c
  left join duty y on y.day = case when t.activity_type = 'TRANSFER' then w.actual_completion_date - b.start_date
                                   else d.day end
  join duty m on m.day = 0
  where b.batch_no = p_batch_no;
  get diagnostics v_rows = row_count;

  update public.batch_batchtransferworkflow f set planned_activity_id = p.id
  from public.planning_plannedactivity p
  where p.batch_id = p_batch_no and p.transfer_workflow_id = f.id and f.batch_id = p_batch_no;
  return jsonb_build_object('planning_plannedactivity', v_rows);
end
$$;

comment on function aquaseed._emit_activities(integer, bigint) is
  'planning_plannedactivity of a batch while it is ACTIVE: one per template with a day, COMPLETED or PENDING at as_of.';
