-- Sea temperature by calendar month (1 to 12) and geography: mean over the areas of the sample (_sea_temperature)
-- and over the years, of months in which an area has readings on 25 days or more. years: in how many the month was
-- seen, that is how many independent values it has, since areas share their weather. spread: standard deviation of a
-- single month from its season (three parameters are fitted), months: how many there are of it in all.
create or replace function aquaseed._sea_months()
returns table (
  geography text, month integer, temperature double precision, area_months bigint, years bigint,
  spread double precision,
  months bigint
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with area_month as materialized (
    select d.geography, d.series_id, x.first_day, avg(d.temperature) as temperature, avg(d.residual) as residual
    from aquaseed._sea_temperature('area') d
    cross join lateral (select date_trunc('month', d.on_date::timestamp)::date as first_day) x
    group by d.geography, d.series_id, x.first_day
    having count(*) >= 25
  ),
  place as (
    select p.geography,
           stddev_samp(p.residual) * sqrt(count(*) / nullif(greatest(count(*) - 3, 0), 0)::double precision) as spread,
           count(*) as months
    from (select m.geography, avg(m.residual) as residual from area_month m group by m.geography, m.first_day) p
    group by p.geography
  )
  select m.geography, x.month, avg(m.temperature), count(*), count(distinct m.first_day), max(p.spread), max(p.months)
  from area_month m
  join place p on p.geography = m.geography
  cross join lateral (select extract(month from m.first_day)::integer as month) x
  group by m.geography, x.month
$$;

comment on function aquaseed._sea_months() is
  'Mean sea temperature (deg C) per geography and calendar month, of months with 25 days or more, and how much single '
  'months differ.';
