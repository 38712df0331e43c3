-- The state rows of a batch as they stand in their tables. Null where somebody else has changed or deleted one of them,
-- or where that cannot be known: a row carries the transaction that wrote it, and the ledger those of the unit and how
-- many rows it has made; after a restored dump neither is right (_foreign_rows).
create or replace function aquaseed._states_held(p_batch_no integer)
returns aquaseed.made_row[] language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select r.states
  from aquaseed.run_step s
  cross join lateral aquaseed._read_states(p_batch_no, s.transactions) r
  where s.stage = 'emit' and s.phase = 0 and s.unit_no = p_batch_no and r.are_theirs
    and exists (select from aquaseed.run_step x where x.xmin = any (x.transactions))
    and not exists (
      select from aquaseed.generated_table g
      where g.is_state and coalesce((s.rows ->> g.table_name)::bigint, 0)
        <> (select count(*) from unnest(r.states) t where t.table_name = g.table_name))
$$;

comment on function aquaseed._states_held(integer) is
  'State rows of a batch as they stand; null where others than the run have changed or deleted some.';
