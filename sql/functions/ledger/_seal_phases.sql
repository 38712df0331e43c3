-- Attaching takes locks that let only one session attach at a time, so it goes on beside the validation of other
-- leaves. Of the tables that refer to none of their kind, those that others refer to come first: validated in phase 3,
-- attached in 4 beside the validation of those that nobody refers to, the largest. These are attached in 5 beside the
-- validation of the tables of level 1 (aquaseed._partition_level), and so on.
create or replace function aquaseed._seal_phases(p_table text, out validate smallint, out attach smallint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when l.level = 0 and not r.is_referenced then 4 else 3 + 2 * l.level end,
         case when r.is_referenced then 4 else 5 end + 2 * l.level
  from (select aquaseed._partition_level(p_table) as level) l
  cross join lateral (
    select exists (
      select from pg_catalog.pg_constraint c
      join aquaseed.generated_table g on g.partitioned and format('public.%I', g.table_name)::regclass = c.conrelid
      where c.contype = 'f' and c.confrelid = format('public.%I', p_table)::regclass
    ) as is_referenced
  ) r
$$;

comment on function aquaseed._seal_phases(text) is
  'The phases of a sealing stage in which the leaves of a partitioned table are validated and attached.';
