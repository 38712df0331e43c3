-- The life of every batch in weeks of its age (week 0 holds days 0 to 6), from its daily states. fish and weight_g are
-- those of the week's last day with fish, deaths and feed_kg sums of the week, temperature_c the mean by fish.
-- A last week of less than seven days is there too: days says how many it has.
create or replace function aquaseed.report_weeks()
returns table (
  batch_no integer, week integer, days integer, fish bigint, weight_g double precision, deaths bigint,
  feed_kg double precision, temperature_c double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with day as (
    select s.batch_id, (s.date - b.start_date) as day, sum(s.population) as fish, sum(s.biomass_kg) as kg,
           sum(s.mortality_count) as deaths, sum(s.feed_kg) as feed_kg, avg(s.temp_c) as temperature_c
    from public.batch_actualdailyassignmentstate s
    join public.batch_batch b on b.id = s.batch_id
    group by s.batch_id, s.date, b.start_date
  )
  select d.batch_id::integer, d.day / 7, count(*)::integer,
         coalesce((array_agg(d.fish order by d.day desc) filter (where d.fish > 0))[1], 0)::bigint,
         (array_agg(1000 * d.kg / d.fish order by d.day desc) filter (where d.fish > 0))[1]::double precision,
         sum(d.deaths)::bigint, sum(d.feed_kg)::double precision, avg(d.temperature_c)::double precision
  from day d
  group by d.batch_id, d.day / 7
  order by 1, 2
$$;

comment on function aquaseed.report_weeks() is
  'Report: fish, mean weight (g), deaths, feed (kg) and temperature (deg C) of every batch per week of its age.';
