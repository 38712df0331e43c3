-- An oxygen sensor that drifts until it is cleaned (incidents.sensor_drift.reset_days), over and over.
create or replace function aquaseed._draw_sensor_drift(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_share double precision := aquaseed.number('incidents.sensor_drift.dissolved_oxygen_sensors');
  v_percent double precision := aquaseed.number('incidents.sensor_drift.percent_a_day');
  v_draw bigint := aquaseed.stream(p_seed, 'sensor drift');
begin
  return query
  select 'sensor_drift', c.assignment_no, c.parameter_no, null::smallint, c.first_day, c.last_day - c.first_day + 1,
         v_percent, null::double precision, c.name, k.key, 'Drifts until it is cleaned'
  from aquaseed._incident_sensors(p_stay.batch_no, p_stay.life_stage_no) c
  cross join lateral (select v_draw # c.sensor_key as key) k
  where c.parameter = 'Dissolved Oxygen' and aquaseed.u(k.key, 0) < v_share;
end
$$;

comment on function aquaseed._draw_sensor_drift(aquaseed.incident_stay, bigint) is
  'Oxygen sensors that drift.';
