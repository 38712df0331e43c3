-- After an advance: tables and leaves that grew by more than a tenth get new statistics, and every BRIN index learns
-- of the pages that were added. How much they grew is seen from their pages: counters of rows come in late.
create or replace function aquaseed._renew_statistics()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set default_statistics_target = 30
as $$
declare
  v_table record;
begin
  for v_table in
    select c.oid::regclass as name, g.table_name,
           pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::bigint as has_grown
    from aquaseed.generated_table g
    join pg_catalog.pg_class p on p.relnamespace = 'public'::regnamespace and p.relname = g.table_name
    join lateral pg_catalog.pg_partition_tree(p.oid) t on t.isleaf
    join pg_catalog.pg_class c on c.oid = t.relid
    order by c.relname
  loop
    if v_table.has_grown then
      execute format('analyze %s (%s)', v_table.name, aquaseed._analyzed_columns(v_table.table_name));
    end if;
    perform brin_summarize_new_values(i.indexrelid)
    from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    join pg_catalog.pg_am m on m.oid = x.relam and m.amname = 'brin'
    where i.indrelid = v_table.name;
  end loop;
end
$$;

comment on function aquaseed._renew_statistics() is
  'Statistics of generated tables and leaves that grew by more than a tenth; BRIN indexes take in new pages.';
