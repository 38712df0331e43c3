-- What work_next may be asked for: a stage of the run, once the stages before it are done.
create or replace function aquaseed._require_stage(p_run_id integer, p_stage text)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_place integer := array_position(aquaseed.list_run_stages(), p_stage);
  v_next text;
begin
  if v_place is null or not exists (select from aquaseed.run r where r.run_id = p_run_id) then
    raise exception 'there is no stage "%" of a run %', p_stage, p_run_id using errcode = 'AQ005',
      hint = 'select * from aquaseed.progress shows the stages.';
  end if;
  v_next := aquaseed._next_stage(p_run_id);
  if array_position(aquaseed.list_run_stages(), v_next) < v_place then
    raise exception 'stage "%" comes before "%" and is not done', v_next, p_stage using errcode = 'AQ005',
      hint = 'select * from aquaseed.run_step where state <> ''done'' shows what is left.';
  end if;
end
$$;

comment on function aquaseed._require_stage(integer, text) is
  'Refuse (AQ005) a stage that there is not, or whose turn it is not.';
