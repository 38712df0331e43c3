-- 51.unproven: foreign keys of AquaMind's tables and their leaves that are not validated; in AquaMind's own database of
--   the tables that we fill.
-- 51.detached: leaves of generated tables (one per table and slice) that are missing or not attached, so that the
--   parent's keys would not cover them.
create or replace function aquaseed.check_51_foreign_keys()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '51.unproven', count(*) filter (where not c.convalidated),
         count(*) || ' foreign keys'
           || coalesce(', first ' || min(c.conname::text) filter (where not c.convalidated), '')
  from pg_catalog.pg_constraint c
  where c.contype = 'f' and c.connamespace = 'public'::regnamespace and (not aquaseed.is_adopted() or exists (
    select from aquaseed.filled_tables() f
    where to_regclass(format('public.%I', f.table_name))
      = coalesce((select i.inhparent from pg_catalog.pg_inherits i where i.inhrelid = c.conrelid), c.conrelid)
  ))
  union all
  select '51.detached', count(*) filter (where i.inhrelid is null),
         count(*) || ' leaves' || coalesce(', first ' || min(n.leaf) filter (where i.inhrelid is null), '')
  from aquaseed.generated_table g
  cross join aquaseed.slice s
  cross join lateral (select aquaseed.leaf_name(g.table_name, s.slice) as leaf) n
  left join pg_catalog.pg_inherits i
    on i.inhrelid = to_regclass(format('public.%I', n.leaf))
      and i.inhparent = to_regclass(format('public.%I', g.table_name))
  where g.partitioned
$$;

comment on function aquaseed.check_51_foreign_keys() is 'Foreign keys not validated and leaves not attached.';
