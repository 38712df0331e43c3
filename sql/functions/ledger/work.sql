-- Works on the run of this database until nothing is left to do, one transaction a unit. Any number of sessions
-- can call it at the same time, and again after any failure. In psql: call aquaseed.work();
-- Sessions that know of each other may number themselves (worker 0 of 2, 1 of 2), so that each begins with slices
-- of its own. The rows are the same in any case. All names are qualified: a procedure that commits cannot set
-- its own search_path.
create or replace procedure aquaseed.work(p_worker integer default null, p_workers integer default 2)
language plpgsql
as $$
declare
  v_run_id integer;
  v_stage text;
  v_unit record;
  v_todo bigint;
begin
  select r.run_id into v_run_id from aquaseed.run r;
  if v_run_id is null then
    raise exception 'there is no run in this database' using errcode = 'AQ008',
      hint = 'Load a schedule first: psql -v schedule=config/schedules/demo.sql -f sql/seed.sql';
  end if;
  foreach v_stage in array aquaseed.list_run_stages() loop
    loop
      perform aquaseed._begin_unit();
      select * into v_unit
      from aquaseed.work_next(v_run_id, v_stage, coalesce(p_worker, pg_catalog.pg_backend_pid() % p_workers), p_workers);
      exit when not found;
      select p.units - p.done into v_todo
      from aquaseed.progress p where p.run_id = v_run_id and p.stage = v_stage;
      commit;
      raise info '%', aquaseed._describe_unit(v_stage, v_unit.unit, v_unit.state, v_unit.rows, v_unit.milliseconds,
                                              v_unit.error, v_todo);
      if v_unit.state = 'retry' then
        perform pg_catalog.pg_sleep(1);
      end if;
    end loop;
    commit;
    exit when exists (
      select from aquaseed.run_step s where s.run_id = v_run_id and s.stage = v_stage and s.state <> 'done'
    );
  end loop;
  perform aquaseed._begin_unit();
  perform aquaseed._close_run(v_run_id);
  commit;
end
$$;

comment on procedure aquaseed.work(integer, integer) is
  'Do the units of the run that are left, a transaction each, until none is. Several sessions can share a run.';
