-- What wipe would delete, table by table, and what is in its way. rows_made is from the ledger; strangers are rows
-- with other ids, or more rows than the run made. Tables that no run fills appear when their rows refer to
-- generated ones. Counts every row: seconds for tens of millions.
create or replace function aquaseed.list_made_tables(p_run_id integer)
returns table (table_name text, rows_made bigint, rows_found bigint, strangers bigint) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_filled text[] := array(select g.table_name from aquaseed.generated_rows(p_run_id) g);
  v_leaves text[] := array(
    select aquaseed.leaf_name(g.table_name, s.slice)
    from aquaseed.generated_table g cross join aquaseed.slice s
    where g.partitioned
  );
  v_table record;
  v_reference record;
  v_sources text;
  v_low bigint;
  v_high bigint;
  v_key text;
  v_outside bigint;
begin
  for v_table in
    select g.table_name, g.rows, m.low_id, m.high_id, m.table_name is not null as is_noted
    from aquaseed.generated_rows(p_run_id) g
    left join aquaseed.made_table m on m.run_id = p_run_id and m.table_name = g.table_name
    order by g.table_name collate "C"
  loop
    -- Leaves of an unfinished run may not be attached yet.
    select string_agg(format('select t.* from public.%I t', s.name), ' union all ') into v_sources
    from (
      select v_table.table_name as name
      union all
      select aquaseed.leaf_name(g.table_name, s.slice)
      from aquaseed.generated_table g cross join aquaseed.slice s
      where g.table_name = v_table.table_name and g.partitioned
        and exists (
          select from pg_catalog.pg_class c
          where c.oid = to_regclass(format('public.%I', aquaseed.leaf_name(g.table_name, s.slice)))
            and not c.relispartition
        )
    ) s;
    if v_table.is_noted then
      v_low := v_table.low_id;
      v_high := v_table.high_id;
    else
      select r.low_id, r.high_id into v_low, v_high from aquaseed._id_range(v_table.table_name) r;
    end if;
    v_key := aquaseed._key_column(v_table.table_name);
    execute format('select count(*), %s from (%s) t',
                   case when v_key is null or v_low is null then '0::bigint'
                        else format('count(*) filter (where t.%1$I < %2$s or t.%1$I > %3$s)', v_key, v_low, v_high) end,
                   v_sources)
    into rows_found, v_outside;
    table_name := v_table.table_name;
    rows_made := v_table.rows;
    strangers := v_outside + greatest(0, rows_found - v_outside - rows_made);
    return next;
  end loop;

  for v_reference in
    select c.relname, string_agg(distinct format('t.%I is not null', a.attname), ' or ') as condition
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    join pg_catalog.pg_class target on target.oid = k.confrelid
    where target.relname = any (v_filled) and k.contype = 'f' and k.conparentid = 0 and not c.relispartition
      and target.relnamespace = 'public'::regnamespace and c.relnamespace = 'public'::regnamespace
      and c.relname <> all (v_leaves) and c.relname <> all (v_filled)
    group by c.relname
    order by c.relname collate "C"
  loop
    execute format('select count(*) from public.%I t where %s', v_reference.relname, v_reference.condition) into rows_found;
    if rows_found > 0 then
      table_name := v_reference.relname;
      rows_made := 0;
      strangers := rows_found;
      return next;
    end if;
  end loop;
end
$$;

comment on function aquaseed.list_made_tables(integer) is
  'Tables that a run filled: rows it made, rows found, and strangers, which no run made and which keep wipe from its work.';
