-- 28: different values of the NH4 and of the NO2 sensor of a tank in a calendar month with readings of it on 28 days
-- or more, the fewest over the sample (_sample_readings). Tanks only: in the flow-through trays of the first stage both
-- stay within a few dozen steps of the sensor.
create or replace function aquaseed.check_28_distinct_values()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with month as (
    select case when count(distinct r.at::date) filter (where r.first_value is not null) >= 28
             then count(distinct r.first_value) end as nh4,
           case when count(distinct r.at::date) filter (where r.second_value is not null) >= 28
             then count(distinct r.second_value) end as no2
    from aquaseed._sample_readings('freshwater', 'NH4', 'NO2') r
    where r.life_stage_no > 1
    group by r.assignment_id, date_trunc('month', r.at)
    having count(distinct r.at::date) >= 28
  )
  select v.id, v.measured, case when m.months = 0 then 'no tank with a full month' else m.months || ' tank-months' end
  from (select count(*) as months, min(x.nh4) as nh4, min(x.no2) as no2 from month x) m
  cross join lateral (values ('28.nh4', m.nh4), ('28.no2', m.no2)) v(id, measured)
$$;

comment on function aquaseed.check_28_distinct_values() is
  'Different NH4 and NO2 values of a tank in a month, the fewest.';
