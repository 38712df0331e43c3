-- Puts constraints back that were noted and taken off (aquaseed.adopted_key), under their names, by their numbers.
create or replace function aquaseed._add_adopted_keys(p_keys integer[])
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item record;
begin
  for v_item in select * from aquaseed.adopted_key k where k.key_no = any (p_keys) order by k.key_no loop
    execute format('alter table %s add constraint %I %s', v_item.table_name, v_item.name, v_item.definition);
    if v_item.remark is not null then
      execute format('comment on constraint %I on %s is %L', v_item.name, v_item.table_name, v_item.remark);
    end if;
  end loop;
end
$$;

comment on function aquaseed._add_adopted_keys(integer[]) is 'Add foreign keys again that adopting took off.';
