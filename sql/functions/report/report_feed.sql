-- Feed per day (kg, mean of the days of a calendar week from Monday) and standing biomass (kg, likewise) per stage.
-- Weeks that begin before the first batch or end after as_of count only their days in history.
create or replace function aquaseed.report_feed()
returns table (life_stage_no integer, stage text, week date, feed_kg double precision, biomass_kg double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with span as (
    select (select min(b.start_date) from public.batch_batch b) as first, (select r.as_of from aquaseed.run r) as as_of
  ),
  total as (
    select s.lifecycle_stage_id, date_trunc('week', s.date::timestamp)::date as week, sum(s.feed_kg) as feed_kg,
           sum(s.biomass_kg) as biomass_kg
    from public.batch_actualdailyassignmentstate s
    group by 1, 2
  )
  select l."order", l.name::text, t.week, (t.feed_kg / d.days)::double precision,
         (t.biomass_kg / d.days)::double precision
  from total t
  join public.batch_lifecyclestage l on l.id = t.lifecycle_stage_id
  cross join span n
  cross join lateral (select least(t.week + 7, n.as_of) - greatest(t.week, n.first) as days) d
  order by 1, 3
$$;

comment on function aquaseed.report_feed() is 'Report: feed per day and standing biomass (kg) per stage and week.';
