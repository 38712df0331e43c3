-- Phase 1: the leaf of a slice, an ordinary table like its parent but without keys, indexes or foreign keys,
-- filled directly by name. What it lacks it gets once it is full: index_leaf, reference_leaf, attach_leaf.
create or replace function aquaseed.create_leaf(p_table text, p_slice integer)
returns text language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_leaf text := aquaseed.leaf_name(p_table, p_slice);
begin
  execute format('create table public.%I (like public.%I including defaults including constraints)', v_leaf, p_table);
  return v_leaf;
end
$$;

comment on function aquaseed.create_leaf(text, integer) is
  'Create the empty, detached leaf of a slice. Returns its name.';
