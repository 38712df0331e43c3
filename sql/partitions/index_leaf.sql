-- Phase 2, once the leaf is full: its id and time range as a CHECK (so that attaching takes no scan and queries
-- skip it), primary key, unique constraints and indexes exactly as its parent has them, statistics.
-- Statistics of a leaf come from 9,000 rows (the whole table has its own, from 30,000), and none of jsonb columns,
-- which are dear to compare: of 847,000 readings in 0.09 s instead of 0.28, of 25,000 daily states in 0.09 s instead of
-- 0.62.
create or replace function aquaseed.index_leaf(p_table text, p_slice integer)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
set default_statistics_target = 30
as $$
declare
  v_leaf text := aquaseed.leaf_name(p_table, p_slice);
  v_parent regclass := format('public.%I', p_table)::regclass;
  v_table aquaseed.generated_table;
  v_slice aquaseed.slice;
  v_reach integer;
  v_range record;
  v_item record;
  v_checks text;
  v_empty text;
begin
  select * into strict v_table from aquaseed.generated_table g where g.table_name = p_table;
  select * into strict v_slice from aquaseed.slice s where s.slice = p_slice;
  -- Projections look ahead: how far does not depend on as_of.
  if v_table.reach_setting is not null then
    v_reach := aquaseed.number(v_table.reach_setting)::integer;
  end if;
  -- The days of the slice's batches, their whole lives, so that an advance only adds rows; where there is room for more
  -- batches the last day is not known. The id and the time are checked in one pass over the rows.
  select min(b.start_date) || ' 00:00:00+00' as first,
         case when max(b.batch_no) < v_slice.last_batch_no then 'infinity'
              else max(b.start_date + coalesce(v_reach, b.life_days)) || ' 00:00:00+00' end as last
  into v_range
  from aquaseed.schedule_batch b
  where b.slice = p_slice;
  v_checks := format('alter table public.%I add constraint %I check (%I >= %s and %I < %s), '
                     'add constraint %I check (%I >= %L and %I < %L)',
                     v_leaf, v_leaf || '_id',
                     v_table.id_column, v_slice.first_batch_no * v_table.id_block,
                     v_table.id_column, (v_slice.last_batch_no + 1) * v_table.id_block,
                     v_leaf || '_time', v_table.time_column, v_range.first, v_table.time_column, v_range.last);
  -- A reference that no row makes is proved empty in the same pass, so that validate_leaf needs no other to find it
  -- valid.
  v_empty := aquaseed._empty_references(v_leaf, v_parent);
  begin
    execute v_checks || v_empty;
  exception when check_violation then
    -- Rows further on do refer, or lie outside, which the second attempt tells.
    execute v_checks;
  end;
  for v_item in
    select pg_get_constraintdef(c.oid) as definition, row_number() over (order by c.contype, c.conname) as n
    from pg_constraint c
    where c.conrelid = v_parent and c.contype in ('p', 'u')
    order by c.contype, c.conname
  loop
    execute format('alter table public.%I add constraint %I %s', v_leaf, v_leaf || '_key' || v_item.n,
                   v_item.definition);
  end loop;
  perform aquaseed._add_leaf_keys(p_table, v_leaf);
  for v_item in
    select substring(pg_get_indexdef(i.indexrelid) from ' USING .*$') as definition, i.indisunique,
           row_number() over (order by i.indexrelid) as n
    from pg_index i
    where i.indrelid = v_parent and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
    order by i.indexrelid
  loop
    execute format('create %s index %I on public.%I %s', case when v_item.indisunique then 'unique' end,
                   v_leaf || '_index' || v_item.n, v_leaf, v_item.definition);
  end loop;
  execute format('analyze public.%I (%s)', v_leaf, aquaseed._analyzed_columns(p_table));
  return '{}';
end
$$;

comment on function aquaseed.index_leaf(text, integer) is
  'Check, key, index and analyze a full leaf as its parent demands.';
