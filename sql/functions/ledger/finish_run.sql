-- Ends a run: done when every unit is, else failed.
create or replace function aquaseed.finish_run(p_run_id integer)
returns text language sql
set search_path = ''
as $$
  update aquaseed.run r set
    state = case when exists (select from aquaseed.run_step s where s.run_id = p_run_id and s.state <> 'done')
            then 'failed' else 'done' end,
    finished_at = clock_timestamp()
  where r.run_id = p_run_id
  returning r.state
$$;

comment on function aquaseed.finish_run(integer) is 'Close a run and return its state, done or failed.';
