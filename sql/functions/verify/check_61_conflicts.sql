-- 61: pairs of assignments that hold one container on the same day. An assignment holds its container from
-- assignment_date to the day before departure_date (moved fish leave in the morning), or to departure_date itself
-- where fish were harvested that day; without departure date, for good.
create or replace function aquaseed.check_61_conflicts()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with stay as materialized (
    select a.id, a.container_id,
           daterange(a.assignment_date, greatest(a.assignment_date, a.departure_date
             + (exists (
                 select from public.harvest_harvestevent h
                 where h.assignment_id = a.id and (h.event_date at time zone 'UTC')::date = a.departure_date
               ))::integer)) as period
    from public.batch_batchcontainerassignment a
  )
  select '61', count(b.id), count(distinct a.id) || ' assignments'
           || coalesce(', first conflict ' || min(a.id) filter (where b.id is not null) || ' in container '
             || (array_agg(a.container_id order by a.id) filter (where b.id is not null))[1], '')
  from stay a
  left join stay b on b.container_id = a.container_id and b.id > a.id and b.period && a.period
$$;

comment on function aquaseed.check_61_conflicts() is 'Pairs of assignments in one container on the same day.';
