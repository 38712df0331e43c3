-- 20: correlation of the daily mean temperatures of two rings of one area, raw and as residuals from their yearly
-- harmonics; median over the pairs of the sample (_sea_pairs, ring).
create or replace function aquaseed.check_20_sea_rings()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select v.id, percentile_cont(0.5) within group (order by v.r),
         case when count(v.r) = 0 then 'no pair with 180 common days'
              else count(v.r) || ' pairs, ' || round(min(v.r)::numeric, 3) || ' to ' || round(max(v.r)::numeric, 3) end,
         aquaseed._standard_error(stddev_samp(v.r), count(distinct p.area_1), true), count(distinct p.area_1)::integer
  from (values (1)) one(row)
  left join aquaseed._sea_pairs('ring') p on p.area_1 = p.area_2
  cross join lateral (values ('20.raw', p.raw), ('20.residual', p.residual)) v(id, r)
  group by v.id
$$;

comment on function aquaseed.check_20_sea_rings() is
  'Correlation of sea temperature between two rings of one area, raw and without the season.';
