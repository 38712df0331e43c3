-- What the laboratory measures in each type of sample, in healthy and in diseased fish.
create or replace function aquaseed._lab_measures()
returns table (
  sample_type text, measure text, measure_no integer, decimals integer, most double precision,
  healthy double precision, healthy_sd double precision, diseased double precision, diseased_sd double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select t.key, m.key, row_number() over (partition by t.key order by m.key collate "C")::integer - 1,
         (m.value ->> 'decimals')::integer, coalesce((m.value ->> 'max')::double precision, 'infinity'),
         (m.value #>> '{healthy,mean}')::double precision, (m.value #>> '{healthy,sd}')::double precision,
         (m.value #>> '{diseased,mean}')::double precision, (m.value #>> '{diseased,sd}')::double precision
  from jsonb_each(aquaseed.setting_tree('health.laboratory.types')) t
  cross join lateral jsonb_each(t.value -> 'measures') m
$$;

comment on function aquaseed._lab_measures() is
  'Measures of each laboratory sample type (health.yaml): mean and standard deviation in healthy and in diseased fish.';
