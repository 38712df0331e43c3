-- Takes over a database that AquaMind's migrations made, after sql/install/check_adoption.sql has looked at it: notes
-- where its sequences stand, and the values that columns get which we do not know; partitions its large tables, or
-- leaves them as they are (p_mode plain: then a run takes their keys off and builds them again, _strip_table).
-- One transaction. Repeatable.
-- p_values: columns of config/aquamind.yaml, {table: {column: value}}.
create or replace function aquaseed.adopt(p_mode text, p_values jsonb)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mode text;
  v_done timestamptz;
  v_item record;
begin
  select o.adopted, o.adopted_at into v_mode, v_done from aquaseed.ownership o for update;
  if v_done is not null and v_mode <> p_mode then
    raise exception 'database "%" was adopted % before, and it stays so', current_database(), v_mode
      using errcode = 'AQ001', hint = 'Take it back first: aquaseed migrate --unadopt.';
  elsif v_done is not null then
    return;
  elsif to_regclass('public.django_migrations') is null or exists (
    select from pg_class c where c.oid = 'public.environmental_environmentalreading'::regclass and c.relkind = 'p'
  ) then
    raise exception 'database "%" is our own: there is nothing to adopt', current_database()
      using errcode = 'AQ001', hint = 'Leave --adopt out.';
  end if;

  insert into aquaseed.adopted_sequence (sequence, last_value, is_called)
  select s.sequence, x.last_value, x.is_called
  from aquaseed.list_sequences() s
  cross join lateral aquaseed._sequence_state(s.sequence::regclass) x;
  insert into aquaseed.column_value (table_name, column_name, value)
  select t.key, c.key, c.value
  from jsonb_each(p_values) t
  cross join lateral jsonb_each(t.value) c
  -- One that has a default gets its own.
  join pg_attribute a
    on a.attrelid = to_regclass(format('public.%I', t.key)) and a.attname = c.key and not a.atthasdef
      and a.attidentity = '';
  update aquaseed.ownership set adopted = p_mode, adopted_at = clock_timestamp();
  if p_mode = 'plain' then
    update aquaseed.generated_table set partitioned = false where partitioned;
    return;
  end if;

  perform aquaseed._lock_large_tables();
  -- Foreign keys from and to the large tables, which the new tables get, too.
  insert into aquaseed.adopted_key (key_no, table_name, kind, name, definition, remark, dropped)
  select row_number() over (order by k.conrelid::regclass::text collate "C", k.conname), k.conrelid::regclass::text,
         'foreign key', k.conname, pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint'),
         exists (select from aquaseed._large_tables() l where format('public.%I', l.table_name)::regclass = k.confrelid)
  from pg_constraint k
  where k.contype = 'f' and k.conparentid = 0 and exists (
    select from aquaseed._large_tables() l
    where format('public.%I', l.table_name)::regclass in (k.conrelid, k.confrelid)
  );
  for v_item in select * from aquaseed.adopted_key k where k.dropped order by k.key_no loop
    execute format('alter table %s drop constraint %I', v_item.table_name, v_item.name);
  end loop;
  for v_item in select * from aquaseed._large_tables() loop
    perform aquaseed._partition_table(v_item.table_name, v_item.id_column);
  end loop;
  perform aquaseed._add_adopted_keys(array(select k.key_no from aquaseed.adopted_key k));
end
$$;

comment on function aquaseed.adopt(text, jsonb) is
  'Take over a database that AquaMind made: partitioned or plain; values of columns that the generator does not know.';
