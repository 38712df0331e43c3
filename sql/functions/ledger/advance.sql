-- The whole advance in the transaction of the caller: nobody sees anything in between. In psql:
--   select aquaseed.advance('2026-01-31');
-- Units that other sessions could share are done one after the other. An error of one undoes all.
create or replace function aquaseed.advance(
  p_to date, p_schedule jsonb default null, p_schedule_name text default null, p_schedule_digest text default null,
  p_predicted jsonb default null
)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id constant integer := 1;
  v_before bigint := (select sum(g.rows) from aquaseed.generated_rows(v_run_id) g);
  v_stage text;
  v_unit record;
begin
  perform aquaseed._begin_unit(p_alone => true);
  perform aquaseed.begin_advance(v_run_id, p_to, p_schedule, p_schedule_name, p_schedule_digest, p_predicted);
  loop
    v_stage := aquaseed._next_stage(v_run_id);
    exit when v_stage is null;
    select * into v_unit from aquaseed.work_next(v_run_id, v_stage, 0, 1) w;
    if v_unit.state = 'failed' then
      raise exception '% %: %', v_stage, v_unit.unit, v_unit.error using errcode = 'AQ011';
    end if;
  end loop;
  perform aquaseed._close_run(v_run_id);
  return (select sum(g.rows) from aquaseed.generated_rows(v_run_id) g) - v_before;
end
$$;

comment on function aquaseed.advance(date, jsonb, text, text, jsonb) is
  'Move the end of history of the finished run to a later day, in one transaction. Returns how many rows are more.';
