-- Puts a table that is partitioned by its ids in the place of a large and empty table of AquaMind, as the catalogue
-- describes that: columns, types, defaults, checks, comments, storage, statistics, rights, owner, keys, indexes and the
-- sequence of its ids, all under their names. Foreign keys are the caller's. The table itself is moved to schema
-- aquaseed, where it stays as it was: that is the way back (unadopt), and it says which keys a leaf has that
-- the partitioned table cannot have, since they lack the id (_leaf_keys).
-- Identity columns of partitioned tables are known from PostgreSQL 17 on; before, the default takes the sequence.
create or replace function aquaseed._partition_table(p_table text, p_id_column text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new text := format('public.%I', p_table);
  v_old text := aquaseed.aside_name(p_table);
  v_item record;
  v_comment text;
begin
  perform aquaseed._move_table(p_table, p_id_column, false);
  execute format(
    'create table %s (like %s including comments including compression including constraints including defaults '
    'including generated including statistics including storage) partition by range (%I)', v_new, v_old, p_id_column);
  for v_item in
    select pg_get_userbyid(c.relowner) as owner from pg_class c
    where c.oid = v_old::regclass and c.relowner <> (select n.relowner from pg_class n where n.oid = v_new::regclass)
  loop
    execute format('alter table %s owner to %I', v_new, v_item.owner);
  end loop;
  perform aquaseed._copy_grants(v_old::regclass, v_new::regclass);
  v_comment := obj_description(v_old::regclass, 'pg_class');
  if v_comment is not null then
    execute format('comment on table %s is %L', v_new, v_comment);
  end if;

  for v_item in
    select k.conname as name, pg_get_constraintdef(k.oid) as definition,
           obj_description(k.oid, 'pg_constraint') as remark, obj_description(k.conindid, 'pg_class') as index_remark
    from pg_constraint k
    join pg_attribute a on a.attrelid = k.conrelid and a.attname = p_id_column
    where k.conrelid = v_old::regclass and k.contype in ('p', 'u') and a.attnum = any (k.conkey)
    order by k.contype, k.conname
  loop
    execute format('alter table %s add constraint %I %s', v_new, v_item.name, v_item.definition);
    if v_item.remark is not null then
      execute format('comment on constraint %I on %s is %L', v_item.name, v_new, v_item.remark);
    end if;
    if v_item.index_remark is not null then
      execute format('comment on index public.%I is %L', v_item.name, v_item.index_remark);
    end if;
  end loop;
  for v_item in
    select c.relname as name, substring(pg_get_indexdef(i.indexrelid) from ' USING .*$') as definition, i.indisunique,
           obj_description(c.oid, 'pg_class') as remark
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_attribute a on a.attrelid = i.indrelid and a.attname = p_id_column
    where i.indrelid = v_old::regclass and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
      and (not i.indisunique or a.attnum = any (i.indkey::smallint[]))
    order by c.relname
  loop
    execute format('create %s index %I on %s %s', case when v_item.indisunique then 'unique' end, v_item.name, v_new,
                   v_item.definition);
    if v_item.remark is not null then
      execute format('comment on index public.%I is %L', v_item.name, v_item.remark);
    end if;
  end loop;
  perform aquaseed._copy_sequence(p_table, p_id_column);
  perform aquaseed.create_application_leaf(p_table);
end
$$;

comment on function aquaseed._partition_table(text, text) is
  'Put a partitioned table like it in the place of a large table, which is moved to schema aquaseed.';
