-- 7: mean weight (g) at the end of a stage: avg_weight_g of the closed assignments of a batch, weighted by their
-- population_count; median over the batches that have left the stage. One metric a freshwater stage.
create or replace function aquaseed.check_07_stage_end_weight()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with weight as (
    select a.lifecycle_stage_id, sum(a.avg_weight_g * a.population_count) / nullif(sum(a.population_count), 0) as g
    from public.batch_batchcontainerassignment a
    group by a.batch_id, a.lifecycle_stage_id
    having not bool_or(a.is_active)
  )
  select '7.' || aquaseed._slug(l.name), percentile_cont(0.5) within group (order by w.g),
         case when count(w.g) = 0 then 'no batch has left this stage'
              else count(w.g) || ' batches, ' || round(min(w.g), 2) || ' to ' || round(max(w.g), 2) || ' g' end,
         aquaseed._standard_error(stddev_samp(w.g)::double precision, count(w.g), true), count(w.g)::integer
  from public.batch_lifecyclestage l
  left join weight w on w.lifecycle_stage_id = l.id
  where l."order" < (select max(x."order") from public.batch_lifecyclestage x)
  group by l.name
$$;

comment on function aquaseed.check_07_stage_end_weight() is
  'Mean weight in g at the end of each freshwater stage, median of batches.';
