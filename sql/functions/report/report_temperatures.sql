-- Temperature of the water per week (from Monday): of every sea area, and of the halls of every stage of a geography
-- (lowest and highest: of a single container's day). From the daily states, which hold the mean of the sensors.
create or replace function aquaseed.report_temperatures()
returns table (
  geography text, place text, sea boolean, week date, mean double precision, lowest double precision,
  highest double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with day as (
    select s.container_id, s.lifecycle_stage_id, date_trunc('week', s.date::timestamp)::date as week,
           avg(s.temp_c) as mean, min(s.temp_c) as lowest, max(s.temp_c) as highest
    from public.batch_actualdailyassignmentstate s
    group by 1, 2, 3
  )
  select g.name, coalesce(a.name, l.name)::text, c.area_id is not null, d.week, avg(d.mean)::double precision,
         min(d.lowest)::double precision, max(d.highest)::double precision
  from day d
  join aquaseed.container c on c.container_id = d.container_id
  join aquaseed.geography g on g.geography_id = c.geography_id
  join public.batch_lifecyclestage l on l.id = d.lifecycle_stage_id
  left join public.infrastructure_area a on a.id = c.area_id
  group by g.name, c.area_id, a.name, case when c.area_id is null then l."order" end, coalesce(a.name, l.name), d.week
  order by g.name, c.area_id is not null, min(l."order"), a.name, d.week
$$;

comment on function aquaseed.report_temperatures() is
  'Report: weekly mean, lowest and highest temperature (deg C) of sea areas and of the halls of a stage.';
