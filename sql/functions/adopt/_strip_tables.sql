-- Takes the keys and indexes off the large tables of AquaMind's own database that stay plain, so that they are filled
-- as fast as leaves are: notes them (aquaseed.adopted_key), foreign keys of other tables to them included, and drops
-- them. Units of the sealing stages build them again (_build_key), whatever happens in between.
create or replace function aquaseed._strip_tables()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key record;
begin
  -- Places that were loaded in this transaction are still to be checked, which keeps their tables from being altered.
  set constraints all immediate;
  perform aquaseed._lock_large_tables();
  delete from aquaseed.adopted_key;
  insert into aquaseed.adopted_key (key_no, table_name, kind, name, definition, remark, dropped, stage)
  select row_number() over (order by x.stage desc, x.kind, x.table_name collate "C", x.name), x.table_name, x.kind,
         x.name, x.definition, x.remark, true, x.stage
  from (
    select k.conrelid::regclass::text as table_name,
           case k.contype when 'f' then 'foreign key' else 'constraint' end as kind, k.conname::text as name,
           pg_get_constraintdef(k.oid) as definition, obj_description(k.oid, 'pg_constraint') as remark,
           min(g.sealed_in) as stage
    from pg_constraint k
    join aquaseed.generated_table g
      on g.time_column is not null and format('public.%I', g.table_name)::regclass in (k.conrelid, k.confrelid)
    where k.contype in ('p', 'u', 'x')
       or k.contype = 'f' and k.conparentid = 0
    group by k.oid
    union all
    select i.indrelid::regclass::text, 'index', c.relname, pg_get_indexdef(i.indexrelid),
           obj_description(c.oid, 'pg_class'), g.sealed_in
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join aquaseed.generated_table g
      on g.time_column is not null and format('public.%I', g.table_name)::regclass = i.indrelid
    where not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  ) x;
  for v_key in
    select k.*, c.relnamespace::regnamespace as schema
    from aquaseed.adopted_key k
    join pg_class c on c.oid = k.table_name::regclass
    order by k.kind = 'foreign key' desc, k.key_no
  loop
    if v_key.kind = 'index' then
      execute format('drop index %I.%I', v_key.schema, v_key.name);
    else
      execute format('alter table %s drop constraint %I', v_key.table_name, v_key.name);
    end if;
  end loop;
end
$$;

comment on function aquaseed._strip_tables() is
  'Note and drop the keys and indexes of the large tables of an adopted database that stay plain.';
