-- 9: weight jump at a move to the next stage, by recorded events, per transfer workflow with completed actions.
-- Before: avg_weight_g of the source assignments once they are closed (the weight of their last day), weighted by
-- the fish moved.
-- 9.carried: |kg moved / fish moved / before - 1|, the worst workflow: what the fish weigh as they arrive.
-- 9.measured: |weight measured at the transfer, weighted by the fish moved / before - 1|, median over the
--   workflows: 50 fish an action are weighed, which is off by 1 % or so over 10 actions. All fish of a source leave,
--   so what is too heavy in the largest is missing in the smallest.
create or replace function aquaseed.check_09_transfer_weight()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with workflow as (
    select t.workflow_id,
           abs(1000 * sum(t.transferred_biomass_kg) / nullif(sum(t.transferred_count * a.avg_weight_g), 0) - 1)
             as carried,
           abs(sum(t.transferred_count * t.measured_avg_weight_g)
               / nullif(sum(t.transferred_count * a.avg_weight_g)
                          filter (where t.measured_avg_weight_g is not null), 0) - 1)
             as measured
    from public.batch_transferaction t
    join public.batch_batchcontainerassignment a on a.id = t.source_assignment_id
    where t.status = 'COMPLETED'
    group by t.workflow_id
    having not bool_or(a.is_active)
  )
  select v.id, v.measured::double precision, case when v.workflows = 0 then 'no completed transfer' else v.detail end,
         v.standard_error, v.workflows::integer
  from (
    select count(w.carried) as carried_workflows, count(w.measured) as measured_workflows, max(w.carried) as carried,
           percentile_cont(0.5) within group (order by w.measured) as measured, max(w.measured) as worst,
           aquaseed._standard_error(stddev_samp(w.measured)::double precision, count(w.measured), true)
             as standard_error,
           (array_agg(w.workflow_id order by w.carried desc nulls last))[1] as workflow_id
    from workflow w
  ) x
  cross join lateral (values
    ('9.carried', x.carried, x.carried_workflows, x.carried_workflows || ' workflows, worst ' || x.workflow_id, null),
    ('9.measured', x.measured, x.measured_workflows,
     x.measured_workflows || ' workflows, at most ' || round(x.worst, 4), x.standard_error)
  ) v(id, measured, workflows, detail, standard_error)
$$;

comment on function aquaseed.check_09_transfer_weight() is
  'Weight jump at a move to the next stage, carried and as measured.';
