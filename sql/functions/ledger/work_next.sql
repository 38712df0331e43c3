-- Takes the next unit of a stage, does it and writes its ledger row, all in the caller's transaction. Any number
-- of sessions may call this at once. A worker takes units of its own slices first, then helps the others; within
-- a slice in order. When all that is left is in other hands it waits for them, since the next phase needs them.
-- An error of the unit is written down, not raised: the others go on. A deadlock or a serialization failure leaves
-- the unit to be done once more (state retry), four times at most.
create or replace function aquaseed.work_next(p_run_id integer, p_stage text, p_worker integer, p_workers integer)
returns table (unit text, phase integer, state text, rows jsonb, milliseconds double precision, error text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step aquaseed.run_step;
  v_phase smallint;
  v_started timestamptz;
  v_rows jsonb;
  -- An advance adds to what the unit has made before; assimilate counts all of it.
  v_is_advance boolean := (select r.advanced_from is not null from aquaseed.run r where r.run_id = p_run_id);
begin
  perform aquaseed._require_stage(p_run_id, p_stage);
  if p_workers < 1 then
    raise exception 'there must be at least one worker, not %', p_workers using errcode = 'AQ005';
  end if;
  loop
    select min(s.phase) into v_phase from aquaseed.run_step s
    where s.run_id = p_run_id and s.stage = p_stage and s.state <> 'done';
    if v_phase is null then
      return;
    end if;
    select * into v_step from aquaseed.run_step s
    where s.run_id = p_run_id and s.stage = p_stage and s.phase = v_phase and s.state = 'pending'
    order by s.slice % p_workers <> p_worker % p_workers, s.slice, s.unit_no, s.unit
    limit 1
    for update skip locked;
    exit when found;
    perform 1 from aquaseed.run_step s
    where s.run_id = p_run_id and s.stage = p_stage and s.phase = v_phase and s.state = 'pending'
    order by s.unit_no, s.unit
    limit 1
    for update;
    if not found and not exists (
      select from aquaseed.run_step s
      where s.run_id = p_run_id and s.stage = p_stage and s.phase = v_phase and s.state = 'pending'
    ) and exists (
      select from aquaseed.run_step s
      where s.run_id = p_run_id and s.stage = p_stage and s.phase = v_phase and s.state = 'failed'
    ) then
      return;
    end if;
  end loop;

  -- As long as names of sessions may be.
  perform set_config('application_name', left('aquaseed ' || p_stage || ' ' || v_step.unit, 63), true);
  v_started := clock_timestamp();
  begin
    v_rows := aquaseed._run_unit(v_step);
    update aquaseed.run_step s set
      state = 'done', worker = p_worker, started_at = v_started, finished_at = clock_timestamp(),
      rows = case when v_is_advance and p_stage <> 'assimilate' then aquaseed._add_rows(s.rows, v_rows) else v_rows end,
      error = null, attempts = s.attempts + 1
    where s.run_id = p_run_id and s.stage = p_stage and s.phase = v_step.phase and s.unit = v_step.unit;
    -- The (sub)transaction that wrote this row also wrote those of the unit.
    update aquaseed.run_step s set transactions = s.transactions || s.xmin
    where s.run_id = p_run_id and s.stage = p_stage and s.phase = v_step.phase and s.unit = v_step.unit;
    state := 'done';
  exception when others then
    error := sqlstate || ' ' || sqlerrm;
    state := case when sqlstate in ('40001', '40P01') and v_step.attempts < 4 then 'retry' else 'failed' end;
    update aquaseed.run_step s set
      state = case work_next.state when 'retry' then 'pending' else 'failed' end, worker = p_worker,
      started_at = v_started, finished_at = clock_timestamp(),
      error = work_next.error, attempts = s.attempts + 1
    where s.run_id = p_run_id and s.stage = p_stage and s.phase = v_step.phase and s.unit = v_step.unit;
    v_rows := null;
  end;
  unit := v_step.unit;
  phase := v_step.phase;
  rows := v_rows;
  milliseconds := extract(epoch from clock_timestamp() - v_started) * 1000;
  return next;
end
$$;

comment on function aquaseed.work_next(integer, text, integer, integer) is
  'Do the next unit of a stage and write its ledger row in one transaction. Returns the unit, or no row when none is '
  'left to do.';
