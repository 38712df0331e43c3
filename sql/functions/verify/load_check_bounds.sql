-- Fills aquaseed.check_bound from checks.yaml (as JSON). Replaces what was there; results of earlier
-- verifications keep the range they were judged by.
create or replace function aquaseed.load_check_bounds(p_checks jsonb)
returns integer language plpgsql
set search_path = ''
as $$
declare
  v_rows integer;
begin
  delete from aquaseed.check_bound;
  insert into aquaseed.check_bound (id, position, check_group, name, low, high, unit, least, standard_errors)
  select c.value ->> 'id', c.position, c.value ->> 'group', c.value ->> 'name',
         (c.value ->> 'low')::double precision, (c.value ->> 'high')::double precision, c.value ->> 'unit',
         coalesce((c.value ->> 'least')::integer, (p_checks #>> array['sampling', 'least', c.value ->> 'unit'])::integer, 0),
         (p_checks #>> '{sampling,standard_errors}')::double precision
  from jsonb_array_elements(p_checks -> 'checks') with ordinality c(value, position);
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed.load_check_bounds(jsonb) is
  'Load checks.yaml (as JSON): the range of each metric. Returns their number. Repeatable.';
