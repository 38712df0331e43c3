-- Ends a run that several sessions share: the first of them to get here does it, the others find it done.
create or replace function aquaseed._close_run(p_run_id integer)
returns text language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text := (select r.state from aquaseed.run r where r.run_id = p_run_id for update);
begin
  if v_state = 'running' then
    v_state := aquaseed.finish_run(p_run_id);
    if v_state = 'done' then
      update aquaseed.run r set seconds = (
        select coalesce(jsonb_object_agg(p.stage, round(p.seconds::numeric, 3)), '{}')
        from aquaseed.progress p where p.run_id = p_run_id
      )
      where r.run_id = p_run_id;
    end if;
  end if;
  return v_state;
end
$$;

comment on function aquaseed._close_run(integer) is
  'End a running run, with the seconds of its stages from the ledger. Returns its state.';
