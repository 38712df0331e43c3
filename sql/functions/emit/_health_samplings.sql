-- When and where fish of a batch are examined, over its whole life: every so many days of a stage, on that day or the
-- next that is worked on (_task_days), one of its containers in turn. done and entered: seconds from midnight of the
-- day.
create or replace function aquaseed._health_samplings(p_batch_no integer, p_seed bigint)
returns setof aquaseed.health_sampling language plpgsql stable rows 20
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plan aquaseed.sampling_plan := aquaseed.settings('health.sampling', null::aquaseed.sampling_plan);
  v_turn bigint := aquaseed.stream(p_seed, 'health sampling turn');
  v_size bigint := aquaseed.stream(p_seed, 'health sampling size');
begin
  return query
  select c.assignment_no, c.day, c.life_stage_no, c.container_id,
         greatest(1, least(99, c.fish_end,
           v_plan.fish + (v_plan.size_sd * aquaseed.z(v_size # c.assignment_key, c.day))::integer)),
         c.day + c.late, c.done, c.entered
  from (
    select distinct on (d.day, d.assignment_no)
           d.assignment_no, d.day, d.life_stage_no, d.container_id, d.fish_end, s.assignment_key,
           e.late, e.done, e.entered,
           row_number() over w - 1 as place, count(*) over (partition by t.day) as containers,
           (t.day - g.start_day) / v_plan.every_days + floor(1000 * aquaseed.u(v_turn, b.batch_key))::integer as turn
    from aquaseed._task_days(p_batch_no, p_seed) t
    join aquaseed.assignment_day d
      on d.batch_no = p_batch_no and d.life_stage_no = t.life_stage_no and d.day = t.task_day and d.fish_end > 0
    join aquaseed.schedule_batch b on b.batch_no = d.batch_no
    join aquaseed.schedule_stay g on g.batch_no = d.batch_no and g.life_stage_no = d.life_stage_no
    join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
    join aquaseed._entry_times(p_batch_no, p_seed, 'health sampling', 'sampling') e
      on e.life_stage_no = t.life_stage_no and e.day = t.task_day
    where d.life_stage_no >= v_plan.first_life_stage and t.day > g.start_day
      and (t.day - g.start_day) % v_plan.every_days = v_plan.every_days - 1
    window w as (partition by t.day order by d.assignment_no)
    order by d.day, d.assignment_no, t.day
  ) c
  where c.place = c.turn % c.containers
  order by c.day;
end
$$;

comment on function aquaseed._health_samplings(integer, bigint) is
  'Health samplings of a batch over its life: container, batch day, fish examined, day and second of the entry.';
