-- A sensor that shows the same value for some days.
create or replace function aquaseed._draw_sensor_stuck(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rate double precision := aquaseed.number('incidents.sensor_stuck.per_sensor_year');
  v_days aquaseed.between := aquaseed.settings('incidents.sensor_stuck.days', null::aquaseed.between);
  v_draw bigint := aquaseed.stream(p_seed, 'sensor stuck');
begin
  return query
  select 'sensor_stuck', c.assignment_no, c.parameter_no, null::smallint,
         make_date(y.no, 1, 1) + floor(aquaseed.u(k.key, y.no * 10 + 1) * 365)::integer - p_stay.start_date,
         aquaseed.evenly_whole(v_days, aquaseed.u(k.key, y.no * 10 + 3)),
         1::double precision, null::double precision, c.name, k.key # y.no, 'The same value all the time'
  from generate_series(p_stay.first_year - 1, p_stay.last_year) y(no)
  cross join aquaseed._incident_sensors(p_stay.batch_no, p_stay.life_stage_no) c
  cross join lateral (select v_draw # c.sensor_key as key) k
  where aquaseed.u(k.key, y.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_sensor_stuck(aquaseed.incident_stay, bigint) is
  'Sensors that are stuck, by sensor and year.';
