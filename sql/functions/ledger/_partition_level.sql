-- Partitioned tables that refer to others of their kind come after them: 0 refers to none, 1 to one of level 0.
create or replace function aquaseed._partition_level(p_table text)
returns integer language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive reach(table_name, level) as (
    select p_table, 0
    union all
    select g.table_name, r.level + 1
    from reach r
    join pg_catalog.pg_constraint c on c.conrelid = format('public.%I', r.table_name)::regclass and c.contype = 'f'
    join aquaseed.generated_table g on g.partitioned and format('public.%I', g.table_name)::regclass = c.confrelid
    where r.level < 9
  )
  select max(level) from reach
$$;

comment on function aquaseed._partition_level(text) is
  'How many partitioned tables must be attached before this one because it refers to them.';
