-- Works on the run of this database until nothing is left to do, one transaction a unit. Any number of sessions
-- can call it at the same time, and again after any failure. In psql: call aquaseed.work();
-- Sessions that know of each other may number themselves (worker 0 of 2, 1 of 2), so that each begins with slices
-- of its own. The rows are the same in any case. A procedure that commits cannot set its own search_path: all that
-- needs one, operators included, is in _work_once.
create or replace procedure aquaseed.work(p_worker integer default null, p_workers integer default 2)
language plpgsql
as $$
declare
  v_goes_on boolean := true;
  v_pause double precision;
begin
  while v_goes_on loop
    select w.goes_on, w.pause into v_goes_on, v_pause from aquaseed._work_once(p_worker, p_workers) w;
    commit;
    perform pg_catalog.pg_sleep(v_pause);
  end loop;
end
$$;

comment on procedure aquaseed.work(integer, integer) is
  'Do the units of the run that are left, a transaction each, until none is. Several sessions can share a run.';
