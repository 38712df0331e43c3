-- The state rows of a batch as they stand in their tables. Null where somebody else has changed or deleted one of them,
-- or where that cannot be known: a row carries the transaction that wrote it, and the ledger those of the unit and how
-- many rows it has made; after a restored dump neither is right (_foreign_rows).
create or replace function aquaseed._states_held(p_batch_no integer)
returns aquaseed.made_row[] language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step aquaseed.run_step;
  v_table aquaseed.generated_table;
  v_some aquaseed.made_row[];
  v_are_ours boolean;
  v_rows aquaseed.made_row[] := '{}';
begin
  if not exists (select from aquaseed.run_step s where s.xmin = any (s.transactions)) then
    return null;
  end if;
  select s.* into strict v_step from aquaseed.run_step s
  where s.stage = 'emit' and s.phase = 0 and s.unit_no = p_batch_no;
  for v_table in select g.* from aquaseed.generated_table g where g.is_state order by g.table_name loop
    execute format('select array_agg((%L, t.%I, t::text)::aquaseed.made_row), bool_and(t.xmin = any ($3))
                    from public.%I t where t.%I >= $1 and t.%I < $2',
                   v_table.table_name, v_table.id_column, v_table.table_name, v_table.id_column, v_table.id_column)
    into v_some, v_are_ours
    using p_batch_no * v_table.id_block, (p_batch_no + 1) * v_table.id_block, v_step.transactions;
    if not coalesce(v_are_ours, true)
        or coalesce(cardinality(v_some), 0) <> coalesce((v_step.rows ->> v_table.table_name)::bigint, 0) then
      return null;
    end if;
    v_rows := v_rows || v_some;
  end loop;
  return v_rows;
end
$$;

comment on function aquaseed._states_held(integer) is
  'State rows of a batch as they stand; null where others than the run have changed or deleted some.';
