-- Lice of a batch at sea and what is done about them. Adult females per fish follow dA/dt = r(T) A + c, in closed form
-- A(t) = e^R(t) (A0 e^-R(t0) + S(t) - S(t0)) with R the sum of r and S that of c e^-R: the day on which a threshold is
-- reached is a look-up. The loop is over treatments (some three in a life, each depends on the one before), not over
-- days. Rings are treated some a day, each with a residual of its own. Most batches are deloused once more before
-- slaughter, whatever the threshold says.
create or replace function aquaseed._plan_delousing(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_lice aquaseed.lice := aquaseed.settings('health.lice', null::aquaseed.lice);
  v_fixed_days integer[] := array(select d.day from unnest(v_lice.fixed_days) d(day) order by d.day);
  v_is_fixed boolean := aquaseed.setting_tree('health.lice.treatment') = '"fixed"';
  v_emergency aquaseed.emergency := aquaseed.settings('health.emergency', null::aquaseed.emergency);
  v_last integer := aquaseed._last_delousing_day(p_batch_no, p_life_stage_no, p_seed);
  v_method_draw bigint := aquaseed.stream(p_seed, 'delousing method');
  v_ring_draw bigint := aquaseed.stream(p_seed, 'lice of a ring');
  v_before aquaseed.before_slaughter := v_lice.before_slaughter;
  v_before_draw bigint := aquaseed.stream(p_seed, 'delousing before slaughter');
  v_is_last boolean := false;
  v_planned boolean;
  v_final integer;
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
  v_method text;
  v_left aquaseed.delousing;
  v_residual double precision;
begin
  select b.batch_key, s.start_day into v_batch_key, v_start
  from aquaseed.schedule_batch b
  join aquaseed.schedule_stay s on s.batch_no = b.batch_no and s.life_stage_no = p_life_stage_no
  where b.batch_no = p_batch_no;
  -- Of the slaughter that is expected on day v_last + withholding_days.
  v_planned := aquaseed.u(v_before_draw # v_batch_key, 0) < v_before.share;
  v_final := v_last + v_lice.withholding_days
    - aquaseed.evenly_whole(v_before.days, aquaseed.u(v_before_draw # v_batch_key, 1));

  select x.r, x.s, x.threshold into v_r, v_s, v_limit
  from aquaseed._lice_path(p_batch_no, p_life_stage_no, p_seed) x;

  loop
    if v_is_fixed then
      v_day := v_start + v_fixed_days[v_round + 1];
    else
      select v_start - 1 + min(x.n) + v_lice.response_days into v_day
      from unnest(v_r, v_s, v_limit) with ordinality x(r, s, threshold, n)
      where x.n > v_at
        and round(exp(x.r) * (v_remaining * exp(-v_r[v_at]) + x.s - v_s[v_at]) * 1e6) / 1e6 >= x.threshold;
    end if;
    -- Nothing more by the threshold, or so shortly before the last delousing that it can wait for that.
    if not v_is_last and (coalesce(v_day > v_last, true)
        or v_planned and not v_is_fixed and v_day between v_final - v_before.least_days + 1 and v_final
          and round(exp(v_r[v_final - v_start + 1]) * (v_remaining * exp(-v_r[v_at]) + v_s[v_final - v_start + 1]
                - v_s[v_at]) * 1e6) / 1e6 <= v_emergency.above) then
      v_is_last := true;
      v_day := case when v_final - v_start + 1 >= v_at + v_before.least_days
        and (v_planned or round(exp(v_r[v_last + v_lice.withholding_days - v_start + 1])
              * (v_remaining * exp(-v_r[v_at]) + v_s[v_last + v_lice.withholding_days - v_start + 1] - v_s[v_at]) * 1e6)
            / 1e6 > v_before.females) then v_final end;
    end if;
    exit when v_day is null or v_day > v_last or v_round = 50;
    v_round := v_round + 1;

    select m.method into v_method
    from (
      select x.method, x.n, sum(aquaseed.number('health.delousing', x.method, 'share')) over (order by x.n) as upto
      from unnest(array['thermal', 'freshwater', 'mechanical', 'medicinal']) with ordinality x(method, n)
    ) m
    where m.upto > aquaseed.u(v_method_draw # v_batch_key, v_round) or m.n = 4
    order by m.n
    limit 1;
    v_left := aquaseed.settings('health.delousing', null::aquaseed.delousing, v_method);
    v_females := exp(v_r[v_day - v_start + 1])
      * (v_remaining * exp(-v_r[v_at]) + v_s[v_day - v_start + 1] - v_s[v_at]);
    v_residual := case when v_females > v_emergency.above then v_emergency.residual else v_left.residual end;

    -- Each ring on its own day, with its own lice and its own residual.
    insert into aquaseed.procedure
      (batch_no, procedure_no, kind, method, round_no, assignment_no, day, emergency, lice_before, lice_after)
    select p_batch_no, 4900 + v_round * 100 + t.assignment_no, 'delousing', v_method, v_round, t.assignment_no, t.day,
           v_females > v_emergency.above, t.females,
           round(t.females * least(0.95, v_residual
             * exp(v_left.residual_sd * aquaseed.z(v_ring_draw # t.assignment_key, v_round)
                   - v_left.residual_sd ^ 2 / 2)) * 1e6) / 1e6
    from (
      select g.assignment_no, g.assignment_key, g.day,
             round(exp(v_r[g.day - v_start + 1]) * (coalesce(q.lice_after * exp(-v_r[q.day - v_start + 1]), 0)
               + g.factor * (v_s[g.day - v_start + 1] - coalesce(v_s[q.day - v_start + 1], 0))) * 1e6) / 1e6 as females
      from (
        select a.assignment_no, a.last_day, c.assignment_key,
               -- So many rings each working day.
               aquaseed.next_working_day(b.geography_id, b.start_date + v_day,
                 (row_number() over (order by a.assignment_no) - 1)::integer / v_lice.rings_per_day)
                 - b.start_date as day,
               exp((v_lice.ring).mean + (v_lice.ring).sd * aquaseed.z(v_ring_draw # c.assignment_key, 0)) as factor
        from aquaseed.assignment a
        join aquaseed.schedule_container c on c.batch_no = a.batch_no and c.assignment_no = a.assignment_no
        join aquaseed.schedule_batch b on b.batch_no = a.batch_no
        where a.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
      ) g
      left join aquaseed.procedure q
        on q.batch_no = p_batch_no and q.kind = 'delousing' and q.assignment_no = g.assignment_no
          and q.round_no = v_round - 1
      where g.day <= g.last_day
    ) t;

    v_remaining := round(v_females * v_residual * 1e6) / 1e6;
    v_at := v_day - v_start + 1;
  end loop;

  perform aquaseed._fill_lice_days(p_batch_no, p_life_stage_no, p_seed, v_r, v_s);
end
$$;

comment on function aquaseed._plan_delousing(integer, integer, bigint) is
  'Delousings of a batch at sea (aquaseed.procedure), and what its rings hold every day (aquaseed.lice_day).';
