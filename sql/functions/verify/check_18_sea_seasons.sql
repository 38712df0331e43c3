-- 18: by how much, deg C, August or September is warmer than every other calendar month of the sea temperature, or
-- February or March colder, whichever is less, per geography (_sea_months): below 0 another month is. Needs all 12
-- months. The error is that of two months.
create or replace function aquaseed.check_18_sea_seasons()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '18.' || aquaseed._slug(m.geography), case when m.all_months then least(m.warmer, m.colder) end,
         case when m.all_months then 'warmest month ' || m.by_warmth[12] || ', coldest month ' || m.by_warmth[1]
              else 'not all 12 months of the year' end,
         m.standard_error, m.months
  from (
    select x.geography, array_agg(x.month order by x.temperature, x.month) as by_warmth, count(*) = 12 as all_months,
           max(x.temperature) filter (where x.month in (8, 9))
             - max(x.temperature) filter (where x.month not in (8, 9)) as warmer,
           min(x.temperature) filter (where x.month not in (2, 3))
             - min(x.temperature) filter (where x.month in (2, 3)) as colder,
           max(x.spread) * sqrt(2.0 / min(x.years)) as standard_error, max(x.months)::integer as months
    from aquaseed._sea_months() x
    group by x.geography
  ) m
$$;

comment on function aquaseed.check_18_sea_seasons() is
  'Whether the sea is warmest in Aug-Sep and coldest in Feb-Mar, per geography.';
