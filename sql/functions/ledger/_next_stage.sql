-- The first stage of a run that has units which are not done. Later stages need its rows.
create or replace function aquaseed._next_stage(p_run_id integer)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select t.stage
  from unnest(aquaseed.list_run_stages()) with ordinality t(stage, n)
  where exists (
    select from aquaseed.run_step s where s.run_id = p_run_id and s.stage = t.stage and s.state <> 'done'
  )
  order by t.n
  limit 1
$$;

comment on function aquaseed._next_stage(integer) is
  'The first stage of a run with units to do; null when all are done.';
