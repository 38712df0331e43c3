-- Detaches first: a partition that foreign keys of another partitioned table refer to cannot be dropped as such.
-- Detaching refuses when rows refer to it.
create or replace function aquaseed._drop_partition(p_table text, p_leaf text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from pg_catalog.pg_inherits i
    where i.inhrelid = to_regclass(format('public.%I', p_leaf)) and i.inhparent = format('public.%I', p_table)::regclass
  ) then
    execute format('alter table public.%I detach partition public.%I', p_table, p_leaf);
  end if;
  execute format('drop table if exists public.%I', p_leaf);
end
$$;

comment on function aquaseed._drop_partition(text, text) is
  'Drop a partition by name, attached or not, if it is there.';
