-- The water of a batch's sea areas between the noons, by day of the stage and slot of the reading hours: short waves in
-- deg C, shared by the rings of the area, and how lively the day is (_liveliness). Drawn once an area and hour,
-- whatever the number of rings.
create or replace function aquaseed._sea_hours(p_batch_no integer, p_seed bigint)
returns table (stage_order smallint, first_day integer, liveliness double precision[], short_c double precision[])
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hours aquaseed.noise := aquaseed.settings('climate.sea.temperature.hours_noise', null::aquaseed.noise);
  v_draw bigint := aquaseed.stream(p_seed, 'area temperature, hours');
begin
  return query
  select d.stage_order, min(d.day)::integer, array_agg(d.liveliness order by d.day),
         array_agg(d.short_c order by d.day)
  from (
    select s.stage_order, w.day, w.liveliness,
           array_agg(w.liveliness * aquaseed.value_noise(v_draw # a.noise_key, n.no + h.hour / 24::double precision,
                                                         v_hours) order by h.slot) as short_c
    from aquaseed.schedule_stage s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    join aquaseed.area a on a.area_id = s.area_id
    cross join lateral aquaseed._water_temperature(p_batch_no, s.stage_order, p_seed) w
    cross join lateral (select aquaseed.day_no(b.start_date + w.day) as no) n
    cross join aquaseed.reading_hour h
    where s.batch_no = p_batch_no and w.day <= b.days
    group by s.stage_order, w.day, w.liveliness
  ) d
  group by d.stage_order;
end
$$;

comment on function aquaseed._sea_hours(integer, bigint) is
  'Per stage at sea of a batch: liveliness of its days, and short waves (deg C) by day and reading hour.';
