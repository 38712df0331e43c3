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
  select row_number() over (order by m.no)::integer - 1, h.id, t."offset", coalesce(s.amplitude, 0), coalesce(s.phi, 0),
         coalesce(t.per_year, 0), coalesce(t.treatment, 0), coalesce(t.treatment_tau, 1), coalesce(t.stress, 0),
         coalesce(t.stress_tau, 1), coalesce(t.bloom, 0)
  from jsonb_each(aquaseed.setting_tree('health.sampling.parameters')) p
  join public.health_healthparameter h on h.name = p.key
  join aquaseed.master_row m on m.table_name = 'health_healthparameter' and m.id = h.id
  cross join lateral jsonb_to_record(p.value) t(
    "offset" double precision, season jsonb, per_year double precision, treatment double precision,
    treatment_tau double precision, stress double precision, stress_tau double precision, bloom double precision
  )
  cross join lateral jsonb_populate_record(null::aquaseed.wave, coalesce(t.season, '{}')) s
$$;

comment on function aquaseed._health_parameters() is
  'Health parameters with the terms of their ordinal logit (health.yaml, sampling.parameters); 0 where one has none.';
