-- An outbreak of disease in a sea area: deaths rise to a multiple and fade.
create or replace function aquaseed._draw_disease(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rate double precision;
  v_factor aquaseed.between := aquaseed.settings('incidents.disease.hazard_factor', null::aquaseed.between);
  v_rise integer := aquaseed.number('incidents.disease.rise_days')::integer;
  v_decay aquaseed.between := aquaseed.settings('incidents.disease.decay_days', null::aquaseed.between);
  v_key bigint := aquaseed.stream(p_seed, 'disease') # p_stay.site_key;
begin
  if p_stay.habitat <> 'sea' then
    return;
  end if;
  v_rate := aquaseed.number('incidents.disease.per_area_year', p_stay.geography);
  return query
  select 'disease', null::smallint, null::smallint, null::smallint,
         make_date(y.no, 1, 1) + floor(aquaseed.u(v_key, y.no * 10 + 1) * 365)::integer - p_stay.start_date,
         v_rise + aquaseed.evenly_whole(v_decay, aquaseed.u(v_key, y.no * 10 + 3)),
         aquaseed.evenly(v_factor, aquaseed.u(v_key, y.no * 10 + 2)), null::double precision, p_stay.site,
         v_key # y.no, 'Outbreak of disease'
  from generate_series(p_stay.first_year - 1, p_stay.last_year) y(no)
  where aquaseed.u(v_key, y.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_disease(aquaseed.incident_stay, bigint) is
  'Outbreaks of disease, by area and year.';
