-- Eggs and fry that are taken out of a container because they are too many or too weak (biology.mortality.culling): the
-- hazard of the days on which that is done. How much is the batch's own, a little more or less by container; none
-- where the share is 0.
create or replace function aquaseed._culling(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns table (assignment_no smallint, day integer, hazard double precision)
language plpgsql stable rows 10
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_culling aquaseed.culling := aquaseed.settings('biology.mortality.culling', null::aquaseed.culling);
  v_draw bigint := aquaseed.stream(p_seed, 'culling');
begin
  return query
  select a.assignment_no, p.day + floor(5 * aquaseed.u(v_draw # c.assignment_key, p.day))::integer,
         round(p.part * ln(1 + o.odds) * exp(v_culling.container_sd * aquaseed.z(v_draw # c.assignment_key, 0)
                                             - v_culling.container_sd ^ 2 / 2) * 1e6) / 1e6
  from aquaseed.schedule_container c
  join aquaseed.schedule_batch b on b.batch_no = c.batch_no
  join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
  cross join jsonb_to_recordset(aquaseed.setting_tree('biology.mortality.culling.days'))
    p(day integer, part double precision)
  cross join lateral (
    select v_culling.share / (1 - v_culling.share) * exp(v_culling.sd * aquaseed.z(v_draw # b.batch_key, 0)) as odds
  ) o
  where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no and v_culling.share > 0
    and p.day between a.first_day and a.last_day - 5;
end
$$;

comment on function aquaseed._culling(integer, integer, bigint) is
  'Hazard of culling by container and day of a stage of a batch.';
