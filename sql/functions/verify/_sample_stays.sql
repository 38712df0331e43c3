-- A fixed sample of assignments, for checks over readings and daily events. Habitat sea or freshwater. Of each
-- geography the batches that were there, at most 12, evenly spread over them in the order of their ids; of each
-- batch and stage the first container of the schedule. Days from from_date up to but not including to_date; closed:
-- all of the stay is there.
create or replace function aquaseed._sample_stays(p_habitat text)
returns table (
  assignment_id bigint, batch_id bigint, container_id bigint, life_stage_no integer, stage text, geography text,
  from_date date, to_date date, closed boolean
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with stay as (
    select a.id, a.batch_id, a.container_id, l."order" as life_stage_no, l.name as stage, g.name as geography,
           a.assignment_date as from_date,
           coalesce(a.departure_date + 1, x.as_of) as to_date, not a.is_active as closed,
           row_number() over (partition by a.batch_id, a.lifecycle_stage_id order by a.id) as place
    from public.batch_batchcontainerassignment a
    join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id
    join public.infrastructure_container c on c.id = a.container_id
    left join public.infrastructure_hall h on h.id = c.hall_id
    left join public.infrastructure_freshwaterstation s on s.id = h.freshwater_station_id
    left join public.infrastructure_area r on r.id = c.area_id
    join public.infrastructure_geography g on g.id = coalesce(s.geography_id, r.geography_id)
    cross join (select max(y.as_of) as as_of from aquaseed.run y) x
    where case p_habitat when 'sea' then c.area_id else c.hall_id end is not null
  ),
  batch as (
    select s.geography, s.batch_id, row_number() over w as n, count(*) over (partition by s.geography) as total
    from stay s
    group by s.geography, s.batch_id
    window w as (partition by s.geography order by s.batch_id)
  )
  select s.id, s.batch_id, s.container_id, s.life_stage_no, s.stage::text, s.geography::text, s.from_date, s.to_date,
         s.closed
  from batch b
  join stay s on s.geography = b.geography and s.batch_id = b.batch_id and s.place = 1
  where b.total <= 12 or b.n * 12 / b.total > (b.n - 1) * 12 / b.total
$$;

comment on function aquaseed._sample_stays(text) is
  'A fixed sample of assignments in a habitat (sea, freshwater): one container per stage of at most 12 batches a '
  'geography.';
