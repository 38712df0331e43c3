-- How many times as many fish die in the hall or sea area of a stage of a batch as usual, day by day: slow and fast
-- noise of the place, and shocks in some of its weeks, which begin on a weekday of its own; and the Sundays on which
-- nobody takes the dead out of its rings. By place and date, so all batches there meet the same. The mean of the factor
-- is 1.
create or replace function aquaseed._bad_weeks(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns table (day smallint, factor double precision, day_off boolean)
language plpgsql stable rows 50
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_weeks aquaseed.bad_weeks;
  v_slow aquaseed.noise;
  v_fast aquaseed.noise;
  v_shock aquaseed.shock;
  v_sunday_off double precision := aquaseed.number('biology.mortality.removal.sunday_off');
  v_sunday_draw bigint := aquaseed.stream(p_seed, 'Sunday off');
  v_slow_draw bigint := aquaseed.stream(p_seed, 'bad weeks, slow');
  v_fast_draw bigint := aquaseed.stream(p_seed, 'bad weeks, fast');
  v_shock_draw bigint := aquaseed.stream(p_seed, 'bad weeks, shocks');
  -- Pareto between two bounds: how far down its tail is cut, and the mean of all weeks with it.
  v_cut double precision;
  v_mean double precision;
begin
  v_weeks := aquaseed.settings('biology.mortality.weeks', null::aquaseed.bad_weeks,
    (select t.habitat from aquaseed.life_stage t where t.life_stage_no = p_life_stage_no));
  v_slow := v_weeks.slow;
  v_fast := v_weeks.fast;
  v_shock := v_weeks.shock;
  v_cut := 1 - power(v_shock."from" / v_shock."to", v_shock.alpha);
  v_mean := 1 + v_shock.chance * case when v_cut = 0 then v_shock."from" - 1
    else v_shock.alpha / (v_shock.alpha - 1) * v_shock."from"
           * (1 - power(v_shock."from" / v_shock."to", v_shock.alpha - 1)) / v_cut - 1 end;

  return query
  with place as (
    select s.start_day, s.end_day, b.start_date, coalesce(h.noise_key, a.noise_key) as place_key,
           s.area_id is not null as is_sea,
           floor(7 * aquaseed.u(v_shock_draw, coalesce(h.noise_key, a.noise_key)))::integer as shift
    from aquaseed.schedule_stay s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    left join aquaseed.hall h on h.hall_id = s.hall_id
    left join aquaseed.area a on a.area_id = s.area_id
    where s.batch_no = p_batch_no and s.life_stage_no = p_life_stage_no
    offset 0
  )
  select d.day::smallint,
         exp(aquaseed.value_noise(v_slow_draw # p.place_key, n.no, v_slow)
             + aquaseed.value_noise(v_fast_draw # p.place_key, n.no, v_fast)
             - (v_slow.sigma ^ 2 + v_fast.sigma ^ 2) / 2)
           * case when aquaseed.u(v_shock_draw # p.place_key, (n.no + p.shift) / 7) < v_shock.chance
               then v_shock."from" * power(
                 1 - v_cut * aquaseed.u(v_shock_draw # p.place_key, -1 - (n.no + p.shift) / 7), -1 / v_shock.alpha)
               else 1 end / v_mean,
         -- Day 2 of the time axis is a Sunday.
         p.is_sea and n.no % 7 = 2 and aquaseed.u(v_sunday_draw # p.place_key, n.no) < v_sunday_off
  from place p
  cross join lateral generate_series(p.start_day, p.end_day - 1) d(day)
  cross join lateral (select aquaseed.day_no(p.start_date + d.day) as no) n;
end
$$;

comment on function aquaseed._bad_weeks(integer, integer, bigint) is
  'Factor on the deaths of a place by day (mean 1), and its Sundays without removal.';
