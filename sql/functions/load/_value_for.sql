-- A number of the configuration that may be one for all or a map by geography.
create or replace function aquaseed._value_for(p_value jsonb, p_geography text)
returns numeric
language sql
immutable parallel safe
return (case jsonb_typeof(p_value) when 'object' then p_value ->> p_geography else p_value #>> '{}' end)::numeric;

comment on function aquaseed._value_for(jsonb, text) is
  'A number of the configuration, for one geography.';
