-- The types of lice that a count looks for, in the order of the configuration.
create or replace function aquaseed._lice_types()
returns table (
  type_no integer, lice_type_id bigint, of_caligus boolean, factor double precision, days_ahead integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select k.place::integer - 1, l.id, k.value ->> 'of' = 'caligus', (k.value ->> 'factor')::double precision,
         (k.value ->> 'days_ahead')::integer
  from jsonb_array_elements(aquaseed.setting_tree('health.lice_count.types')) with ordinality k(value, place)
  join public.health_licetype l
    on l.species = k.value ->> 'species' and l.gender = k.value ->> 'gender'
      and l.development_stage = k.value ->> 'stage'
$$;

comment on function aquaseed._lice_types() is
  'Lice types of health.yaml: lice per fish = factor times the adult females days_ahead (or times the Caligus).';
