-- A part of config/*.yaml as it is. p_keys: names below the path that may hold dots, such as those of geographies.
create or replace function aquaseed.setting_tree(p_path text, variadic p_keys text[] default '{}')
returns jsonb language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_path text[] := string_to_array(p_path, '.') || p_keys;
  v_tree jsonb := (
    select s.tree #> v_path[3:] from aquaseed.setting s where s.path = v_path[1] || '.' || v_path[2]
  );
begin
  if v_tree is null then
    raise exception 'setting % is missing', array_to_string(v_path, '.')
      using errcode = 'AQ002', hint = 'Load the configuration again: aquaseed migrate.';
  end if;
  return v_tree;
end
$$;

comment on function aquaseed.setting_tree(text, text[]) is
  'A part of the configuration as JSON, for example health.journal.texts.';
