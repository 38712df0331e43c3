-- Sea temperature by calendar month (1 to 12) and geography: mean over the areas of the sample (_sea_temperature)
-- and over the years, of months in which an area has readings on every day.
create or replace function aquaseed._sea_months()
returns table (geography text, month integer, temperature double precision, months bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select m.geography, m.month, avg(m.temperature), count(*)
  from (
    select d.geography, extract(month from x.first_day)::integer as month, avg(d.temperature) as temperature
    from aquaseed._sea_temperature('area') d
    cross join lateral (select date_trunc('month', d.on_date::timestamp)::date as first_day) x
    group by d.geography, d.series_id, x.first_day
    having count(*) = (x.first_day + interval '1 month')::date - x.first_day
  ) m
  group by m.geography, m.month
$$;

comment on function aquaseed._sea_months() is 'Mean sea temperature (deg C) per geography and calendar month, full months only.';
