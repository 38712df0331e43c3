-- The day that each batch first moves on: the first assignment to a container of the second stage. The move is on a
-- working day, so it is day 91 of the batch (its 90th day after the eggs came) or a few days off.
create or replace function aquaseed._first_moves()
returns table (batch_id bigint, moved_on date)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select a.batch_id, min(a.assignment_date)
  from public.batch_batchcontainerassignment a
  join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id and l."order" = 2
  group by a.batch_id
$$;

comment on function aquaseed._first_moves() is
  'Batches that have left their first stage, and the day of it: the first assignment to a container of the second.';
