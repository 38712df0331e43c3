-- The rounds in which fish of a batch are weighed, over its whole life: stage, batch day, the day on which the sheets
-- are entered and the second of the entry from midnight of the day of the round.
create or replace function aquaseed._growth_rounds(p_batch_no integer, p_seed bigint)
returns table (life_stage_no smallint, day integer, entry_day integer, entered integer)
language plpgsql stable rows 150
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plan aquaseed.growth_rounds := aquaseed.settings('biology.sampling.growth', null::aquaseed.growth_rounds);
begin
  return query
  select r.life_stage_no, r.day, r.day + e.late, e.entered
  from aquaseed._round_days(p_batch_no, p_seed, 'growth sample', v_plan.left_out, v_plan.every_weeks) r
  join aquaseed._entry_times(p_batch_no, p_seed, 'growth sample', 'sampling') e
    on e.life_stage_no = r.life_stage_no and e.day = r.day
  where r.life_stage_no >= v_plan.first_life_stage;
end
$$;

comment on function aquaseed._growth_rounds(integer, bigint) is
  'Rounds of growth samples of a batch by stage: batch day, day and second of the entry.';
