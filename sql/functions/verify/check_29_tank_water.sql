-- 29: water of the sample's tanks (_sample_readings) in recirculation (the stages after the first), of stays that are
-- wholly there (nitrite peaks early in a stage): share of the readings with CO2 over 15, NO2 over 0.1 and total
-- ammonia (NH4) over 2 mg/L; correlation of a tank's daily mean of total ammonia with its feed of the day over a
-- stage, median over the stays.
create or replace function aquaseed.check_29_tank_water()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with day as materialized (
    select r.assignment_id, r.batch_id, r.at::date as on_date, count(*) as readings,
           sum((r.first_value > 15)::integer) as co2, sum((r.second_value > 0.1)::integer) as no2,
           sum((r.third_value > 2)::integer) as nh4, avg(r.third_value) as ammonia
    from aquaseed._sample_readings('freshwater', 'CO2', 'NO2', 'NH4') r
    where r.life_stage_no > 1 and r.closed
    group by r.assignment_id, r.batch_id, r.at::date
  ),
  fed as (
    select e.batch_assignment_id as assignment_id, e.feeding_date as on_date, sum(e.amount_kg)::double precision as kg
    from (select distinct d.assignment_id from day d) t
    join public.batch_batchcontainerassignment a on a.id = t.assignment_id
    join public.inventory_feedingevent e on e.container_id = a.container_id and e.batch_assignment_id = a.id
      and e.feeding_date >= a.assignment_date and e.feeding_date <= a.departure_date
    group by 1, 2
  ),
  stay as (
    select d.batch_id, corr(d.ammonia, coalesce(f.kg, 0)) as r
    from day d left join fed f on f.assignment_id = d.assignment_id and f.on_date = d.on_date
    group by d.assignment_id, d.batch_id
    having count(*) >= 60
  ),
  batch as (
    select x.batch_id, sum(x.readings)::double precision as readings, sum(x.co2)::double precision as co2,
           sum(x.no2)::double precision as no2, sum(x.nh4)::double precision as nh4
    from day x group by x.batch_id
  )
  select v.id, v.measured, case when v.n = 0 then 'no tank was emptied yet' else v.n || v.of_what end,
         v.standard_error, v.units::integer
  from (
    select count(*) as batches, coalesce(sum(x.readings), 0) as readings, sum(x.co2) / sum(x.readings) as co2,
           sum(x.no2) / sum(x.readings) as no2, sum(x.nh4) / sum(x.readings) as nh4,
           aquaseed._ratio_error(array_agg(x.co2), array_agg(x.readings)) as co2_error,
           aquaseed._ratio_error(array_agg(x.no2), array_agg(x.readings)) as no2_error,
           aquaseed._ratio_error(array_agg(x.nh4), array_agg(x.readings)) as nh4_error
    from batch x
  ) d
  cross join (
    select count(x.r) as stays, percentile_cont(0.5) within group (order by x.r) as r,
           count(distinct x.batch_id) as batches,
           aquaseed._standard_error(stddev_samp(x.r), count(distinct x.batch_id), true) as r_error
    from stay x where x.r is not null
  ) s
  cross join lateral (values
    ('29.co2', d.co2, d.readings, ' readings', d.co2_error, d.batches),
    ('29.no2', d.no2, d.readings, ' readings', d.no2_error, d.batches),
    ('29.nh4', d.nh4, d.readings, ' readings', d.nh4_error, d.batches),
    ('29.feed', s.r, s.stays::double precision, ' stays in a tank', s.r_error, s.batches)
  ) v(id, measured, n, of_what, standard_error, units)
$$;

comment on function aquaseed.check_29_tank_water() is
  'Freshwater: shares of high CO2, NO2 and ammonia; correlation of ammonia with feed.';
