-- What is done to the fish of a stage (aquaseed.procedure): every container that holds fish on a vaccination day is
-- vaccinated; at sea, delousings.
create or replace function aquaseed._plan_procedures(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  insert into aquaseed.procedure (batch_no, procedure_no, kind, method, round_no, assignment_no, day)
  select p_batch_no, (v.round_no - 1) * 100 + a.assignment_no, 'vaccination', 'injection', v.round_no, a.assignment_no,
         v.day
  from aquaseed.assignment a
  join aquaseed.schedule_container c on c.batch_no = a.batch_no and c.assignment_no = a.assignment_no
  join aquaseed._vaccination_days(p_batch_no) v on v.day between a.first_day and a.last_day
  where a.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no;

  if (select t.habitat = 'sea' from aquaseed.life_stage t where t.life_stage_no = p_life_stage_no) then
    perform aquaseed._plan_delousing(p_batch_no, p_life_stage_no, p_seed);
  end if;
end
$$;

comment on function aquaseed._plan_procedures(integer, integer, bigint) is
  'Vaccinations and delousings of a stage of a batch, into aquaseed.procedure.';
