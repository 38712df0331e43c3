-- Ends a run: done when every unit is, else failed. Notes what it made; the ids only the first time that
-- it is done: later rows in these tables are the application's.
create or replace function aquaseed.finish_run(p_run_id integer)
returns text language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before text := (select r.state from aquaseed.run r where r.run_id = p_run_id for update);
  v_state text;
begin
  update aquaseed.run r set
    state = case when exists (select from aquaseed.run_step s where s.run_id = p_run_id and s.state <> 'done')
            then 'failed' else 'done' end,
    finished_at = clock_timestamp()
  where r.run_id = p_run_id
  returning r.state into v_state;
  if v_state = 'done' and v_before <> 'done' then
    perform aquaseed._give_defaults(false);
    if (select r.advanced_from from aquaseed.run r where r.run_id = p_run_id) is not null then
      perform aquaseed._renew_statistics();
      update aquaseed.run r set advanced_from = null where r.run_id = p_run_id;
    end if;
    insert into aquaseed.made_table (run_id, table_name, rows, low_id, high_id)
    select p_run_id, g.table_name, g.rows, r.low_id, r.high_id
    from aquaseed.generated_rows(p_run_id) g
    cross join lateral aquaseed._id_range(g.table_name) r
    on conflict on constraint made_table_pkey do update set rows = excluded.rows;
  end if;
  return v_state;
end
$$;

comment on function aquaseed.finish_run(integer) is
  'Close a run and return its state, done or failed; notes the rows of a done one in aquaseed.made_table.';
