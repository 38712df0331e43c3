-- Stage emit, one batch: fans its daily truth out into all its events, for dates before as_of. What an earlier end of
-- history has written already stays, and is brought up to the new one.
-- Called within one transaction with the batch's ledger row.
create or replace function aquaseed.emit_batch(p_run_id integer, p_batch_no integer)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run aquaseed.run;
  v_batch aquaseed.schedule_batch;
  v_rows jsonb;
begin
  select * into strict v_run from aquaseed.run r where r.run_id = p_run_id;
  select * into strict v_batch from aquaseed.schedule_batch b where b.batch_no = p_batch_no;
  if v_batch.days = 0 then
    return '{}';
  end if;
  v_rows := case v_batch.emitted_days
    when 0 then aquaseed._emit_states(p_batch_no, v_run.as_of, v_run.seed, v_batch.slice)
    else aquaseed._renew_states(p_batch_no, v_run.seed, v_batch.slice, v_batch.emitted_days, v_run.advanced_from,
                                v_batch.days, v_run.as_of) end;
  -- A batch that had ended before has no more events.
  if v_batch.emitted_days < v_batch.days then
    v_rows := v_rows || aquaseed._emit_events(p_batch_no, v_run.seed, v_batch.slice);
  end if;
  update aquaseed.schedule_batch b set emitted_days = b.days, emitted_slots = 0 where b.batch_no = p_batch_no;
  return v_rows;
end
$$;

comment on function aquaseed.emit_batch(integer, integer) is
  'Stage emit for one batch: all its events before as_of that are not written yet. Returns rows per table.';
