-- Where the rows of a batch of a slice go: the leaf of the slice, or the table itself where it is not partitioned.
create or replace function aquaseed.target_name(p_table text, p_slice integer)
returns text language sql stable parallel safe
set search_path = pg_catalog, pg_temp
return (
  select case when g.partitioned then aquaseed.leaf_name(p_table, p_slice) else p_table end
  from aquaseed.generated_table g where g.table_name = p_table
);

comment on function aquaseed.target_name(text, integer) is
  'Name of the leaf of a slice, or of the table where it is not partitioned.';
