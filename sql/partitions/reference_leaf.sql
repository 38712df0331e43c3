-- Phase 3: the foreign keys of a leaf, declared but not yet checked. The referenced tables are locked until the end of
-- the transaction, so this comes last in it, and always in the same order: sessions that seal other leaves wait, but
-- not for one another.
create or replace function aquaseed.reference_leaf(p_table text, p_slice integer)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_leaf text := aquaseed.leaf_name(p_table, p_slice);
  v_key record;
  v_keys integer := 0;
begin
  for v_key in
    select c.conname, pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    where c.conrelid = format('public.%I', p_table)::regclass and c.contype = 'f' and c.conparentid = 0
    order by c.confrelid, c.conname
  loop
    execute format('alter table public.%I add constraint %I %s not valid', v_leaf, v_key.conname, v_key.definition);
    v_keys := v_keys + 1;
  end loop;
  return v_keys;
end
$$;

comment on function aquaseed.reference_leaf(text, integer) is
  'Declare the parent''s foreign keys on a leaf without checking the rows that are there. Returns their number.';
