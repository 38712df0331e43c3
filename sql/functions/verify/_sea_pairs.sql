-- Correlation of the daily mean sea temperatures of two rings or areas (p_by as in _sea_temperature) over the dates
-- that both have, from 180 common days. Of the residuals of two areas from 365: what areas share and do not share
-- has a time constant of 30 to 60 days, and half a year holds too little of it to judge by.
create or replace function aquaseed._sea_pairs(p_by text)
returns table (
  geography_1 text, geography_2 text, area_1 bigint, area_2 bigint, days bigint, raw double precision,
  residual double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with series as materialized (
    select * from aquaseed._sea_temperature(p_by)
  )
  select a.geography, b.geography, a.area_id, b.area_id, count(*), corr(a.temperature, b.temperature),
         case when p_by = 'ring' or count(*) >= 365 then corr(a.residual, b.residual) end
  from series a
  join series b on b.on_date = a.on_date and b.series_id > a.series_id
  group by a.geography, b.geography, a.area_id, b.area_id, a.series_id, b.series_id
  having count(*) >= 180
$$;

comment on function aquaseed._sea_pairs(text) is
  'Correlation of daily sea temperatures of every two rings (ring) or areas (area) of the sample, raw and without the '
  'season.';
