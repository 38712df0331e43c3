-- Makes failed units pending again and reopens the run.
create or replace function aquaseed.resume_run(p_run_id integer)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_todo bigint;
begin
  update aquaseed.run_step s set state = 'pending' where s.run_id = p_run_id and s.state = 'failed';
  select count(*) into v_todo from aquaseed.run_step s where s.run_id = p_run_id and s.state <> 'done';
  if v_todo > 0 then
    perform aquaseed._give_defaults(true);
    update aquaseed.run r set state = 'running', finished_at = null where r.run_id = p_run_id;
  end if;
  return v_todo;
end
$$;

comment on function aquaseed.resume_run(integer) is
  'Make failed units pending again. Returns the number of units still to do.';
