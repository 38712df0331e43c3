-- 17: yearly mean of the sea temperature, deg C: mean of its 12 calendar months, per geography (_sea_months).
-- The weather of a month lasts about two, so that half as many are independent. A few years do not show how much years
-- differ: 0.4 deg C, the middle of what check 50 allows.
create or replace function aquaseed.check_17_sea_mean()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '17.' || aquaseed._slug(m.geography), case when count(*) = 12 then avg(m.temperature) end,
         sum(m.area_months) || ' full months of areas'
           || case when count(*) < 12 then ': not all 12 months of the year' else '' end,
         sqrt(aquaseed._standard_error(max(m.spread), max(m.months) / 2) ^ 2 + 0.4 ^ 2 / (max(m.months) / 12.0)),
         max(m.months)::integer
  from aquaseed._sea_months() m
  group by m.geography
$$;

comment on function aquaseed.check_17_sea_mean() is 'Yearly mean sea temperature per geography, deg C.';
