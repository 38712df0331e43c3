-- Who was where: every stay of a batch in a hall or a sea area, from the first day to the day after the last, with the
-- number of its containers there and how many the place has.
create or replace function aquaseed.report_stays()
returns table (
  batch_no integer, geography text, place text, sea boolean, life_stage_no integer, stage text, from_date date,
  to_date date,
  containers integer, capacity integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select a.batch_id::integer, g.name, coalesce(h.name, r.name)::text, c.area_id is not null, l."order", l.name::text,
         min(a.assignment_date), max(coalesce(a.departure_date, n.as_of)), count(distinct a.container_id)::integer,
         k.capacity
  from public.batch_batchcontainerassignment a
  join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id
  join aquaseed.container c on c.container_id = a.container_id
  join aquaseed.geography g on g.geography_id = c.geography_id
  left join public.infrastructure_hall h on h.id = c.hall_id
  left join public.infrastructure_area r on r.id = c.area_id
  join (
    select x.hall_id, x.area_id, count(*)::integer as capacity from aquaseed.container x group by x.hall_id, x.area_id
  ) k on k.hall_id is not distinct from c.hall_id and k.area_id is not distinct from c.area_id
  cross join aquaseed.run n
  group by a.batch_id, g.name, h.name, r.name, c.hall_id, c.area_id, l."order", l.name, k.capacity
  order by c.area_id is not null, l."order", g.name, coalesce(h.name, r.name), 7, 1
$$;

comment on function aquaseed.report_stays() is
  'Report: every stay of a batch in a hall or sea area with its days and containers.';
