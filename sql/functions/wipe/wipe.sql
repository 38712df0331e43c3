-- Deletes what the run of this database made: rows by the ids that lie in its blocks, the leaves of partitioned
-- tables, the ledger and the truth. Infrastructure and master data stay. One transaction; refuses (AQ006) when
-- there are rows that no run made. In psql: select * from aquaseed.list_made_tables(1); then
-- select * from aquaseed.wipe('DELETE');
create or replace function aquaseed.wipe(p_confirm text)
returns table (table_name text, rows bigint) language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id integer := (select r.run_id from aquaseed.run r);
  v_made record;
  v_list record;
  v_strangers text;
begin
  if p_confirm is distinct from 'DELETE' then
    raise exception 'wipe deletes all generated rows: call it with DELETE' using errcode = 'AQ009',
      hint = 'select * from aquaseed.list_made_tables(1) shows what it deletes.';
  end if;
  if not pg_catalog.pg_try_advisory_xact_lock(aquaseed._run_lock()) then
    raise exception 'somebody is generating into this database' using errcode = 'AQ007';
  end if;
  if v_run_id is null then
    return;
  end if;
  -- Nobody writes to these tables between the counting and the deleting.
  execute (
    select 'lock table ' || string_agg(format('public.%I', g.table_name), ', ' order by g.table_name) || ' in exclusive mode'
    from aquaseed.generated_rows(v_run_id) g
  );
  create temporary table made on commit drop as
  select m.table_name, m.rows_found, m.strangers, coalesce(k.low_id, r.low_id) as low_id,
         coalesce(k.high_id, r.high_id) as high_id, aquaseed._key_column(m.table_name) as key_column,
         coalesce(g.partitioned, false) as partitioned
  from aquaseed.list_made_tables(v_run_id) m
  cross join lateral aquaseed._id_range(m.table_name) r
  left join aquaseed.made_table k on k.run_id = v_run_id and k.table_name = m.table_name
  left join aquaseed.generated_table g on g.table_name = m.table_name;
  select string_agg(format('%s (%s)', m.table_name, m.strangers), ', ' order by m.table_name) into v_strangers
  from pg_temp.made m where m.strangers > 0;
  if v_strangers is not null then
    raise exception 'there are rows that no run made: %', v_strangers using errcode = 'AQ006',
      hint = 'Nothing was deleted. Delete or move these rows first, or drop the whole database.';
  end if;

  -- Leaves of tables that refer to others go first; every registered table has leaves, also those without rows.
  for v_list in
    select g.table_name from aquaseed.generated_table g
    where g.partitioned
    order by aquaseed._partition_level(g.table_name) desc, g.table_name
  loop
    perform aquaseed.drop_leaf(v_list.table_name, s.slice) from aquaseed.slice s order by s.slice;
    perform aquaseed._drop_partition(v_list.table_name, v_list.table_name || '_app');
  end loop;
  set constraints all deferred;
  for v_made in select * from pg_temp.made m order by m.table_name loop
    if not v_made.partitioned then
      execute format('delete from public.%I t', v_made.table_name)
        || case when v_made.key_column is not null and v_made.low_id is not null
           then format(' where t.%I between %s and %s', v_made.key_column, v_made.low_id, v_made.high_id) else '' end;
    end if;
    table_name := v_made.table_name;
    rows := v_made.rows_found;
    return next;
  end loop;
  set constraints all immediate;
  execute (
    select 'truncate ' || string_agg(format('aquaseed.%I', t.table_name), ', ')
    from aquaseed._generator_tables() t
  );
  perform aquaseed.set_sequences();
  drop table pg_temp.made;
end
$$;

comment on function aquaseed.wipe(text) is
  'Delete what the run made, if called with DELETE; infrastructure and master data stay. Returns the rows deleted per table.';
