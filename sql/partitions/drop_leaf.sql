-- The way back: a slice is replaced by dropping its leaf and filling it again.
create or replace function aquaseed.drop_leaf(p_table text, p_slice integer)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform aquaseed._drop_partition(p_table, aquaseed.leaf_name(p_table, p_slice));
end
$$;

comment on function aquaseed.drop_leaf(text, integer) is 'Drop the leaf of a slice, attached or not, with its rows.';
