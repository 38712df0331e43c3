-- Lice that drift in: once in each year at sea, once the fish are free of their protection.
create or replace function aquaseed._draw_lice_wave(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_free integer := aquaseed.number('health.lice.free_days')::integer;
  v_rate double precision := aquaseed.number('incidents.lice_wave.per_batch_year');
  v_females aquaseed.between := aquaseed.settings('incidents.lice_wave.females', null::aquaseed.between);
  v_days aquaseed.between := aquaseed.settings('incidents.lice_wave.days', null::aquaseed.between);
  v_key bigint := aquaseed.stream(p_seed, 'lice wave') # p_stay.batch_key;
begin
  return query
  select 'lice_wave', null::smallint, null::smallint, null::smallint,
         p_stay.first_day + v_free + y.no * 365 + floor(aquaseed.u(v_key, y.no * 10 + 1) * 365)::integer,
         aquaseed.evenly_whole(v_days, aquaseed.u(v_key, y.no * 10 + 3)),
         aquaseed.evenly(v_females, aquaseed.u(v_key, y.no * 10 + 2)), null::double precision, p_stay.batch_name,
         v_key # y.no, 'Lice drifting in'
  from generate_series(0, 9) y(no)
  where p_stay.habitat = 'sea' and aquaseed.u(v_key, y.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_lice_wave(aquaseed.incident_stay, bigint) is
  'Waves of lice, by batch and year at sea.';
