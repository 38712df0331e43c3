-- 5: 1 - dead / fish that entered, per batch and stage it has left (no active assignment; the last stage: batch
-- completed); median over the batches. One metric a stage, 5.egg_alevin to 5.adult.
create or replace function aquaseed.check_05_stage_survival()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with survival as (
    select f.life_stage_no, f.stage, 1 - sum(f.dead)::double precision / nullif(sum(f.fish_in), 0) as survival
    from aquaseed._assignment_flows() f
    group by f.batch_id, f.life_stage_no, f.stage
    having not bool_or(f.is_active)
      and (bool_and(f.is_completed) or f.life_stage_no < (select max(l."order") from public.batch_lifecyclestage l))
  )
  select '5.' || aquaseed._slug(l.name), percentile_cont(0.5) within group (order by s.survival),
         case when count(s.stage) = 0 then 'no batch has left this stage'
              else count(s.stage) || ' batches, ' || round(min(s.survival)::numeric, 4) || ' to '
                || round(max(s.survival)::numeric, 4) end,
         aquaseed._standard_error(stddev_samp(s.survival), count(s.survival), true), count(s.survival)::integer
  from public.batch_lifecyclestage l
  left join survival s on s.life_stage_no = l."order"
  group by l.name
$$;

comment on function aquaseed.check_05_stage_survival() is
  'Survival per stage, median of the batches that have left it.';
