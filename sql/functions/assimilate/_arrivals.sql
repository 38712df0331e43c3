-- Every completed delivery of eggs and move of fish into an assignment of a batch, with what is known of the weight:
-- the eggs' own (configuration), or the measurement of the transfer, as it is: these are the fish that were weighed.
create or replace function aquaseed._arrivals(p_batch_no integer)
returns table (
  assignment_id bigint, on_date date, fish integer, weight_g numeric, is_measured boolean, source_id bigint
)
language sql stable rows 60
set search_path = pg_catalog, pg_temp
as $$
  select c.dest_assignment_id, c.actual_delivery_date, c.egg_count_actual, null::numeric, false, null::bigint
  from public.batch_creationaction c
  where c.status = 'COMPLETED' and c.egg_count_actual > 0 and c.actual_delivery_date is not null
    and c.dest_assignment_id between p_batch_no * 100 and p_batch_no * 100 + 99
  union all
  select t.dest_assignment_id, t.actual_execution_date, t.transferred_count, t.measured_avg_weight_g,
         t.measured_avg_weight_g is not null, t.source_assignment_id
  from public.batch_transferaction t
  where t.status = 'COMPLETED' and t.transferred_count > 0 and t.actual_execution_date is not null
    and t.dest_assignment_id between p_batch_no * 100 and p_batch_no * 100 + 99
$$;

comment on function aquaseed._arrivals(integer) is
  'Fish and eggs that came into the assignments of a batch, with the measured mean weight (g) where there is one.';
