-- Fills aquaseed.check_bound from checks.yaml (as JSON). Replaces what was there; results of earlier
-- verifications keep the range they were judged by. Only the owner of the schema loads. For others it says whether
-- these ranges are the loaded ones.
create or replace function aquaseed.load_check_bounds(p_checks jsonb)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows integer;
begin
  if not aquaseed._owns_schema() then
    if not exists (select from aquaseed.ownership o where o.checks = p_checks) then
      raise exception 'other ranges of checks are loaded in database "%", '
        'and only the owner of schema aquaseed may change them',
        current_database()
        using errcode = 'AQ012',
        hint = 'Let the owner load them: aquaseed migrate, with the same --config and --profile.';
    end if;
    return (select count(*) from aquaseed.check_bound);
  end if;
  delete from aquaseed.check_bound;
  insert into aquaseed.check_bound (id, position, check_group, name, low, high, unit, least, standard_errors)
  select c.value ->> 'id', c.position, c.value ->> 'group', c.value ->> 'name',
         (c.value ->> 'low')::double precision, (c.value ->> 'high')::double precision, c.value ->> 'unit',
         coalesce((c.value ->> 'least')::integer,
                  (p_checks #>> array['sampling', 'least', c.value ->> 'unit'])::integer, 0),
         (p_checks #>> '{sampling,standard_errors}')::double precision
  from jsonb_array_elements(p_checks -> 'checks') with ordinality c(value, position);
  get diagnostics v_rows = row_count;
  update aquaseed.ownership set checks = p_checks;
  return v_rows;
end
$$;

comment on function aquaseed.load_check_bounds(jsonb) is
  'Load checks.yaml (as JSON): the range of each metric. Returns their number. Repeatable. From others than the owner '
  'it takes the loaded ranges only.';
