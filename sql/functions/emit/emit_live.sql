-- Readings of the day on which history ends, of one batch, for the hours that have come: the first rows of that day,
-- which an advance over it completes. A container that fish come to on this day is read from its end on.
create or replace function aquaseed.emit_live(p_run_id integer, p_batch_no integer, p_now timestamptz)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run aquaseed.run;
  v_batch aquaseed.schedule_batch;
  v_slots smallint;
  v_rows jsonb;
begin
  -- Shared: no advance begins before this has ended.
  select * into strict v_run from aquaseed.run r where r.run_id = p_run_id for share;
  select * into strict v_batch from aquaseed.schedule_batch b where b.batch_no = p_batch_no for update;
  v_slots := (
    select count(*) from aquaseed.reading_hour h
    where (v_run.as_of + make_interval(hours => h.hour)) at time zone 'UTC' <= p_now
  );
  if v_run.state <> 'done' or v_batch.days = 0 or v_batch.emitted_days < v_batch.days
      or v_batch.start_date + v_batch.days <> v_run.as_of or v_batch.days >= v_batch.life_days
      or v_slots <= v_batch.emitted_slots then
    return 0;
  end if;
  update aquaseed.schedule_batch b set days = b.days + 1, slots = v_slots where b.batch_no = p_batch_no;
  v_rows := aquaseed._emit_readings(p_batch_no, v_run.seed,
                                    aquaseed.target_name('environmental_environmentalreading', v_batch.slice));
  update aquaseed.schedule_batch b set days = b.days - 1, slots = 0, emitted_slots = v_slots
  where b.batch_no = p_batch_no;
  update aquaseed.run_step s set rows = aquaseed._add_rows(s.rows, v_rows)
  where s.run_id = p_run_id and s.stage = 'emit' and s.phase = 0 and s.unit_no = p_batch_no;
  update aquaseed.run_step s set transactions = s.transactions || s.xmin
  where s.run_id = p_run_id and s.stage = 'emit' and s.phase = 0 and s.unit_no = p_batch_no;
  return (v_rows ->> 'environmental_environmentalreading')::bigint;
end
$$;

comment on function aquaseed.emit_live(integer, integer, timestamptz) is
  'Readings of one batch on the day on which history ends, up to a moment of it. Returns how many were added.';
