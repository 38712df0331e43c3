-- The types of lice that a count looks for, in the order of the configuration.
create or replace function aquaseed._lice_types()
returns table (
  type_no integer, lice_type_id bigint, of_caligus boolean, factor double precision, days_ahead integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select k.type_no, l.id, k.source = 'caligus', k.factor, k.days_ahead
  from (
    select split_part(s.path, '.', 4)::integer as type_no,
           max(s.label) filter (where split_part(s.path, '.', 5) = 'species') as species,
           max(s.label) filter (where split_part(s.path, '.', 5) = 'gender') as gender,
           max(s.label) filter (where split_part(s.path, '.', 5) = 'stage') as stage,
           max(s.label) filter (where split_part(s.path, '.', 5) = 'of') as source,
           max(s.number) filter (where split_part(s.path, '.', 5) = 'factor') as factor,
           (max(s.number) filter (where split_part(s.path, '.', 5) = 'days_ahead'))::integer as days_ahead
    from aquaseed.setting s
    where starts_with(s.path, 'health.lice_count.types.')
    group by 1
  ) k
  join public.health_licetype l
    on l.species = k.species and l.gender = k.gender and l.development_stage = k.stage
$$;

comment on function aquaseed._lice_types() is
  'Lice types of health.yaml: number in the list, AquaMind''s id, lice per fish = factor times the adult females days_ahead (or times the Caligus).';
