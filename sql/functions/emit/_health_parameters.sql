-- What the scores of each health parameter depend on, in the order of their ids.
create or replace function aquaseed._health_parameters()
returns table (
  parameter_no integer, parameter_id bigint, base double precision, amplitude double precision, phi double precision,
  per_year double precision, treatment double precision, treatment_tau double precision, stress double precision,
  stress_tau double precision, bloom double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select row_number() over (order by h.id)::integer - 1, h.id, s.base, s.amplitude, s.phi, s.per_year, s.treatment,
         s.treatment_tau, s.stress, s.stress_tau, s.bloom
  from public.health_healthparameter h
  join (
    select split_part(x.path, '.', 4) as name,
           max(x.number) filter (where split_part(x.path, '.', 5) = 'offset') as base,
           coalesce(max(x.number) filter (where split_part(x.path, '.', 6) = 'amplitude'), 0) as amplitude,
           coalesce(max(x.number) filter (where split_part(x.path, '.', 6) = 'phi'), 0) as phi,
           coalesce(max(x.number) filter (where split_part(x.path, '.', 5) = 'per_year'), 0) as per_year,
           coalesce(max(x.number) filter (where split_part(x.path, '.', 5) = 'treatment'), 0) as treatment,
           coalesce(max(x.number) filter (where split_part(x.path, '.', 5) = 'treatment_tau'), 1) as treatment_tau,
           coalesce(max(x.number) filter (where split_part(x.path, '.', 5) = 'stress'), 0) as stress,
           coalesce(max(x.number) filter (where split_part(x.path, '.', 5) = 'stress_tau'), 1) as stress_tau,
           coalesce(max(x.number) filter (where split_part(x.path, '.', 5) = 'bloom'), 0) as bloom
    from aquaseed.setting x
    where starts_with(x.path, 'health.sampling.parameters.')
    group by 1
  ) s on s.name = h.name
$$;

comment on function aquaseed._health_parameters() is
  'Health parameters with the terms of their ordinal logit (health.yaml, sampling.parameters); 0 where one has none.';
