-- Phase 4: check every row of a leaf against its foreign keys. Leaves can be checked side by side. A key that refers to
-- a partitioned table has one below it for each of that table's leaves; these are valid with it, and not on their own.
create or replace function aquaseed.validate_leaf(p_table text, p_slice integer)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
set constraint_exclusion = 'on'
as $$
declare
  v_leaf text := aquaseed.leaf_name(p_table, p_slice);
  v_key record;
  v_keys integer := 0;
begin
  for v_key in
    select c.conname from pg_constraint c
    where c.conrelid = format('public.%I', v_leaf)::regclass and c.contype = 'f' and not c.convalidated
      and c.conparentid = 0
    order by c.conname
  loop
    execute format('alter table public.%I validate constraint %I', v_leaf, v_key.conname);
    v_keys := v_keys + 1;
  end loop;
  -- What index_leaf proved of empty references has served: constraint exclusion spared their keys a pass over the rows.
  for v_key in
    select c.conname from pg_constraint c
    where c.conrelid = format('public.%I', v_leaf)::regclass and c.contype = 'c' and starts_with(c.conname, '_empty_')
    order by c.conname
  loop
    execute format('alter table public.%I drop constraint %I', v_leaf, v_key.conname);
  end loop;
  return v_keys;
end
$$;

comment on function aquaseed.validate_leaf(text, integer) is
  'Validate the foreign keys of a leaf. Returns their number.';
