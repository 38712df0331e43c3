-- 16: warmest minus coldest calendar month of the sea temperature, deg C, per geography (_sea_months).
-- Needs all 12 months. The error is that of two months.
create or replace function aquaseed.check_16_sea_range()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '16.' || aquaseed._slug(m.geography), case when count(*) = 12 then max(m.temperature) - min(m.temperature) end,
         sum(m.area_months) || ' full months of areas'
           || case when count(*) < 12 then ': not all 12 months of the year' else '' end,
         max(m.spread) * sqrt(2.0 / min(m.years)), max(m.months)::integer
  from aquaseed._sea_months() m
  group by m.geography
$$;

comment on function aquaseed.check_16_sea_range() is
  'Warmest minus coldest month of the sea temperature per geography, deg C.';
