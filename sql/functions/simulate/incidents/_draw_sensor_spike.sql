-- Single readings that cannot be: 0, or half as much again as the parameter may be.
create or replace function aquaseed._draw_sensor_spike(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_share double precision := aquaseed.number('incidents.sensor_spike.per_reading');
  v_draw bigint := aquaseed.stream(p_seed, 'sensor spike');
begin
  return query
  select 'sensor_spike', c.assignment_no, c.parameter_no, h.slot, d.day, 1,
         case when aquaseed.u(k.key, n.no * 100 + 50 + h.slot) < 0.5 then 0 else round(c.highest * 1.5) end,
         null::double precision, c.name, k.key # (d.day * 100 + h.slot), 'One impossible value'
  from aquaseed._incident_sensors(p_stay.batch_no, p_stay.life_stage_no) c
  cross join lateral generate_series(c.first_day, c.last_day) d(day)
  cross join aquaseed.reading_hour h
  cross join lateral (select aquaseed.day_no(p_stay.start_date + d.day) as no) n
  cross join lateral (select v_draw # c.sensor_key as key) k
  where aquaseed.u(k.key, n.no * 100 + h.slot) < v_share;
end
$$;

comment on function aquaseed._draw_sensor_spike(aquaseed.incident_stay, bigint) is
  'Impossible readings, by reading.';
