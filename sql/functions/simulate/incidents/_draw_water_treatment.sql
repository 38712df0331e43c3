-- A failure of the water treatment of a hall: nitrite for days (water_treatment), or too little oxygen for some
-- readings (low_oxygen).
create or replace function aquaseed._draw_water_treatment(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_oxygen_no smallint := (select p.parameter_no from aquaseed.parameter p where p.name = 'Dissolved Oxygen');
  v_slots bigint := (select count(*) from aquaseed.reading_hour);
  v_rate double precision := aquaseed.number('incidents.water_treatment.per_hall_year');
  v_days integer := aquaseed.number('incidents.water_treatment.days')::integer;
  v_nitrite aquaseed.between := aquaseed.settings('incidents.water_treatment.nitrite_mg_l', null::aquaseed.between);
  v_oxygen_chance double precision := aquaseed.number('incidents.water_treatment.oxygen_chance');
  v_oxygen aquaseed.between := aquaseed.settings('incidents.water_treatment.oxygen_percent', null::aquaseed.between);
  v_key bigint := aquaseed.stream(p_seed, 'water treatment') # p_stay.site_key;
begin
  return query
  select case when f.low_oxygen then 'low_oxygen' else 'water_treatment' end, null::smallint,
         case when f.low_oxygen then v_oxygen_no end,
         case when f.low_oxygen then floor(aquaseed.u(v_key, y.no * 10 + 3) * v_slots)::smallint end,
         make_date(y.no, 1, 1) + floor(aquaseed.u(v_key, y.no * 10 + 1) * 365)::integer - p_stay.start_date,
         case when f.low_oxygen then 1 else v_days end,
         aquaseed.evenly(case when f.low_oxygen then v_oxygen else v_nitrite end, aquaseed.u(v_key, y.no * 10 + 2)),
         null::double precision, p_stay.site, v_key # y.no,
         case when f.low_oxygen then 'Pump stopped: too little oxygen' else 'Biofilter failed: nitrite' end
  from generate_series(p_stay.first_year - 1, p_stay.last_year) y(no)
  cross join lateral (select aquaseed.u(v_key, y.no * 10 + 4) < v_oxygen_chance as low_oxygen) f
  where p_stay.habitat = 'freshwater' and aquaseed.u(v_key, y.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_water_treatment(aquaseed.incident_stay, bigint) is
  'Failures of the water treatment, by hall and year.';
