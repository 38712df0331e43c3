-- Rows of a table and how many of them no unit of the run wrote. A row carries the transaction that wrote it, also
-- frozen or moved by VACUUM FULL. Where a database was restored from a dump the ledger itself does not, nor does that
-- of an earlier version: then the range of ids and the number of rows that the run noted have to do.
create or replace function aquaseed._foreign_rows(
  p_run_id integer, p_table text, p_made bigint, out rows_found bigint, out strangers bigint
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_made aquaseed.made_table;
  v_key text := aquaseed._key_column(p_table);
  v_sources text;
begin
  -- Without children and partitions of others, which may even be foreign tables.
  select string_agg(format('select t.xmin as written_by, %s as id from only %s t',
                           case when v_key is null then 'null::bigint' else format('t.%I::bigint', v_key) end,
                           r.relation::regclass), ' union all ')
  into v_sources
  from aquaseed._run_relations() r
  where r.table_name = p_table and r.fate in ('deleted', 'dropped');
  if v_sources is null then
    rows_found := 0;
    strangers := 0;
    return;
  end if;
  if exists (select from aquaseed.run_step s where s.run_id = p_run_id and s.xmin = any (s.transactions)) then
    execute format(
      'select coalesce(sum(x.n), 0), coalesce(sum(x.n) filter (where not exists (
         select from aquaseed.run_step s cross join lateral unnest(s.transactions) w(written_by)
         where s.run_id = $1 and w.written_by = x.written_by)), 0)
       from (select t.written_by, count(*) as n from (%s) t group by t.written_by) x', v_sources)
    into rows_found, strangers using p_run_id;
  else
    select * into v_made from aquaseed.made_table m where m.run_id = p_run_id and m.table_name = p_table;
    execute format('select count(*), count(*) filter (where t.id < $1 or t.id > $2) from (%s) t', v_sources)
    into rows_found, strangers using v_made.low_id, v_made.high_id;
    strangers := strangers + greatest(0, rows_found - strangers - p_made);
  end if;
end
$$;

comment on function aquaseed._foreign_rows(integer, text, bigint) is
  'Rows of a table that a run fills, and how many of them the run did not write.';
