-- The units that build the keys of plain tables again: phase 1 keys and indexes, largest tables first, 2 all foreign
-- keys as a declaration, 3 each of them checked.
create or replace function aquaseed._list_key_units(p_run_id integer)
returns void language sql
set search_path = pg_catalog, pg_temp
as $$
  insert into aquaseed.run_step (run_id, stage, phase, unit, unit_no, target, slice)
  select p_run_id, k.stage, 1, 'build ' || k.name, k.key_no, 'aquaseed.adopted_key', 0
  from aquaseed.adopted_key k where k.kind <> 'foreign key' and k.stage is not null
  union all
  select distinct p_run_id, k.stage, 2, 'declare foreign keys', 0, 'aquaseed.adopted_key', 0
  from aquaseed.adopted_key k where k.kind = 'foreign key' and k.stage is not null
  union all
  select p_run_id, k.stage, 3, 'validate ' || k.name, k.key_no, 'aquaseed.adopted_key', 0
  from aquaseed.adopted_key k
  where k.kind = 'foreign key' and k.stage is not null and k.definition !~ ' NOT VALID$'
  union all
  select p_run_id, g.sealed_in, 20, 'statistics ' || g.table_name, 0, g.table_name, 0
  from aquaseed.generated_table g
  where g.time_column is not null and not g.partitioned
$$;

comment on function aquaseed._list_key_units(integer) is
  'Write the pending units that build the keys of plain tables into the ledger.';
