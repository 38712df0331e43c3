-- The water of a batch's sea areas between the noons, by day of the stage and slot of the reading hours: short waves in
-- deg C, shared by the rings of the area, and how lively the day is (_liveliness). Drawn once an area and hour,
-- whatever the number of rings. All days or some: as in _ring_water.
create or replace function aquaseed._sea_hours(p_batch_no integer, p_seed bigint, p_days integer[])
returns table (life_stage_no smallint, first_day integer, liveliness double precision[], short_c double precision[])
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tau double precision := aquaseed.number('climate.sea.temperature.hours_noise.tau');
  v_sigma double precision := aquaseed.number('climate.sea.temperature.hours_noise.sigma');
  v_draw bigint := aquaseed.stream(p_seed, 'area temperature, hours');
begin
  return query
  select d.life_stage_no, min(d.day)::integer, array_agg(d.liveliness order by d.day),
         array_agg(d.short_c order by d.day)
  from (
    select k.life_stage_no, k.day, k.liveliness,
           array_agg(k.liveliness * aquaseed.knot_noise(k.key, k.knot, k.phase, v_sigma) order by k.slot) as short_c
    from (
      -- offset 0: inlined into the noise, the time of a draw would be too much for the planner and cost a call.
      select s.life_stage_no, w.day, w.liveliness, h.slot, v_draw # a.noise_key as key,
             floor(t.at / v_tau)::bigint as knot, aquaseed.noise_phase(t.at, v_tau) as phase
      from aquaseed.schedule_stay s
      join aquaseed.schedule_batch b on b.batch_no = s.batch_no
      join aquaseed.area a on a.area_id = s.area_id
      cross join lateral aquaseed._water_temperature(p_batch_no, s.life_stage_no, p_seed) w
      cross join aquaseed.reading_hour h
      cross join lateral (
        select aquaseed.day_no(b.start_date + w.day) + h.hour / 24::double precision as at
      ) t
      where s.batch_no = p_batch_no and w.day <= b.days and (p_days is null or w.day = any (p_days))
      offset 0
    ) k
    group by k.life_stage_no, k.day, k.liveliness
  ) d
  group by d.life_stage_no;
end
$$;

comment on function aquaseed._sea_hours(integer, bigint, integer[]) is
  'Per stage at sea of a batch: liveliness of its days, and short waves (deg C) by day and reading hour.';
