-- Fish that came into, left (moved, lost on the move, harvested) and died in the assignments of a batch, one row per
-- record. Only completed actions count, on the day they were executed.
create or replace function aquaseed._fish_changes(p_batch_no integer)
returns table (assignment_id bigint, on_date date, came integer, gone integer, dead integer)
language sql stable rows 5000
set search_path = pg_catalog, pg_temp
as $$
  select a.assignment_id, a.on_date, a.fish, 0, 0 from aquaseed._arrivals(p_batch_no) a
  union all
  select t.source_assignment_id, t.actual_execution_date, 0, t.transferred_count + t.mortality_during_transfer, 0
  from public.batch_transferaction t
  where t.status = 'COMPLETED' and t.actual_execution_date is not null
    and t.source_assignment_id between p_batch_no * 100 and p_batch_no * 100 + 99
  union all
  select e.assignment_id, (e.event_date at time zone 'UTC')::date, 0, l.unit_count, 0
  from public.harvest_harvestevent e
  join public.harvest_harvestlot l on l.event_id = e.id
  where e.assignment_id between p_batch_no * 100 and p_batch_no * 100 + 99
  union all
  select m.assignment_id, m.event_date, 0, 0, m.count
  from public.batch_mortalityevent m
  where m.assignment_id between p_batch_no * 100 and p_batch_no * 100 + 99
$$;

comment on function aquaseed._fish_changes(integer) is
  'Fish that came, left and died in the assignments of a batch, from AquaMind''s records.';
