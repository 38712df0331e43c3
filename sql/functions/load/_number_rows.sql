-- A list of the configuration as rows: p_extra fills what an entry does not say, and the place in the
-- list becomes the id.
create or replace function aquaseed._number_rows(p_list jsonb, p_id_column text, p_extra jsonb)
returns jsonb
language sql
immutable parallel safe
return (
  select jsonb_agg(p_extra || e.doc || jsonb_build_object(p_id_column, e.n) order by e.n)
  from jsonb_array_elements(p_list) with ordinality as e (doc, n)
);

comment on function aquaseed._number_rows(jsonb, text, jsonb) is
  'Turns a list of the configuration into rows with ids.';
