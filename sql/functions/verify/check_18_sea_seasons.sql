-- 18: 1 when the warmest calendar month of the sea temperature is August or September and the coldest February or
-- March, else 0, per geography (_sea_months).
create or replace function aquaseed.check_18_sea_seasons()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '18.' || aquaseed._slug(m.geography),
         case when m.all_months then (m.by_warmth[12] in (8, 9) and m.by_warmth[1] in (2, 3))::integer end,
         case when m.all_months then 'warmest month ' || m.by_warmth[12] || ', coldest month ' || m.by_warmth[1]
              else 'not all 12 months of the year' end
  from (
    select x.geography, array_agg(x.month order by x.temperature, x.month) as by_warmth, count(*) = 12 as all_months
    from aquaseed._sea_months() x
    group by x.geography
  ) m
$$;

comment on function aquaseed.check_18_sea_seasons() is 'Whether the sea is warmest in Aug-Sep and coldest in Feb-Mar, per geography.';
