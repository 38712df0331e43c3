-- What the rings of a batch hold every day (aquaseed.lice_day), with the treatments that are planned (procedure).
-- p_r, p_s: as in _lice_path. Each ring has lice of its own: so many times those of the batch.
create or replace function aquaseed._fill_lice_days(
  p_batch_no integer, p_life_stage_no integer, p_seed bigint, p_r double precision[], p_s double precision[]
)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_ring aquaseed.spread := aquaseed.settings('health.lice.ring', null::aquaseed.spread);
  v_ring_draw bigint := aquaseed.stream(p_seed, 'lice of a ring');
  v_start integer := (
    select s.start_day from aquaseed.schedule_stay s where s.batch_no = p_batch_no and s.life_stage_no = p_life_stage_no
  );
begin
  -- Days come by stretches between two treatments of a ring: 4,500 rows 116 ms, with a look-up of the last treatment
  -- for each day 245 ms (2026-11, busy machine).
  insert into aquaseed.lice_day (batch_no, assignment_no, day, adult_female)
  with ring as (
    select a.assignment_no, a.first_day, a.last_day,
           exp(v_ring.mean + v_ring.sd * aquaseed.z(v_ring_draw # c.assignment_key, 0)) as factor
    from aquaseed.schedule_container c
    join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
    where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
  ),
  treatment as (
    select g.assignment_no, null::integer as day, null::double precision as lice_after from ring g
    union all
    select p.assignment_no, p.day, p.lice_after
    from aquaseed.procedure p
    where p.batch_no = p_batch_no and p.kind = 'delousing'
  ),
  stretch as (
    select t.*, lead(t.day) over (partition by t.assignment_no order by t.day nulls first) as next_day
    from treatment t
  ),
  -- What is left of the last treatment, without the growth since.
  start as materialized (
    select g.assignment_no, g.factor, coalesce(t.lice_after * exp(-p_r[t.day - v_start + 1]), 0) as females,
           coalesce(p_s[t.day - v_start + 1], 0) as s, greatest(g.first_day, t.day) as first_day,
           least(g.last_day, t.next_day - 1) as last_day
    from ring g
    join stretch t on t.assignment_no = g.assignment_no
  )
  select p_batch_no, t.assignment_no, d.day,
         round(exp(p_r[d.day - v_start + 1]) * (t.females + t.factor * (p_s[d.day - v_start + 1] - t.s)) * 1e6) / 1e6
  from start t
  cross join lateral generate_series(t.first_day, t.last_day) d(day)
  order by t.assignment_no, d.day;
end
$$;

comment on function aquaseed._fill_lice_days(integer, integer, bigint, double precision[], double precision[]) is
  'Adult female lice per fish of every ring and day of a batch at sea, into aquaseed.lice_day.';
