-- A bloom of algae or jellyfish in a sea area: it kills fish and takes the oxygen of the water.
create or replace function aquaseed._draw_bloom(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rate double precision;
  v_dead aquaseed.between := aquaseed.settings('incidents.algae_or_jellyfish.dead', null::aquaseed.between);
  v_oxygen aquaseed.between := aquaseed.settings('incidents.algae_or_jellyfish.oxygen_percent', null::aquaseed.between);
  v_days aquaseed.between := aquaseed.settings('incidents.algae_or_jellyfish.days', null::aquaseed.between);
  v_months integer[] := array(
    select m.month::integer
    from jsonb_array_elements_text(aquaseed.setting_tree('incidents.algae_or_jellyfish.months')) m(month)
    order by 1
  );
  v_key bigint := aquaseed.stream(p_seed, 'algae or jellyfish') # p_stay.site_key;
begin
  if p_stay.habitat <> 'sea' or v_months = '{}' then
    return;
  end if;
  v_rate := aquaseed.number('incidents.algae_or_jellyfish.per_area_year', p_stay.geography);
  return query
  select case when aquaseed.u(v_key, y.no * 10 + 5) < 0.5 then 'algae' else 'jellyfish' end, null::smallint,
         null::smallint, null::smallint,
         make_date(y.no, v_months[1 + floor(aquaseed.u(v_key, y.no * 10 + 4) * cardinality(v_months))::integer],
                   1 + floor(aquaseed.u(v_key, y.no * 10 + 1) * 28)::integer) - p_stay.start_date,
         aquaseed.evenly_whole(v_days, aquaseed.u(v_key, y.no * 10 + 3)),
         aquaseed.evenly(v_dead, aquaseed.u(v_key, y.no * 10 + 2)),
         aquaseed.evenly(v_oxygen, aquaseed.u(v_key, y.no * 10 + 6)),
         p_stay.site, v_key # y.no, 'Bloom in all rings of the area'
  from generate_series(p_stay.first_year - 1, p_stay.last_year) y(no)
  where aquaseed.u(v_key, y.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_bloom(aquaseed.incident_stay, bigint) is
  'Blooms of algae or jellyfish, by area and year.';
