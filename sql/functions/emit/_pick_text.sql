-- One of the texts of a list in the configuration, evenly by a uniform draw.
create or replace function aquaseed._pick_text(p_path text, p_u double precision)
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_texts text[] := (
    select array_agg(s.label order by split_part(s.path, '.', 1 + cardinality(string_to_array(p_path, '.')))::integer)
    from aquaseed.setting s
    where starts_with(s.path, p_path || '.')
  );
begin
  if v_texts is null then
    raise exception 'setting % is missing or not a list of texts', p_path
      using errcode = 'AQ002', hint = 'Load the configuration again: aquaseed migrate.';
  end if;
  return v_texts[1 + floor(p_u * cardinality(v_texts))::integer];
end
$$;

comment on function aquaseed._pick_text(text, double precision) is
  'One of the texts of a list of the configuration, for example health.journal.texts.adult, by a draw u in [0, 1).';
