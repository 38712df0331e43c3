-- The state rows of a batch as an end of history makes them, which need not be the one they stand at. They are made by
-- the emitters themselves, in place of those that are there, and then undone: nobody sees them, and there is no second
-- way to make them. The keys of AquaMind are checked at the end of a transaction, so that nothing refuses this.
create or replace function aquaseed._states_made(
  p_batch_no integer, p_seed bigint, p_slice integer, p_days integer, p_as_of date
)
returns aquaseed.made_row[] language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table aquaseed.generated_table;
  v_rows aquaseed.made_row[];
begin
  begin
    update aquaseed.schedule_batch b set days = p_days where b.batch_no = p_batch_no;
    for v_table in select g.* from aquaseed.generated_table g where g.is_state order by g.table_name loop
      execute format('delete from public.%I where %I >= $1 and %I < $2', v_table.table_name, v_table.id_column,
                     v_table.id_column)
      using p_batch_no * v_table.id_block, (p_batch_no + 1) * v_table.id_block;
    end loop;
    perform aquaseed._emit_states(p_batch_no, p_as_of, p_seed, p_slice);
    v_rows := (select s.states from aquaseed._read_states(p_batch_no) s);
    raise exception 'undone' using errcode = 'AQ099';
  exception when sqlstate 'AQ099' then
    null;
  end;
  return v_rows;
end
$$;

comment on function aquaseed._states_made(integer, bigint, integer, integer, date) is
  'State rows of a batch as they are made for an end of history; the tables stay as they are.';
