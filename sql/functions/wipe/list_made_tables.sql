-- What wipe would delete, table by table, and what is in its way. rows_made is from the ledger; strangers are rows
-- that the run did not write, or wrote and somebody changed. Then what depends on these tables: tables of any schema
-- with rows that refer to ours, and other objects, for which strangers is 1 and rows_found 0.
-- Counts every row: seconds for tens of millions.
create or replace function aquaseed.list_made_tables(p_run_id integer)
returns table (table_name text, rows_made bigint, rows_found bigint, strangers bigint) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select f.table_name, coalesce(g.rows, 0), r.rows_found, r.strangers
  from (select distinct x.table_name from aquaseed._run_relations() x where x.table_name is not null) f
  left join aquaseed.generated_rows(p_run_id) g on g.table_name = f.table_name
  cross join lateral aquaseed._foreign_rows(p_run_id, f.table_name, coalesce(g.rows, 0)) r
  where g.rows is not null or r.rows_found > 0
  order by f.table_name collate "C";

  return query
  select d.name, 0::bigint, coalesce(d.rows, 0), coalesce(d.rows, 1) from aquaseed._list_dependents() d;
end
$$;

comment on function aquaseed.list_made_tables(integer) is
  'Tables that a run filled: rows it made, rows found, and strangers, which no run made and which keep wipe from its '
  'work.';
