-- What the laboratory measures in each type of sample, in healthy and in diseased fish.
create or replace function aquaseed._lab_measures()
returns table (
  sample_type text, measure text, measure_no integer, decimals integer, most double precision,
  healthy double precision, healthy_sd double precision, diseased double precision, diseased_sd double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select m.sample_type, m.measure,
         row_number() over (partition by m.sample_type order by m.measure collate "C")::integer - 1,
         m.decimals, m.most, m.healthy, m.healthy_sd, m.diseased, m.diseased_sd
  from (
    select split_part(s.path, '.', 4) as sample_type, split_part(s.path, '.', 6) as measure,
           (max(s.number) filter (where split_part(s.path, '.', 7) = 'decimals'))::integer as decimals,
           coalesce(max(s.number) filter (where split_part(s.path, '.', 7) = 'max'), 'infinity') as most,
           max(s.number) filter (where s.path like '%.healthy.mean') as healthy,
           max(s.number) filter (where s.path like '%.healthy.sd') as healthy_sd,
           max(s.number) filter (where s.path like '%.diseased.mean') as diseased,
           max(s.number) filter (where s.path like '%.diseased.sd') as diseased_sd
    from aquaseed.setting s
    where starts_with(s.path, 'health.laboratory.types.') and split_part(s.path, '.', 5) = 'measures'
    group by 1, 2
  ) m
$$;

comment on function aquaseed._lab_measures() is
  'Measures of each laboratory sample type (health.yaml): mean and standard deviation in healthy and in diseased fish.';
