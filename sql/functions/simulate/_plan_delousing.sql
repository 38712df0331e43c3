-- Lice of a batch at sea and what is done about them. Adult females per fish follow dA/dt = r(T) A + c, in closed form
-- A(t) = e^R(t) (A0 e^-R(t0) + S(t) - S(t0)) with R the sum of r and S that of c e^-R: the day on which a threshold is
-- reached is a look-up. The loop is over treatments (some three in a life, each depends on the one before), not over
-- days. Rings are treated some a day, each with a residual of its own; what they hold is aquaseed.lice_day.
create or replace function aquaseed._plan_delousing(p_batch_no integer, p_stage_order integer, p_seed bigint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_fixed boolean := (select s.label = 'fixed' from aquaseed.setting s where s.path = 'health.lice.treatment');
  v_fixed_days integer[] := (select array_agg(s.number::integer order by s.number) from aquaseed.setting s
                             where s.path like 'health.lice.fixed_days.%');
  v_spring integer[] := (select array_agg(s.number::integer) from aquaseed.setting s
                         where s.path like 'health.lice.threshold.spring_months.%');
  v_free integer := aquaseed.number('health.lice.free_days')::integer;
  v_rate double precision := aquaseed.number('health.lice.growth.rate');
  v_q10 double precision := aquaseed.number('health.lice.growth.q10');
  v_reference double precision := aquaseed.number('health.lice.growth.reference');
  v_min double precision := aquaseed.number('health.lice.growth.min');
  v_max double precision := aquaseed.number('health.lice.growth.max');
  v_infection double precision := aquaseed.number('health.lice.infection.rate');
  v_infection_sd double precision := aquaseed.number('health.lice.infection.sd');
  v_threshold double precision := aquaseed.number('health.lice.threshold.other');
  v_threshold_spring double precision := aquaseed.number('health.lice.threshold.spring');
  v_response integer := aquaseed.number('health.lice.response_days')::integer;
  v_rings_per_day integer := aquaseed.number('health.lice.rings_per_day')::integer;
  v_ring_mean double precision := aquaseed.number('health.lice.ring.mean');
  v_ring_sd double precision := aquaseed.number('health.lice.ring.sd');
  v_emergency double precision := aquaseed.number('health.emergency.above');
  v_emergency_residual double precision := aquaseed.number('health.emergency.residual');
  v_last integer := aquaseed._last_delousing_day(p_batch_no, p_stage_order, p_seed);
  v_lice bigint := aquaseed.stream(p_seed, 'lice infection');
  v_method bigint := aquaseed.stream(p_seed, 'delousing method');
  v_ring bigint := aquaseed.stream(p_seed, 'lice of a ring');
  v_batch_key bigint;
  v_start integer;
  -- By day at sea, from 1: R, S, threshold.
  v_r double precision[];
  v_s double precision[];
  v_limit double precision[];
  v_round integer := 0;
  v_at integer := 1;
  v_remaining double precision := 0;
  v_females double precision;
  v_day integer;
  v_residual double precision;
  v_chosen record;
begin
  select b.batch_key, s.start_day into v_batch_key, v_start
  from aquaseed.schedule_batch b
  join aquaseed.schedule_stage s on s.batch_no = b.batch_no and s.stage_order = p_stage_order
  where b.batch_no = p_batch_no;

  -- materialized: looked up every day, and a farm with incidents has hundreds a batch (140 ms a batch without; 2026-11).
  with wave as materialized (
    select i.from_day, i.to_day, i.size / (i.to_day - i.from_day + 1) as females
    from aquaseed.incident i
    where i.batch_no = p_batch_no and i.kind = 'lice_wave'
  ),
  daily as (
    select w.day, b.start_date + w.day as on_date, w.day - v_start >= v_free as exposed,
           greatest(v_min, least(v_max, v_rate * power(v_q10, (w.temperature_c - v_reference) / 10))) as growth,
           v_infection * exp(v_infection_sd * aquaseed.z(v_lice # v_batch_key, 0))
             + coalesce((select sum(x.females) from wave x where w.day between x.from_day and x.to_day), 0) as coming
    from aquaseed._water_temperature(p_batch_no, p_stage_order, p_seed) w
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
  ),
  grown as (
    select d.*, sum(case when d.exposed then d.growth else 0 end) over (order by d.day) as r from daily d
  ),
  summed as (
    select g.*, sum(case when g.exposed then g.coming * exp(-g.r) else 0 end) over (order by g.day) as s from grown g
  )
  select array_agg(x.r order by x.day), array_agg(x.s order by x.day),
         array_agg(case when extract(month from x.on_date)::integer = any (v_spring) then v_threshold_spring
                        else v_threshold end order by x.day)
  into v_r, v_s, v_limit
  from summed x;

  loop
    if v_fixed then
      v_day := v_start + v_fixed_days[v_round + 1];
    else
      select v_start - 1 + min(x.n) + v_response into v_day
      from unnest(v_r, v_s, v_limit) with ordinality x(r, s, threshold, n)
      where x.n > v_at
        and round(exp(x.r) * (v_remaining * exp(-v_r[v_at]) + x.s - v_s[v_at]) * 1e6) / 1e6 >= x.threshold;
    end if;
    exit when v_day is null or v_day > v_last or v_round = 50;
    v_round := v_round + 1;

    select m.method, aquaseed.number('health.delousing.' || m.method || '.residual') as residual,
           aquaseed.number('health.delousing.' || m.method || '.residual_sd') as residual_sd into v_chosen
    from (
      select x.method, x.n, sum(aquaseed.number('health.delousing.' || x.method || '.share')) over (order by x.n) as upto
      from unnest(array['thermal', 'freshwater', 'mechanical', 'medicinal']) with ordinality x(method, n)
    ) m
    where m.upto > aquaseed.u(v_method # v_batch_key, v_round) or m.n = 4
    order by m.n
    limit 1;
    v_females := exp(v_r[v_day - v_start + 1])
      * (v_remaining * exp(-v_r[v_at]) + v_s[v_day - v_start + 1] - v_s[v_at]);
    v_residual := case when v_females > v_emergency then v_emergency_residual else v_chosen.residual end;

    -- Each ring on its own day, with its own lice and its own residual.
    insert into aquaseed.procedure
      (batch_no, procedure_no, kind, method, round_no, assignment_no, day, emergency, lice_before, lice_after)
    select p_batch_no, 4900 + v_round * 100 + t.assignment_no, 'delousing', v_chosen.method, v_round, t.assignment_no,
           t.day, v_females > v_emergency, t.females,
           round(t.females * least(0.95, v_residual * exp(v_chosen.residual_sd * aquaseed.z(v_ring # t.assignment_key, v_round)
             - v_chosen.residual_sd ^ 2 / 2)) * 1e6) / 1e6
    from (
      select g.assignment_no, g.assignment_key, g.day,
             round(exp(v_r[g.day - v_start + 1]) * (coalesce(q.lice_after * exp(-v_r[q.day - v_start + 1]), 0)
               + g.factor * (v_s[g.day - v_start + 1] - coalesce(v_s[q.day - v_start + 1], 0))) * 1e6) / 1e6 as females
      from (
        select a.assignment_no, a.last_day, c.assignment_key,
               v_day + (row_number() over (order by a.assignment_no) - 1)::integer / v_rings_per_day as day,
               exp(v_ring_mean + v_ring_sd * aquaseed.z(v_ring # c.assignment_key, 0)) as factor
        from aquaseed.assignment a
        join aquaseed.schedule_container c on c.batch_no = a.batch_no and c.assignment_no = a.assignment_no
        where a.batch_no = p_batch_no and c.stage_order = p_stage_order
      ) g
      left join aquaseed.procedure q
        on q.batch_no = p_batch_no and q.kind = 'delousing' and q.assignment_no = g.assignment_no and q.round_no = v_round - 1
      where g.day <= g.last_day
    ) t;

    v_remaining := round(v_females * v_residual * 1e6) / 1e6;
    v_at := v_day - v_start + 1;
  end loop;

  -- Days come by stretches between two treatments of a ring: 4,500 rows 116 ms, with a look-up of the last treatment for
  -- each day 245 ms (2026-11, busy machine).
  insert into aquaseed.lice_day (batch_no, assignment_no, day, adult_female)
  with ring as (
    select a.assignment_no, a.first_day, a.last_day,
           exp(v_ring_mean + v_ring_sd * aquaseed.z(v_ring # c.assignment_key, 0)) as factor
    from aquaseed.schedule_container c
    join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
    where c.batch_no = p_batch_no and c.stage_order = p_stage_order
  ),
  treatment as (
    select g.assignment_no, null::integer as day, null::double precision as lice_after from ring g
    union all
    select p.assignment_no, p.day, p.lice_after from aquaseed.procedure p where p.batch_no = p_batch_no and p.kind = 'delousing'
  ),
  stretch as (
    select t.*, lead(t.day) over (partition by t.assignment_no order by t.day nulls first) as next_day from treatment t
  ),
  -- What is left of the last treatment, without the growth since.
  start as materialized (
    select g.assignment_no, g.factor, coalesce(t.lice_after * exp(-v_r[t.day - v_start + 1]), 0) as females,
           coalesce(v_s[t.day - v_start + 1], 0) as s, greatest(g.first_day, t.day) as first_day,
           least(g.last_day, t.next_day - 1) as last_day
    from ring g
    join stretch t on t.assignment_no = g.assignment_no
  )
  select p_batch_no, t.assignment_no, d.day,
         round(exp(v_r[d.day - v_start + 1]) * (t.females + t.factor * (v_s[d.day - v_start + 1] - t.s)) * 1e6) / 1e6
  from start t
  cross join lateral generate_series(t.first_day, t.last_day) d(day)
  order by t.assignment_no, d.day;
end
$$;

comment on function aquaseed._plan_delousing(integer, integer, bigint) is
  'Delousings of a batch at sea (aquaseed.procedure) and adult female lice per fish of every ring and day (aquaseed.lice_day).';
