-- The units of a run. Phases of a stage follow one another, the units of a phase can run side by side:
-- simulate 0 batches, 1 statistics; settle 0 feed containers, 1 statistics; emit 0 batches, 1 weather of the areas;
-- seal 1 index leaves and declare their foreign keys, 3 to 19 validate and attach them (_seal_phases), 20 statistics of
-- the partitioned tables, sequences; assimilate 0 batches, then 1 to 20 as seal for its own table.
create or replace function aquaseed._list_units(p_run_id integer)
returns void language sql
set search_path = pg_catalog, pg_temp
as $$
  insert into aquaseed.run_step (run_id, stage, phase, unit, unit_no, target, slice)
  select p_run_id, s.stage, 0, b.batch_name, b.batch_no, null, b.slice
  from aquaseed.schedule_batch b cross join (values ('simulate'), ('emit'), ('assimilate')) s(stage)
  where b.days > 0
  union all
  select p_run_id, s.stage, 1, 'statistics', 0, null, 0 from (values ('simulate'), ('settle')) s(stage)
  union all
  select p_run_id, 'settle', 0, f.name, f.feed_container_id, null, 0
  from aquaseed.feed_container f
  where exists (
    select from aquaseed.schedule_container c
    join aquaseed.container k on k.container_id = c.container_id
    join aquaseed.schedule_batch b on b.batch_no = c.batch_no
    where k.feed_container_id = f.feed_container_id and b.days > 0
  )
  union all
  select p_run_id, 'emit', 1, 'weather ' || a.name, a.area_id, null, 0
  from aquaseed.area a
  where a.active
    and exists (select from aquaseed.schedule_batch b where b.days > 0)
  union all
  select p_run_id, g.sealed_in, p.phase, p.task || ' ' || aquaseed.leaf_name(g.table_name, s.slice),
         s.slice, g.table_name, s.slice
  from aquaseed.generated_table g
  cross join aquaseed.slice s
  cross join lateral (
    select 1 as phase, 'index' as task
    union all
    select v.validate, 'validate' from aquaseed._seal_phases(g.table_name) v
  ) p
  where g.partitioned
  union all
  select distinct p_run_id, g.sealed_in, a.attach, 'attach', 0, null, 0
  from aquaseed.generated_table g
  cross join lateral aquaseed._seal_phases(g.table_name) a
  where g.partitioned
  union all
  select p_run_id, g.sealed_in, 20, 'statistics ' || g.table_name, 0, g.table_name, 0
  from aquaseed.generated_table g
  where g.partitioned
  union all
  select p_run_id, 'seal', 20, 'sequences', 0, null, 0
  on conflict do nothing
$$;

comment on function aquaseed._list_units(integer) is
  'Write the units of a run that are not in the ledger into it, pending.';
