-- Biological feed conversion of every batch in every fed stage that it has left: feed given / biomass made, as check 13
-- has it, with the feed of the daily states.
create or replace function aquaseed.report_fcr()
returns table (batch_no integer, life_stage_no integer, stage text, feed_kg double precision, gain_kg double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select f.batch_id::integer, f.life_stage_no, f.stage, sum(d.kg),
         sum(f.moved_kg + f.harvested_kg + f.dead_kg - f.in_kg)
  from aquaseed._assignment_flows() f
  left join (
    select s.assignment_id, sum(s.feed_kg)::double precision as kg
    from public.batch_actualdailyassignmentstate s
    group by s.assignment_id
  ) d on d.assignment_id = f.assignment_id
  where f.life_stage_no > 1
  group by f.batch_id, f.life_stage_no, f.stage
  having not bool_or(f.is_active) and sum(f.moved_kg + f.harvested_kg + f.dead_kg - f.in_kg) > 0
    and (bool_and(f.is_completed) or f.life_stage_no < (select max(l."order") from public.batch_lifecyclestage l))
  order by 1, 2
$$;

comment on function aquaseed.report_fcr() is
  'Report: feed given and biomass made (kg) per batch and fed stage that it has left; their quotient is the FCR.';
