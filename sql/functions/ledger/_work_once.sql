-- One turn of work(), a transaction: the next unit of the first stage that has some left, or the end of the run when
-- none has, or when units of that stage failed. pause: seconds to wait after the transaction.
create or replace function aquaseed._work_once(
  p_worker integer, p_workers integer, out goes_on boolean, out pause double precision
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id integer;
  v_stage text;
  v_unit record;
  v_todo bigint;
begin
  pause := 0;
  select r.run_id into v_run_id from aquaseed.run r;
  if v_run_id is null then
    raise exception 'there is no run in this database' using errcode = 'AQ008',
      hint = 'Load a schedule first: psql -v schedule=config/schedules/demo.sql -f sql/seed.sql';
  end if;
  perform aquaseed._begin_unit();
  v_stage := aquaseed._next_stage(v_run_id);
  if v_stage is not null then
    select * into v_unit
    from aquaseed.work_next(v_run_id, v_stage, coalesce(p_worker, pg_backend_pid() % p_workers), p_workers);
    if found then
      select p.units - p.done into v_todo from aquaseed.progress p where p.run_id = v_run_id and p.stage = v_stage;
      raise info '%', aquaseed._describe_unit(v_stage, v_unit.unit, v_unit.state, v_unit.rows, v_unit.milliseconds,
                                              v_unit.error, v_todo);
      goes_on := true;
      pause := (v_unit.state = 'retry')::integer;
      return;
    end if;
    -- Others did the last units of the stage, unless some failed.
    goes_on := aquaseed._next_stage(v_run_id) is distinct from v_stage;
    if goes_on then
      return;
    end if;
  end if;
  perform aquaseed._close_run(v_run_id);
  goes_on := false;
end
$$;

comment on function aquaseed._work_once(integer, integer) is
  'Do one unit of the run, or close the run. Returns whether there may be more, and the seconds to wait before it.';
