-- A sensor that sends nothing for some days.
create or replace function aquaseed._draw_sensor_outage(p_stage aquaseed.incident_stage, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rate double precision := aquaseed.number('incidents.sensor_outage.per_sensor_year') / 4;
  v_mean_days double precision := aquaseed.number('incidents.sensor_outage.mean_days');
  v_draw bigint := aquaseed.stream(p_seed, 'sensor outage');
begin
  return query
  select 'sensor_outage', c.assignment_no, c.parameter_no, null::smallint,
         make_date(y.no, 1, 1) + q.no * 91
           + floor(aquaseed.u(k.key, y.no * 100 + q.no * 10 + 1) * 91)::integer - p_stage.start_date,
         ceil(-v_mean_days * ln(1 - aquaseed.u(k.key, y.no * 100 + q.no * 10 + 2)))::integer,
         1::double precision, null::double precision, c.name, k.key # (y.no * 10 + q.no), 'No readings'
  from generate_series(p_stage.first_year - 1, p_stage.last_year) y(no)
  cross join generate_series(0, 3) q(no)
  cross join aquaseed._incident_sensors(p_stage.batch_no, p_stage.stage_order) c
  cross join lateral (select v_draw # c.sensor_key as key) k
  where aquaseed.u(k.key, y.no * 100 + q.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_sensor_outage(aquaseed.incident_stage, bigint) is
  'Outages of sensors, by sensor and quarter.';
