-- Halls and rings in use on every day from the first start to the day before as_of, per geography and stage: used is
-- what AquaMind's assignments say (from assignment_date to the day before departure_date), planned what the schedule
-- reserves. A hall is in use when any of its containers is. capacity: halls or rings with containers of the types that
-- the schedule puts the stage in, and with sensors.
create or replace function aquaseed.list_occupancy()
returns table (geography text, life_stage_no integer, stage text, unit text, capacity bigint, on_date date, used bigint,
               planned bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with span as (
    select min(b.start_date) as from_date, max(r.as_of) as as_of
    from aquaseed.schedule_batch b cross join aquaseed.run r
  ),
  resource as materialized (
    select g.geography_id, g.name as geography, t.life_stage_no, l.name::text as stage,
           case t.habitat when 'sea' then 'rings' else 'halls' end as unit,
           count(distinct case t.habitat when 'sea' then c.container_id else c.hall_id end) as capacity
    from (
      select distinct s.life_stage_no, x.container_type_id
      from aquaseed.schedule_container s join public.infrastructure_container x on x.id = s.container_id
    ) k
    join aquaseed.life_stage t on t.life_stage_no = k.life_stage_no
    join public.batch_lifecyclestage l on l.id = t.stage_id
    join public.infrastructure_container x on x.container_type_id = k.container_type_id
    join aquaseed.container c on c.container_id = x.id
    join aquaseed.geography g on g.geography_id = c.geography_id
    where c.container_id in (select n.container_id from aquaseed.sensor n)
    group by g.geography_id, g.name, t.life_stage_no, l.name, t.habitat
  ),
  stay as (
    -- One row per batch and hall or ring: its containers in a hall come and go together.
    select c.geography_id, l."order" as life_stage_no, min(a.assignment_date) as from_date,
           max(coalesce(a.departure_date, n.as_of)) as to_date, 1 as used, 0 as planned
    from public.batch_batchcontainerassignment a
    join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id
    join aquaseed.container c on c.container_id = a.container_id
    cross join span n
    group by a.batch_id, l."order", c.geography_id, coalesce(c.hall_id, -c.container_id)
    union all
    select c.geography_id, s.life_stage_no, min(lower(s.period)), max(upper(s.period)), 0, 1
    from aquaseed.schedule_container s
    join aquaseed.container c on c.container_id = s.container_id
    group by s.batch_no, s.life_stage_no, c.geography_id, coalesce(c.hall_id, -c.container_id)
  ),
  change as (
    select s.geography_id, s.life_stage_no, x.on_date, sum(x.used) as used, sum(x.planned) as planned
    from stay s
    cross join lateral (
      values (s.from_date, s.used, s.planned), (s.to_date, -s.used, -s.planned)
    ) x(on_date, used, planned)
    group by s.geography_id, s.life_stage_no, x.on_date
  )
  select r.geography, r.life_stage_no, r.stage, r.unit, r.capacity, d.on_date,
         sum(coalesce(c.used, 0)) over w, sum(coalesce(c.planned, 0)) over w
  from resource r
  cross join span n
  cross join lateral (select n.from_date + x.n as on_date from generate_series(0, n.as_of - n.from_date - 1) x(n)) d
  left join change c on c.geography_id = r.geography_id and c.life_stage_no = r.life_stage_no and c.on_date = d.on_date
  where exists (select from change y where y.geography_id = r.geography_id)
  window w as (partition by r.geography_id, r.life_stage_no order by d.on_date)
$$;

comment on function aquaseed.list_occupancy() is
  'Halls and rings in use per geography, stage and day: recorded, planned and there.';
