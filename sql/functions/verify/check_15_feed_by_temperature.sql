-- 15: correlation of the day's feed in % of biomass with the day's mean temperature at sea, of fish of 1 to 3 kg, over
-- all days of the sample's rings (_sample_stays) on which they were fed. A ring's fish are of 1 to 3 kg from its
-- first growth sample with a mean of 1 kg to the last before 3 kg.
-- The error is that of leaving out one ring (batch) at a time.
create or replace function aquaseed.check_15_feed_by_temperature()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with ring as (
    select s.assignment_id, s.container_id, w.from_date, w.to_date
    from aquaseed._sample_stays('sea') s
    cross join lateral (
      select min(g.sample_date) filter (where g.avg_weight_g >= 1000) as from_date,
             coalesce(min(g.sample_date) filter (where g.avg_weight_g > 3000), max(g.sample_date)) as to_date
      from public.batch_growthsample g where g.assignment_id = s.assignment_id
    ) w
  ),
  day as materialized (
    select r.assignment_id, f.share, t.temperature
    from ring r
    cross join lateral (
      select e.feeding_date, 100 * sum(e.amount_kg)::double precision / max(e.batch_biomass_kg) as share
      from public.inventory_feedingevent e
      where e.container_id = r.container_id and e.batch_assignment_id = r.assignment_id
        and e.feeding_date >= r.from_date and e.feeding_date < r.to_date
      group by e.feeding_date
    ) f
    cross join lateral (
      select avg(x.value)::double precision as temperature
      from public.environmental_environmentalparameter p
      join public.environmental_environmentalreading x on x.container_id = r.container_id and x.parameter_id = p.id
      where p.name = 'Temperature'
        and x.reading_time >= f.feeding_date::timestamp at time zone 'UTC'
        and x.reading_time < (f.feeding_date + 1)::timestamp at time zone 'UTC'
    ) t
  )
  select '15', corr(d.share, d.temperature),
         case when count(d.temperature) = 0 then 'no fed days of fish of 1 to 3 kg'
              else count(d.temperature) || ' fed days of ' || count(distinct d.assignment_id) || ' rings' end,
         (
           select aquaseed._jackknife_error(array_agg(w.r))
           from (
             select corr(o.share, o.temperature) as r
             from ring x join day o on o.assignment_id <> x.assignment_id
             where x.assignment_id in (select y.assignment_id from day y)
             group by x.assignment_id
           ) w
         ),
         count(distinct d.assignment_id)::integer
  from day d
$$;

comment on function aquaseed.check_15_feed_by_temperature() is
  'Correlation of feed in % of biomass with sea temperature, fish of 1 to 3 kg.';
