-- Phase 5: the finished leaf becomes a partition. Its CHECK, keys and indexes match the parent's, so nothing is
-- scanned or built: about 1 ms.
create or replace function aquaseed.attach_leaf(p_table text, p_slice integer)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_leaf text := aquaseed.leaf_name(p_table, p_slice);
  v_block bigint := aquaseed.id_block(p_table);
  v_slice aquaseed.slice;
begin
  select * into strict v_slice from aquaseed.slice s where s.slice = p_slice;
  execute format('alter table public.%I attach partition public.%I for values from (%s) to (%s)', p_table, v_leaf,
                 v_slice.first_batch_no * v_block, (v_slice.last_batch_no + 1) * v_block);
end
$$;

comment on function aquaseed.attach_leaf(text, integer) is
  'Attach a finished leaf to its parent for the ids of its slice.';
