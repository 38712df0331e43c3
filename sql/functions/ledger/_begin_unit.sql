-- Prepares a transaction of work() for one unit: settings that a driver's session has too, all of them safe on
-- any server and none of them lasting, and the run lock: shared with other workers, or alone.
create or replace function aquaseed._begin_unit(p_alone boolean default false)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if not (case when p_alone then pg_catalog.pg_try_advisory_xact_lock(aquaseed._run_lock())
               else pg_catalog.pg_try_advisory_xact_lock_shared(aquaseed._run_lock()) end) then
    raise exception 'another program is generating into this database' using errcode = 'AQ007',
      hint = 'Wait until it has ended: select * from aquaseed.progress;';
  end if;
  perform set_config(s.name, s.value, true)
  from (values ('synchronous_commit', 'off'), ('jit', 'off'), ('work_mem', '64MB'), ('maintenance_work_mem', '512MB'),
               ('lock_timeout', '0'), ('idle_in_transaction_session_timeout', '0'), ('transaction_timeout', '0'),
               ('exit_on_error', 'off')) s(name, value)
  where current_setting(s.name, true) is not null;
end
$$;

comment on function aquaseed._begin_unit(boolean) is
  'Take the run lock, shared or alone, and set the session up for one unit, until the transaction ends.';
