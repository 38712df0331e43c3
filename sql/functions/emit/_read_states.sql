-- The state rows of a batch as they stand in their tables, and whether the transactions of p_writers wrote all of them.
create or replace function aquaseed._read_states(
  p_batch_no integer, p_writers xid[] default null, out states aquaseed.made_row[], out are_theirs boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table aquaseed.generated_table;
  v_some aquaseed.made_row[];
  v_are_theirs boolean;
begin
  states := '{}';
  are_theirs := true;
  for v_table in select g.* from aquaseed.generated_table g where g.is_state order by g.table_name loop
    execute format('select array_agg((%1$L, t.%2$I, t::text)::aquaseed.made_row), bool_and(t.xmin = any ($3))
                    from public.%1$I t where t.%2$I >= $1 and t.%2$I < $2', v_table.table_name, v_table.id_column)
    into v_some, v_are_theirs
    using p_batch_no * v_table.id_block, (p_batch_no + 1) * v_table.id_block, p_writers;
    states := states || v_some;
    are_theirs := are_theirs and coalesce(v_are_theirs, v_some is null);
  end loop;
end
$$;

comment on function aquaseed._read_states(integer, xid[]) is
  'State rows of a batch as they stand, and whether some transactions wrote all of them.';
