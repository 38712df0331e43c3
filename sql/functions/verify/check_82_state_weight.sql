-- 82: weight jump of the daily states at a move to the next stage, per transfer workflow:
-- |weight of the destinations on the day / of the sources on the day before - 1|, both weighted by the fish moved;
-- median over the workflows. One metric per stage that fish move to.
create or replace function aquaseed.check_82_state_weight()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with jump as (
    select d.lifecycle_stage_id, t.workflow_id,
           abs(sum(t.transferred_count * d.avg_weight_g) / nullif(sum(t.transferred_count * s.avg_weight_g), 0) - 1)
             as jump
    from public.batch_transferaction t
    join public.batch_batchtransferworkflow w on w.id = t.workflow_id
    join public.batch_actualdailyassignmentstate s
      on s.batch_id = w.batch_id and s.assignment_id = t.source_assignment_id and s.date = t.actual_execution_date - 1
    join public.batch_actualdailyassignmentstate d
      on d.batch_id = w.batch_id and d.assignment_id = t.dest_assignment_id and d.date = t.actual_execution_date
    where t.status = 'COMPLETED'
    group by d.lifecycle_stage_id, t.workflow_id
  )
  select '82.' || aquaseed._slug(l.name), percentile_cont(0.5) within group (order by j.jump)::double precision,
         case when count(j.jump) = 0 then 'no move with states on both sides'
              else count(j.jump) || ' workflows, at most ' || round(max(j.jump), 4)
                || ' in ' || (array_agg(j.workflow_id order by j.jump desc nulls last))[1] end,
         aquaseed._standard_error(stddev_samp(j.jump)::double precision, count(j.jump), true), count(j.jump)::integer
  from public.batch_lifecyclestage l
  left join jump j on j.lifecycle_stage_id = l.id
  where l."order" > 1
  group by l.name
$$;

comment on function aquaseed.check_82_state_weight() is 'Daily states: weight jump at the moves to each stage, median.';
