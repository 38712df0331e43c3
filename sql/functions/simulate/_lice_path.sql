-- Adult female lice of a batch at sea as long as nothing is done: arrays by day at sea, from 1, and beyond the end of
-- the stage by the days that young lice are ahead. dA/dt = r(T) A + c has the closed form
-- A(t) = e^R(t) (A0 e^-R(t0) + S(t) - S(t0)) with R the sum of r and S that of c e^-R; threshold is the number from
-- which on the farm treats on a day. Sites of a cluster share v, a noise of mean 0: what comes in is c e^v / mean(e^v),
-- and what is on the fish thrives with it: R is the sum of r, and on_fish of v.
create or replace function aquaseed._lice_path(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns table (r double precision[], s double precision[], threshold double precision[])
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_lice aquaseed.lice := aquaseed.settings('health.lice', null::aquaseed.lice);
  v_growth aquaseed.lice_growth := v_lice.growth;
  v_infection aquaseed.lice_infection := v_lice.infection;
  v_neighbours aquaseed.shared_lice := v_lice.neighbours;
  v_threshold aquaseed.lice_threshold := v_lice.threshold;
  v_joint aquaseed.joint_treatment := v_lice.joint_treatment;
  v_ahead integer := (select max(k.days_ahead) from aquaseed._lice_types() k);
  v_draw bigint := aquaseed.stream(p_seed, 'lice infection');
  v_cluster_draw bigint := aquaseed.stream(p_seed, 'lice of neighbours');
  v_joint_draw bigint := aquaseed.stream(p_seed, 'joint delousing');
begin
  return query
  -- materialized: looked up every day, and a farm with incidents has hundreds a batch (140 ms without; 2026-11).
  with wave as materialized (
    select i.from_day, i.to_day, i.size / (i.to_day - i.from_day + 1) as females
    from aquaseed.incident i
    join aquaseed.list_incident_kinds() k on k.kind = i.kind
    where i.batch_no = p_batch_no and k.effect = 'lice'
  ),
  water as materialized (
    select w.day::integer as day, w.temperature_c
    from aquaseed._water_temperature(p_batch_no, p_life_stage_no, p_seed) w
  ),
  place as (
    select b.start_date, g.start_day, a.cluster_key,
           v_infection.rate * exp(v_infection.sd * aquaseed.z(v_draw # b.batch_key, 0)) as coming
    from aquaseed.schedule_batch b
    join aquaseed.schedule_stay g on g.batch_no = b.batch_no and g.life_stage_no = p_life_stage_no
    join aquaseed.area a on a.area_id = g.area_id
    where b.batch_no = p_batch_no
    offset 0
  ),
  daily as (
    select w.day, p.start_date + w.day as on_date, w.day - p.start_day >= v_lice.free_days as exposed, n.no,
           greatest(v_growth.min, least(v_growth.max,
             v_growth.rate * power(v_growth.q10, (w.temperature_c - v_growth.reference) / 10))) as growth,
           p.coming, p.cluster_key,
           aquaseed.value_noise(v_cluster_draw # p.cluster_key, n.no, v_neighbours.tau, v_neighbours.sigma) as shared,
           coalesce((select sum(x.females) from wave x where w.day between x.from_day and x.to_day), 0) as wave
    from (
      select x.day, x.temperature_c from water x
      union all
      select x.day + a.days, x.temperature_c
      from (select y.* from water y order by y.day desc limit 1) x
      cross join generate_series(1, v_ahead) a(days)
    ) w
    cross join place p
    cross join lateral (select aquaseed.day_no(p.start_date + w.day) as no) n
    offset 0
  ),
  grown as (
    select d.*, v_neighbours.on_fish * d.shared
             + sum(case when d.exposed then d.growth else 0 end) over (order by d.day) as r
    from daily d
  ),
  summed as (
    select g.*, sum(case when g.exposed
                      then (g.coming * exp(g.shared - v_neighbours.sigma ^ 2 / 2) + g.wave) * exp(-g.r) else 0 end)
                over (order by g.day) as s
    from grown g
  )
  select array_agg(x.r order by x.day), array_agg(x.s order by x.day),
         array_agg(case when extract(month from x.on_date)::integer = any (v_threshold.spring_months)
                        then v_threshold.spring else v_threshold.other end
                   -- The days of a cluster's joint treatment lie anywhere in their stretch.
                   * case when x.no % v_joint.every_days
                                 - floor((v_joint.every_days - v_joint.days + 1)
                                         * aquaseed.u(v_joint_draw # x.cluster_key, x.no / v_joint.every_days))
                               between 0 and v_joint.days - 1
                          then v_joint.share else 1 end order by x.day)
  from summed x;
end
$$;

comment on function aquaseed._lice_path(integer, integer, bigint) is
  'Growth and coming of lice at sea, cumulated by day, and the threshold of each day.';
