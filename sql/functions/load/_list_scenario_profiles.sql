-- The temperature profiles of the scenario planner: one per geography that has a sea climate and season
-- in which the eggs arrive, in the order of the geographies and of the configuration.
create or replace function aquaseed._list_scenario_profiles(p_master jsonb, p_climate jsonb)
returns table (
  profile_no bigint,
  profile_name text,
  geography text,
  release_period text,
  start_doy integer,
  sites jsonb
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    row_number() over (order by m.no, s.n),
    g.name || ', ' || (s.doc ->> 'name'),
    g.name,
    s.doc ->> 'release_period',
    (s.doc ->> 'start_doy')::integer,
    c.doc -> 'sites'
  from aquaseed.master_row m
  join public.infrastructure_geography g on g.id = m.id
  join jsonb_each(p_climate #> '{sea,geographies}') as c (name, doc) on c.name = g.name
  cross join jsonb_array_elements(p_master #> '{scenario,seasons}') with ordinality as s (doc, n)
  where m.table_name = 'infrastructure_geography'
  order by 1;
$$;

comment on function aquaseed._list_scenario_profiles(jsonb, jsonb) is
  'The temperature profiles of the scenario planner.';
