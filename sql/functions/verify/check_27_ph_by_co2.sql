-- 27: correlation and slope of pH against log10 of CO2, over all readings of the sample's tanks (_sample_readings) in
-- recirculation (the stages after the first, which is flow-through).
create or replace function aquaseed.check_27_ph_by_co2()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select v.id, v.measured, case when r.readings = 0 then 'no readings' else r.readings || ' pairs of readings' end
  from (
    select count(*) as readings, corr(x.first_value, log(x.second_value)) as r,
           regr_slope(x.first_value, log(x.second_value)) as slope
    from aquaseed._sample_readings('freshwater', 'pH', 'CO2') x
    where x.stage_order > 1 and x.first_value is not null and x.second_value > 0
  ) r
  cross join lateral (values ('27.correlation', r.r), ('27.slope', r.slope)) v(id, measured)
$$;

comment on function aquaseed.check_27_ph_by_co2() is 'Freshwater: correlation and slope of pH against log10 CO2.';
