-- One unit of sealing a plain table: a key or index that was taken off is built again under its name. Foreign keys are
-- declared first, all at once (key 0; the locks are short), and then checked one by one, side by side.
create or replace function aquaseed._build_key(p_stage text, p_phase integer, p_key_no integer)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key aquaseed.adopted_key;
begin
  for v_key in
    select * from aquaseed.adopted_key k
    where k.stage = p_stage and (k.key_no = p_key_no or p_key_no = 0 and k.kind = 'foreign key')
    order by k.key_no
  loop
    if p_phase = 3 and p_key_no > 0 then
      execute format('alter table %s validate constraint %I', v_key.table_name, v_key.name);
      continue;
    end if;
    if v_key.kind = 'index' then
      execute v_key.definition;
    else
      execute format('alter table %s add constraint %I %s%s', v_key.table_name, v_key.name, v_key.definition,
                     case when v_key.kind = 'foreign key' and v_key.definition !~ ' NOT VALID$' then ' not valid' end);
    end if;
    if v_key.remark is not null and v_key.kind = 'index' then
      execute format('comment on index public.%I is %L', v_key.name, v_key.remark);
    elsif v_key.remark is not null then
      execute format('comment on constraint %I on %s is %L', v_key.name, v_key.table_name, v_key.remark);
    end if;
    update aquaseed.adopted_key k set dropped = false where k.key_no = v_key.key_no;
  end loop;
end
$$;

comment on function aquaseed._build_key(text, integer, integer) is
  'Build a key or index of a plain table again, declare its foreign keys (key 0, phase 2) or check one (phase 3).';
