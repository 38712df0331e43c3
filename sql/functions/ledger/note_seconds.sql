-- Wall-clock seconds of a stage as the caller saw them, added up over resumed runs.
create or replace function aquaseed.note_seconds(p_run_id integer, p_stage text, p_seconds double precision)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if not p_stage = any (aquaseed.list_run_stages()) or not p_seconds between 0 and 1e9 then
    raise exception 'seconds of a stage are expected, not % of "%"', p_seconds, p_stage using errcode = 'AQ005';
  end if;
  update aquaseed.run r
  set seconds = r.seconds || jsonb_build_object(p_stage,
    round((coalesce((r.seconds ->> p_stage)::double precision, 0) + p_seconds)::numeric, 3))
  where r.run_id = p_run_id;
end
$$;

comment on function aquaseed.note_seconds(integer, text, double precision) is
  'Add the seconds that a stage took to aquaseed.run.seconds.';
