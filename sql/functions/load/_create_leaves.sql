create or replace function aquaseed._create_leaves(p_from_slice integer)
returns void language sql
set search_path = pg_catalog, pg_temp
as $$
  select aquaseed.create_leaf(g.table_name, s.slice)
  from aquaseed.generated_table g cross join aquaseed.slice s
  where g.partitioned and s.slice >= p_from_slice
  order by g.table_name, s.slice
$$;

comment on function aquaseed._create_leaves(integer) is
  'Create the empty leaves of all partitioned tables for the slices from one on.';
