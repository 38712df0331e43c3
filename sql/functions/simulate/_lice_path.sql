-- Adult female lice of a batch at sea as long as nothing is done: arrays by day at sea, from 1. dA/dt = r(T) A + c has
-- the closed form A(t) = e^R(t) (A0 e^-R(t0) + S(t) - S(t0)) with R the sum of r and S that of c e^-R; threshold is the
-- number of the day from which on the farm treats.
create or replace function aquaseed._lice_path(p_batch_no integer, p_stage_order integer, p_seed bigint)
returns table (r double precision[], s double precision[], threshold double precision[])
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_lice aquaseed.lice := aquaseed.settings('health.lice', null::aquaseed.lice);
  v_growth aquaseed.lice_growth := v_lice.growth;
  v_threshold aquaseed.lice_threshold := v_lice.threshold;
  v_draw bigint := aquaseed.stream(p_seed, 'lice infection');
begin
  return query
  -- materialized: looked up every day, and a farm with incidents has hundreds a batch (140 ms without; 2026-11).
  with wave as materialized (
    select i.from_day, i.to_day, i.size / (i.to_day - i.from_day + 1) as females
    from aquaseed.incident i
    join aquaseed.list_incident_kinds() k on k.kind = i.kind
    where i.batch_no = p_batch_no and k.effect = 'lice'
  ),
  daily as (
    select w.day, b.start_date + w.day as on_date, w.day - g.start_day >= v_lice.free_days as exposed,
           greatest(v_growth.min, least(v_growth.max,
             v_growth.rate * power(v_growth.q10, (w.temperature_c - v_growth.reference) / 10))) as growth,
           (v_lice.infection).rate * exp((v_lice.infection).sd * aquaseed.z(v_draw # b.batch_key, 0))
             + coalesce((select sum(x.females) from wave x where w.day between x.from_day and x.to_day), 0) as coming
    from aquaseed._water_temperature(p_batch_no, p_stage_order, p_seed) w
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    join aquaseed.schedule_stage g on g.batch_no = b.batch_no and g.stage_order = p_stage_order
  ),
  grown as (
    select d.*, sum(case when d.exposed then d.growth else 0 end) over (order by d.day) as r from daily d
  ),
  summed as (
    select g.*, sum(case when g.exposed then g.coming * exp(-g.r) else 0 end) over (order by g.day) as s from grown g
  )
  select array_agg(x.r order by x.day), array_agg(x.s order by x.day),
         array_agg(case when extract(month from x.on_date)::integer = any (v_threshold.spring_months)
                        then v_threshold.spring else v_threshold.other end order by x.day)
  from summed x;
end
$$;

comment on function aquaseed._lice_path(integer, integer, bigint) is
  'Growth and coming of lice at sea, cumulated by day, and the threshold of each day.';
