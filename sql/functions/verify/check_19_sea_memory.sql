-- 19: correlation of a ring's daily mean temperature with that of the day before, raw and as residual from its
-- yearly harmonic; median over the sample of rings (_sea_temperature, ring).
-- Rings of an area share their water: as many independent values as areas.
create or replace function aquaseed.check_19_sea_memory()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with pair as (
    select d.series_id, d.area_id, d.temperature, d.residual,
           case when lag(d.on_date) over w = d.on_date - 1 then lag(d.temperature) over w end as temperature_before,
           case when lag(d.on_date) over w = d.on_date - 1 then lag(d.residual) over w end as residual_before
    from aquaseed._sea_temperature('ring') d
    window w as (partition by d.series_id order by d.on_date)
  ),
  ring as (
    select p.area_id, corr(p.temperature, p.temperature_before) as raw, corr(p.residual, p.residual_before) as residual
    from pair p
    group by p.series_id, p.area_id
  )
  select v.id, percentile_cont(0.5) within group (order by v.r),
         case when count(v.r) = 0 then 'no ring with 270 days'
              else count(v.r) || ' rings, ' || round(min(v.r)::numeric, 3) || ' to ' || round(max(v.r)::numeric, 3) end,
         aquaseed._standard_error(stddev_samp(v.r), count(distinct r.area_id), true), count(distinct r.area_id)::integer
  from (values (1)) one(row)
  left join ring r on true
  cross join lateral (values ('19.raw', r.raw), ('19.residual', r.residual)) v(id, r)
  group by v.id
$$;

comment on function aquaseed.check_19_sea_memory() is
  'Lag-1 autocorrelation of daily sea temperature, raw and without the season.';
