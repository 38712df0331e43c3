-- The growth that was projected for every batch when it began: its pinned projection run, one day a week, up to the end
-- of what is reserved for the batch. day counts from the day the eggs arrive.
create or replace function aquaseed.report_projections()
returns table (batch_no integer, day integer, weight_g double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.id::integer, p.projection_date - b.start_date, p.average_weight
  from public.batch_batch b
  join aquaseed.schedule_batch s on s.batch_no = b.id
  join public.scenario_scenarioprojection p on p.projection_run_id = b.pinned_projection_run_id
  where (p.projection_date - b.start_date) % 7 = 6 and p.projection_date - b.start_date < s.life_days
  order by 1, 2
$$;

comment on function aquaseed.report_projections() is
  'Report: projected weight (g) of every batch, one day a week, from its pinned projection run.';
