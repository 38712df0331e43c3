-- When a task of a site is done and when it is written down, per stage and batch day, both in seconds from midnight of
-- the day: about the usual hours of the task (work.tasks), entered later on the same day or in the office up to a week
-- later (late, in days). One draw for a site and day: who has been there writes all of it. Days as in _task_days.
create or replace function aquaseed._entry_times(p_batch_no integer, p_seed bigint, p_purpose text, p_task text)
returns table (life_stage_no smallint, day integer, done integer, late integer, entered integer)
language plpgsql stable rows 1500
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shares aquaseed.entry_shares := aquaseed.settings('work.entry', null::aquaseed.entry_shares);
  v_task aquaseed.task_hours := aquaseed.settings('work.tasks', null::aquaseed.task_hours, p_task);
  v_office aquaseed.task_hours := aquaseed.settings('work.tasks.office', null::aquaseed.task_hours);
  v_spread double precision := aquaseed.number('work.spread_minutes');
  v_draw bigint := aquaseed.stream(p_seed, p_purpose || ' entry');
begin
  return query
  -- Draws in a row of their own, or the functions would not be inlined.
  select x.life_stage_no, x.day, x.done, x.late,
         case x.late when 0 then least(86000, x.done + 1200 + floor(9000 * x.u_entered)::integer)
           else 86400 * x.late + floor(60 * x.u_entered)::integer
             + 60 * aquaseed.task_minute(v_office, v_spread, x.u_office, x.z_office) end
  from (
    select d.*, aquaseed.entry_days(v_shares, d.u_late) as late,
           floor(60 * d.u_second)::integer + 60 * aquaseed.task_minute(v_task, v_spread, d.u_done, d.z_done) as done
    from (
      select s.life_stage_no, s.day, aquaseed.u(s.key, s.no) as u_second, aquaseed.u(s.key, s.no + 1) as u_done,
             aquaseed.z(s.key, s.no + 2) as z_done, aquaseed.u(s.key, s.no + 3) as u_late,
             aquaseed.u(s.key, s.no + 4) as u_office, aquaseed.z(s.key, s.no + 5) as z_office,
             aquaseed.u(s.key, s.no + 6) as u_entered
      from (
        select g.life_stage_no, x.day, 10 * (aquaseed.day_no(b.start_date) + x.day)::bigint as no,
               v_draw # coalesce(a.noise_key, h.noise_key) as key
        from aquaseed.schedule_stay g
        join aquaseed.schedule_batch b on b.batch_no = g.batch_no
        left join aquaseed.area a on a.area_id = g.area_id
        left join aquaseed.hall h on h.hall_id = g.hall_id
        cross join lateral generate_series(g.start_day - 7, g.end_day + 14) x(day)
        where g.batch_no = p_batch_no
        offset 0
      ) s
      offset 0
    ) d
    offset 0
  ) x;
end
$$;

comment on function aquaseed._entry_times(integer, bigint, text, text) is
  'Per stage and batch day: seconds from midnight at which a task is done and entered, and how many days late.';
