-- A setting from config/*.yaml as a number; a section of them: aquaseed.settings. Read once into a variable, never per
-- row. p_keys: names below the path that may hold dots, such as those of geographies.
create or replace function aquaseed.number(p_path text, variadic p_keys text[] default '{}')
returns double precision language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_path text[] := string_to_array(p_path, '.') || p_keys;
  v_value jsonb := (
    select s.tree #> v_path[3:] from aquaseed.setting s where s.path = v_path[1] || '.' || v_path[2]
  );
begin
  if jsonb_typeof(v_value) is distinct from 'number' then
    raise exception 'setting % is missing or not a number', array_to_string(v_path, '.')
      using errcode = 'AQ002', hint = 'Load the configuration again: aquaseed migrate.';
  end if;
  return v_value::double precision;
end
$$;

comment on function aquaseed.number(text, text[]) is
  'A number of the configuration, for example biology.harvest.fish_per_day.';
