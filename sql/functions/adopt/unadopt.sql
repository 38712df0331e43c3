-- The way back: AquaMind's own large tables take their places again. Only without a run, and while they are empty: rows
-- that the application has added since are not ours to move. Schema aquaseed can be dropped after it.
create or replace function aquaseed.unadopt()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mode text := (select o.adopted from aquaseed.ownership o for update);
  v_item record;
begin
  if v_mode is null then
    raise exception 'database "%" was not adopted', current_database() using errcode = 'AQ001';
  elsif exists (select from aquaseed.run) then
    raise exception 'database "%" holds a run', current_database() using errcode = 'AQ004',
      hint = 'Delete it first: aquaseed wipe.';
  end if;
  if v_mode = 'partitioned' then
    perform aquaseed._lock_large_tables();
    for v_item in
      select k.conrelid::regclass::text as table_name, k.conname as name
      from pg_constraint k
      where k.contype = 'f' and k.conparentid = 0 and exists (
        select from aquaseed._large_tables() l where format('public.%I', l.table_name)::regclass = k.confrelid
      )
      order by 1, 2
    loop
      if not exists (
        select from aquaseed.adopted_key k where k.table_name = v_item.table_name and k.name = v_item.name
      ) then
        raise exception 'foreign key % of table % was made after the adoption', v_item.name, v_item.table_name
          using errcode = 'AQ006', hint = 'Nothing was changed. Drop it first, and make it again afterwards.';
      end if;
      execute format('alter table %s drop constraint %I', v_item.table_name, v_item.name);
    end loop;
    for v_item in select * from aquaseed._large_tables() loop
      execute format('drop table public.%I', v_item.table_name);
      perform aquaseed._move_table(v_item.table_name, v_item.id_column, true);
    end loop;
    perform aquaseed._add_adopted_keys(array(select k.key_no from aquaseed.adopted_key k where k.dropped));
  end if;
  if exists (select from aquaseed.adopted_key k where k.dropped and k.stage is not null) then
    raise exception 'keys of the large tables are missing' using errcode = 'AQ006',
      hint = 'Wipe the run first: aquaseed wipe.';
  end if;
  delete from aquaseed.adopted_key;
  delete from aquaseed.adopted_sequence;
  delete from aquaseed.column_value;
  update aquaseed.ownership set adopted = null, adopted_at = null;
  update aquaseed.generated_table set partitioned = time_column is not null;
end
$$;

comment on function aquaseed.unadopt() is
  'Put AquaMind''s own tables back in their places, in an adopted database without a run.';
