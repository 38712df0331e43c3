-- When the moves of a batch (aquaseed.transfer) are done: minute of the day on which they begin and are over, by the
-- hours of a transfer, and how many minutes they take. Of the eggs' arrival too: action_no 0, the same for all trays.
create or replace function aquaseed._move_clock(p_batch_no integer, p_seed bigint)
returns table (action_no integer, dest_no smallint, day smallint, begins integer, takes integer)
language plpgsql stable rows 50
set search_path = pg_catalog, pg_temp
as $$
declare
  v_arrival aquaseed.task_hours := aquaseed.settings('work.tasks.egg_arrival', null::aquaseed.task_hours);
  v_transfer aquaseed.task_hours := aquaseed.settings('work.tasks.transfer', null::aquaseed.task_hours);
  v_spread double precision := aquaseed.number('work.spread_minutes');
  v_clock bigint := aquaseed.stream(p_seed, 'clock of a move');
begin
  return query
  select t.action_no::integer, t.dest_no, t.day,
         aquaseed.task_minute(v_transfer, v_spread, aquaseed.u(k.key, 0), aquaseed.z(k.key, 1)),
         60 + floor(121 * aquaseed.u(k.key, 2))::integer
  from aquaseed.transfer t
  join aquaseed.schedule_container c on c.batch_no = t.batch_no and c.assignment_no = t.source_no
  cross join lateral (select v_clock # c.assignment_key # t.dest_no as key) k
  where t.batch_no = p_batch_no
  union all
  select 0, null, 0::smallint,
         aquaseed.task_minute(v_arrival, v_spread, aquaseed.u(v_clock # b.batch_key, 0),
                              aquaseed.z(v_clock # b.batch_key, 1)),
         30 + floor(31 * aquaseed.u(v_clock # b.batch_key, 2))::integer
  from aquaseed.schedule_batch b
  where b.batch_no = p_batch_no;
end
$$;

comment on function aquaseed._move_clock(integer, bigint) is
  'Minute of the day at which each move of a batch begins, and the minutes that it takes; action 0: the eggs arrive.';
