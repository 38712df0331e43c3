-- Every relation that wipe empties, by what becomes of it: rows of plain tables are deleted, partitioned tables stay
-- without the leaves, leaves are dropped, tables of schema aquaseed truncated. Tables of feed stock are filled by
-- containers, not by batches, and so are not among the generated tables.
create or replace function aquaseed._run_relations()
returns table (relation oid, table_name text, fate text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with filled(table_name, partitioned) as (
    select g.table_name, g.partitioned from aquaseed.generated_table g
    union
    select x.table_name, false
    from (
      select t.table_name from aquaseed.filled_tables() t where t.is_generated
      union
      select m.table_name from aquaseed.run r cross join lateral aquaseed.generated_rows(r.run_id) m
    ) x(table_name)
    where not exists (select from aquaseed.generated_table g where g.table_name = x.table_name)
  )
  select c.oid, f.table_name, case when f.partitioned then 'kept' else 'deleted' end
  from filled f join pg_class c on c.oid = to_regclass(format('public.%I', f.table_name))
  union all
  -- Leaves of an unfinished run may not be attached yet.
  select c.oid, f.table_name, 'dropped'
  from filled f
  cross join aquaseed.slice s
  join pg_class c on c.oid = to_regclass(format('public.%I', aquaseed.leaf_name(f.table_name, s.slice)))
  where f.partitioned
  union all
  select i.inhrelid, f.table_name, 'dropped'
  from filled f
  join pg_inherits i on i.inhparent = to_regclass(format('public.%I', f.table_name))
    and i.inhrelid = to_regclass(format('public.%I', f.table_name || '_app'))
  where f.partitioned
  union all
  select to_regclass(format('aquaseed.%I', t.table_name)), null, 'truncated' from aquaseed._generator_tables() t
$$;

comment on function aquaseed._run_relations() is
  'Relations that wipe empties: deleted, kept (partitioned), dropped (leaves), truncated (schema aquaseed).';
