-- The parts of master-data.yaml that functions read as settings, next to those of load_settings.
create or replace function aquaseed.load_master_settings(p_master jsonb)
returns bigint language plpgsql
set search_path = ''
as $$
declare
  v_rows bigint;
begin
  delete from aquaseed.setting s where s.path like 'scenario.%' or s.path like 'finance.%';
  insert into aquaseed.setting (path, number, label)
  select f.path,
         case when jsonb_typeof(f.value) = 'number' then (f.value #>> '{}')::double precision end,
         case when jsonb_typeof(f.value) <> 'number' then f.value #>> '{}' end
  from (
    select * from aquaseed._flatten_settings('scenario', p_master -> 'scenario')
    union all
    select * from aquaseed._flatten_settings('finance', p_master -> 'finance')
  ) f;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed.load_master_settings(jsonb) is
  'Load the sections scenario and finance of master-data.yaml (as JSON) as settings. Returns their number. Repeatable.';
