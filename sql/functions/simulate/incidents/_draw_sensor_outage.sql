-- No readings for some days: of one sensor, or, where the power or the network of a hall or sea area fails, of all of
-- them. A sensor meets as many of the one as of the other (site_share). Most are short, few last for months (Pareto).
create or replace function aquaseed._draw_sensor_outage(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rate double precision := aquaseed.number('incidents.sensor_outage.per_sensor_year') / 4;
  v_site_share double precision := aquaseed.number('incidents.sensor_outage.site_share');
  v_days aquaseed.pareto := aquaseed.settings('incidents.sensor_outage.days', null::aquaseed.pareto);
  v_draw bigint := aquaseed.stream(p_seed, 'sensor outage');
begin
  return query
  select 'sensor_outage', x.assignment_no, x.parameter_no, null::smallint,
         make_date(y.no, 1, 1) + q.no * 91
           + floor(aquaseed.u(x.key, y.no * 100 + q.no * 10 + 1) * 91)::integer - p_stay.start_date,
         greatest(1, round(aquaseed.pareto(v_days, aquaseed.u(x.key, y.no * 100 + q.no * 10 + 2))))::integer,
         1::double precision, null::double precision, x.name, x.key # (y.no * 10 + q.no), x.detail
  from generate_series(p_stay.first_year - 1, p_stay.last_year) y(no)
  cross join generate_series(0, 3) q(no)
  cross join (
    select c.assignment_no, c.parameter_no, c.name, v_draw # c.sensor_key as key, v_rate * (1 - v_site_share) as rate,
           'No readings' as detail
    from aquaseed._incident_sensors(p_stay.batch_no, p_stay.life_stage_no) c
    union all
    select null, null, p_stay.site, v_draw # p_stay.site_key, v_rate * v_site_share, 'No readings of any sensor'
  ) x
  where aquaseed.u(x.key, y.no * 100 + q.no * 10) < x.rate;
end
$$;

comment on function aquaseed._draw_sensor_outage(aquaseed.incident_stay, bigint) is
  'Outages of sensors and of whole halls or sea areas, by place and quarter.';
