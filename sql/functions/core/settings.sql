-- A section of config/*.yaml as one of the types of migration 016, whose attributes are its keys:
--   v_noise aquaseed.noise := aquaseed.settings('biology.feeding.appetite', null::aquaseed.noise);
-- Read once into a variable, never per row. Every attribute must be there and hold what its type says: nothing that is
-- missing slips through as null. p_keys: names below the path that may hold dots, such as those of geographies.
create or replace function aquaseed.settings(p_path text, p_type anyelement, variadic p_keys text[] default '{}')
returns anyelement language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tree jsonb := aquaseed.setting_tree(p_path, variadic p_keys);
  v_known jsonb;
  v_read alias for $0;
begin
  -- Texts are refused before they are cast, since a cast would not name the setting.
  select jsonb_object_agg(k.key, v_tree -> k.key) into v_known
  from jsonb_object_keys(to_jsonb(jsonb_populate_record(p_type, '{}'))) k(key);
  if not v_known @? '$.** ? (@.type() == "string" || @.type() == "boolean" || @ == null)' then
    v_read := jsonb_populate_record(p_type, v_known);
    v_known := to_jsonb(v_read);
    if not v_known @? '$.** ? (@ == null)' then
      return v_read;
    end if;
  end if;
  raise exception 'setting % is missing or not a number',
    array_to_string(p_path || p_keys || aquaseed._first_without_number(v_known), '.')
    using errcode = 'AQ002', hint = 'Load the configuration again: aquaseed migrate.';
end
$$;

comment on function aquaseed.settings(text, anyelement, text[]) is
  'A section of the configuration as a type of its keys, for example climate.sea.oxygen as aquaseed.sea_oxygen.';
