-- A storm over a sea area in a winter, October to March: nobody feeds, and some fish may be lost at its end.
create or replace function aquaseed._draw_storm(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rate double precision := aquaseed.number('incidents.storm.per_area_winter');
  v_days aquaseed.between := aquaseed.settings('incidents.storm.days', null::aquaseed.between);
  v_loss_chance double precision := aquaseed.number('incidents.storm.loss_chance');
  v_loss aquaseed.between := aquaseed.settings('incidents.storm.loss', null::aquaseed.between);
  v_key bigint := aquaseed.stream(p_seed, 'storm incident') # p_stay.site_key;
begin
  return query
  select 'storm', null::smallint, null::smallint, null::smallint,
         make_date(y.no, 10, 1) + floor(aquaseed.u(v_key, y.no * 10 + 1) * 182)::integer - p_stay.start_date,
         aquaseed.evenly_whole(v_days, aquaseed.u(v_key, y.no * 10 + 3)),
         case when aquaseed.u(v_key, y.no * 10 + 4) < v_loss_chance
           then aquaseed.evenly(v_loss, aquaseed.u(v_key, y.no * 10 + 2)) else 0 end,
         null::double precision, p_stay.site, v_key # y.no, 'Storm: no feeding'
  from generate_series(p_stay.first_year - 1, p_stay.last_year) y(no)
  where p_stay.habitat = 'sea' and aquaseed.u(v_key, y.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_storm(aquaseed.incident_stay, bigint) is
  'Storms, by area and winter.';
