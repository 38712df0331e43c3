-- One of the texts of a list in the configuration, evenly by a uniform draw.
create or replace function aquaseed._pick_text(p_u double precision, p_path text, variadic p_keys text[] default '{}')
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_texts jsonb := aquaseed.setting_tree(p_path, variadic p_keys);
begin
  if jsonb_typeof(v_texts) <> 'array' or v_texts = '[]' then
    raise exception 'setting % is not a list of texts', array_to_string(p_path || p_keys, '.')
      using errcode = 'AQ002', hint = 'Load the configuration again: aquaseed migrate.';
  end if;
  return v_texts ->> floor(p_u * jsonb_array_length(v_texts))::integer;
end
$$;

comment on function aquaseed._pick_text(double precision, text, text[]) is
  'One of the texts of a list of the configuration, for example health.journal.texts.adult, by a draw u in [0, 1).';
