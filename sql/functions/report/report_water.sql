-- Every reading of two containers over the last seven days in which they held fish: the ring, and the tank of a fed
-- stage, that held a batch last (the lowest id of several).
create or replace function aquaseed.report_water()
returns table (
  container text, batch text, sea boolean, parameter_no integer, parameter text, unit text, read_at timestamp,
  value double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with candidate as (
    select a.id, a.container_id, a.batch_id, x.area_id is not null as sea, n.until
    from public.batch_batchcontainerassignment a
    join public.infrastructure_container x on x.id = a.container_id
    join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id
    cross join lateral (select coalesce(a.departure_date, (select r.as_of from aquaseed.run r)) as until) n
    where l."order" > 1 and n.until - a.assignment_date >= 7
      and a.container_id in (select s.container_id from aquaseed.sensor s)
      -- Where a whole site was dark there is nothing to show.
      and exists (
        select from public.environmental_environmentalreading e
        where e.container_id = a.container_id and e.batch_id = a.batch_id
          and e.reading_time >= (n.until - 7)::timestamp at time zone 'UTC'
          and e.reading_time < n.until::timestamp at time zone 'UTC'
      )
  ),
  chosen as (
    select distinct on (c.sea) c.* from candidate c order by c.sea, c.until desc, c.id
  )
  select k.name::text, b.batch_number::text, c.sea, p.parameter_no::integer, q.name::text, q.unit::text,
         e.reading_time at time zone 'UTC', e.value::double precision
  from chosen c
  join public.infrastructure_container k on k.id = c.container_id
  join public.batch_batch b on b.id = c.batch_id
  cross join aquaseed.parameter p
  join public.environmental_environmentalparameter q on q.id = p.parameter_id
  join public.environmental_environmentalreading e
    on e.container_id = c.container_id and e.parameter_id = p.parameter_id and e.batch_id = c.batch_id
   and e.reading_time >= (c.until - 7)::timestamp at time zone 'UTC'
   and e.reading_time < c.until::timestamp at time zone 'UTC'
  order by c.sea, p.parameter_no, e.reading_time
$$;

comment on function aquaseed.report_water() is
  'Report: all readings (UTC) of one tank and of one ring over seven days, each parameter in its own unit.';
