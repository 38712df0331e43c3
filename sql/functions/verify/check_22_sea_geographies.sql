-- 22: correlation of the daily mean temperatures of an area in one geography and an area in another, raw and as
-- residuals from their yearly harmonics; median over the pairs of the sample (_sea_pairs, area).
-- The pairs share their weather, so the error is that of one pair (_correlation_error): by years in common, not by
-- pairs.
create or replace function aquaseed.check_22_sea_geographies()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select v.id, percentile_cont(0.5) within group (order by v.r),
         case when count(v.r) = 0 then 'no pair with ' || v.least || ' common days'
              else count(v.r) || ' pairs, ' || round(min(v.r)::numeric, 3) || ' to ' || round(max(v.r)::numeric, 3) end,
         aquaseed._correlation_error(percentile_cont(0.5) within group (order by v.r),
                                     max(p.days) filter (where v.r is not null)),
         (max(p.days) filter (where v.r is not null) / 365)::integer
  from (values (1)) one(row)
  left join aquaseed._sea_pairs('area') p on p.geography_1 <> p.geography_2
  cross join lateral (values ('22.raw', 180, p.raw), ('22.residual', 365, p.residual)) v(id, least, r)
  group by v.id, v.least
$$;

comment on function aquaseed.check_22_sea_geographies() is
  'Correlation of sea temperature between an area in one geography and one in another, raw and without the season.';
