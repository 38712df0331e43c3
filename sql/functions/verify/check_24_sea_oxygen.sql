-- 24: oxygen at sea, % saturation, of the readings of the sample (_sample_readings), of rings whose whole stay is there,
-- since the low end comes with full-grown fish in a warm month: percentiles 1 and 50, share of the readings under 60 %;
-- from 10 rings on.
create or replace function aquaseed.check_24_sea_oxygen()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select v.id, case when r.rings >= 10 then v.measured end,
         case when r.rings < 10 then 'fewer than 10 rings were emptied' else r.readings || ' readings of ' || r.rings || ' rings' end
  from (
    select count(*) as readings, count(distinct x.assignment_id) as rings,
           percentile_cont(array[0.01, 0.5]) within group (order by x.first_value) as p,
           avg((x.first_value < 60)::integer)::double precision as low
    from aquaseed._sample_readings('sea', 'Dissolved Oxygen') x
    where x.closed
  ) r
  cross join lateral (values ('24.p1', r.p[1]), ('24.p50', r.p[2]), ('24.low', r.low)) v(id, measured)
$$;

comment on function aquaseed.check_24_sea_oxygen() is 'Oxygen at sea, % saturation: percentiles 1 and 50, share under 60 %.';
