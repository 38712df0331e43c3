-- 55.departure: closed assignments without departure date, and open ones with it.
-- 55.completed: open assignments of completed batches. 55.active: active batches without an open assignment.
create or replace function aquaseed.check_55_assignments()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '55.departure', count(*) filter (where a.is_active = (a.departure_date is not null)),
         count(*) || ' assignments'
           || coalesce(', first ' || min(a.id) filter (where a.is_active = (a.departure_date is not null)), '')
  from public.batch_batchcontainerassignment a
  union all
  select '55.completed', count(a.id),
         count(distinct b.id) || ' completed batches' || coalesce(', first assignment ' || min(a.id), '')
  from public.batch_batch b
  left join public.batch_batchcontainerassignment a on a.batch_id = b.id and a.is_active
  where b.status = 'COMPLETED'
  union all
  select '55.active', count(*) filter (where not x.is_open),
         count(*) || ' active batches' || coalesce(', first ' || min(b.id) filter (where not x.is_open), '')
  from public.batch_batch b
  cross join lateral (
    select exists (select from public.batch_batchcontainerassignment a
                   where a.batch_id = b.id and a.is_active) as is_open
  ) x
  where b.status = 'ACTIVE'
$$;

comment on function aquaseed.check_55_assignments() is
  'Assignments closed without departure date, open ones of completed batches, active batches without one.';
