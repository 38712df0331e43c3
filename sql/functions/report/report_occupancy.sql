-- Halls and rings in use per geography and stage in every calendar week (from Monday): the mean of its days as recorded
-- and as planned, out of how many (list_occupancy).
create or replace function aquaseed.report_occupancy()
returns table (
  geography text, life_stage_no integer, stage text, unit text, capacity integer, week date, used double precision,
  planned double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select o.geography, o.life_stage_no, o.stage, o.unit, o.capacity::integer,
         date_trunc('week', o.on_date::timestamp)::date,
         avg(o.used)::double precision, avg(o.planned)::double precision
  from aquaseed.list_occupancy() o
  group by 1, 2, 3, 4, 5, 6
  order by 1, 2, 6
$$;

comment on function aquaseed.report_occupancy() is
  'Report: halls and rings in use per geography, stage and week, recorded and planned.';
