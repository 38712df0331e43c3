-- When and where fish of a batch are examined: every so many days of a stage, one of its containers in turn.
create or replace function aquaseed._health_samplings(p_batch_no integer, p_seed bigint)
returns table (assignment_no smallint, day smallint, stage_order smallint, container_id integer, fish integer)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plan aquaseed.sampling_plan := aquaseed.settings('health.sampling', null::aquaseed.sampling_plan);
  v_turn bigint := aquaseed.stream(p_seed, 'health sampling turn');
begin
  return query
  select c.assignment_no, c.day, c.stage_order, c.container_id, least(v_plan.fish, c.fish_end)
  from (
    select d.assignment_no, d.day, d.stage_order, d.container_id, d.fish_end,
           row_number() over w - 1 as place, count(*) over (partition by d.day) as containers,
           (d.day - g.start_day) / v_plan.every_days + floor(1000 * aquaseed.u(v_turn, b.batch_key))::integer as turn
    from aquaseed.assignment_day d
    join aquaseed.schedule_batch b on b.batch_no = d.batch_no
    join aquaseed.schedule_stage g on g.batch_no = d.batch_no and g.stage_order = d.stage_order
    where d.batch_no = p_batch_no and d.stage_order >= v_plan.first_stage_order and d.day < b.days and d.fish_end > 0
      and (d.day - g.start_day) % v_plan.every_days = v_plan.every_days - 1
    window w as (partition by d.day order by d.assignment_no)
  ) c
  where c.place = c.turn % c.containers
  order by c.day;
end
$$;

comment on function aquaseed._health_samplings(integer, bigint) is
  'Health samplings of a batch before as_of: container, batch day and fish examined.';
