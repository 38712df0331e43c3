-- Mean sea temperature (deg C) of a geography in each month of its history, from the daily series of its areas as
-- _sea_temperature('area') gives them (months with 25 days or more). Areas differ, and not all are there in every
-- month: each is brought to the level of the geography first, by what it differs from the others at the same time
-- (twice, since the first level is of whoever is there).
create or replace function aquaseed._sea_year_months()
returns table (geography text, first_day date, temperature double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with area_month as materialized (
    select d.geography, d.area_id, x.first_day, avg(d.temperature) as temperature
    from aquaseed._sea_temperature('area') d
    cross join lateral (select date_trunc('month', d.on_date::timestamp)::date as first_day) x
    group by d.geography, d.area_id, x.first_day
    having count(*) >= 25
  ),
  apart as (
    select m.*, m.temperature - avg(m.temperature) over (partition by m.geography, m.first_day) as apart
    from area_month m
  ),
  levelled as (
    select a.geography, a.area_id, a.first_day, a.temperature,
           a.temperature - avg(a.apart) over (partition by a.area_id) as level
    from apart a
  ),
  apart_again as (
    select l.*, l.temperature - avg(l.level) over (partition by l.geography, l.first_day) as apart
    from levelled l
  )
  select a.geography, a.first_day, avg(a.level)
  from (
    select x.geography, x.first_day, x.temperature - avg(x.apart) over (partition by x.area_id) as level
    from apart_again x
  ) a
  group by a.geography, a.first_day
$$;

comment on function aquaseed._sea_year_months() is
  'Mean sea temperature (deg C) of a geography in each month of its history, at the level of the geography.';
