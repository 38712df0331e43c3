-- Deletes what the run of this database made: the rows it wrote, the leaves of partitioned tables, the ledger and the
-- truth. Infrastructure and master data stay, but in AquaMind's own database, which is left as it was adopted. One
-- transaction; refuses (AQ006) when there is anything of others in its way. In psql: select * from
-- aquaseed.list_made_tables(1); then select * from aquaseed.wipe('DELETE'); Looks twice: without locks, so that a
-- refusal keeps nobody waiting, and again when nobody can add anything any more.
create or replace function aquaseed.wipe(p_confirm text)
returns table (table_name text, rows bigint) language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id integer := (select r.run_id from aquaseed.run r);
  v_lock_timeout text := current_setting('lock_timeout');
  v_tables text[];
  v_rows bigint[];
  v_item record;
begin
  if p_confirm is distinct from 'DELETE' then
    raise exception 'wipe deletes all generated rows: call it with DELETE' using errcode = 'AQ009',
      hint = 'select * from aquaseed.list_made_tables(1) shows what it deletes.';
  end if;
  if not pg_try_advisory_xact_lock(aquaseed._run_lock()) then
    raise exception 'somebody is generating into this database' using errcode = 'AQ007';
  end if;
  if v_run_id is null then
    return;
  end if;
  -- With a snapshot from before the locks the second look would not see what came in between.
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'wipe works in a transaction of isolation level read committed only' using errcode = 'AQ009',
      hint = 'begin isolation level read committed; select * from aquaseed.wipe(''DELETE''); commit;';
  end if;
  perform aquaseed._list_wiped(v_run_id);
  begin
    perform set_config('lock_timeout', '10s', true);
    for v_item in
      select r.relation::regclass as name from aquaseed._run_relations() r
      where r.fate <> 'truncated'
      order by r.table_name, r.relation
    loop
      execute format('lock table only %s in access exclusive mode', v_item.name);
    end loop;
    perform set_config('lock_timeout', v_lock_timeout, true);
  exception when lock_not_available then
    raise exception 'other sessions are using the generated tables: nothing was deleted' using errcode = 'AQ007',
      hint = 'Try again when they have ended: select * from pg_stat_activity;';
  end;
  select array_agg(w.table_name), array_agg(w.rows) into v_tables, v_rows from aquaseed._list_wiped(v_run_id) w;

  -- Leaves of tables that refer to others go first; every registered table has leaves, also those without rows.
  for v_item in
    select r.table_name, c.relname as leaf
    from aquaseed._run_relations() r
    join pg_class c on c.oid = r.relation
    where r.fate = 'dropped'
    order by aquaseed._partition_level(r.table_name) desc, r.table_name, c.relname
  loop
    perform aquaseed._drop_partition(v_item.table_name, v_item.leaf);
  end loop;
  set constraints all deferred;
  for v_item in
    select r.relation::regclass as name from aquaseed._run_relations() r where r.fate = 'deleted' order by r.table_name
  loop
    execute format('delete from only %s', v_item.name);
  end loop;
  if not aquaseed.is_adopted() then
    set constraints all immediate;
  end if;
  -- As before the run; a sequence of another table is no business of ours.
  perform setval(s.sequence::regclass, 1, false)
  from aquaseed.list_sequences() s
  where exists (select from aquaseed._run_relations() r where r.table_name = s.table_name);
  if aquaseed.is_adopted() then
    perform aquaseed._give_defaults(false);
    perform aquaseed._build_key(k.stage, p.phase, k.key_no)
    from aquaseed.adopted_key k
    cross join lateral (
      select case when k.kind = 'foreign key' then 2 else 1 end as phase
      union
      select 3 where k.kind = 'foreign key' and k.definition !~ ' NOT VALID$'
    ) p
    where k.dropped and k.stage is not null
    order by k.kind = 'foreign key', p.phase, k.key_no;
    perform aquaseed.create_application_leaf(g.table_name) from aquaseed.generated_table g where g.partitioned;
    perform aquaseed._delete_loaded();
  end if;
  execute (
    select 'truncate ' || string_agg(format('aquaseed.%I', t.table_name), ', ')
    from aquaseed._generator_tables() t
  );
  return query select * from unnest(v_tables, v_rows);
end
$$;

comment on function aquaseed.wipe(text) is
  'Delete what the run made, if called with DELETE; infrastructure and master data stay. Returns the rows deleted per '
  'table.';
