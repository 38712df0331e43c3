-- Feed that comes too late to a site: half rations or none.
create or replace function aquaseed._draw_feed_stock_out(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rate double precision := aquaseed.number('incidents.feed_stock_out.per_site_year');
  v_days aquaseed.between := aquaseed.settings('incidents.feed_stock_out.days', null::aquaseed.between);
  v_half_chance double precision := aquaseed.number('incidents.feed_stock_out.half_ration_chance');
  v_key bigint := aquaseed.stream(p_seed, 'feed stock-out') # p_stay.site_key;
begin
  return query
  select 'feed_stock_out', null::smallint, null::smallint, null::smallint,
         make_date(y.no, 1, 1) + floor(aquaseed.u(v_key, y.no * 10 + 1) * 365)::integer - p_stay.start_date,
         aquaseed.evenly_whole(v_days, aquaseed.u(v_key, y.no * 10 + 3)),
         f.missing, null::double precision, p_stay.site, v_key # y.no,
         case when f.missing < 1 then 'Feed late: half rations' else 'Feed late: no feeding' end
  from generate_series(p_stay.first_year - 1, p_stay.last_year) y(no)
  cross join lateral (
    select case when aquaseed.u(v_key, y.no * 10 + 2) < v_half_chance then 0.5 else 1.0 end::double precision as missing
  ) f
  where p_stay.meals_per_day > 0 and aquaseed.u(v_key, y.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_feed_stock_out(aquaseed.incident_stay, bigint) is
  'Times without feed, by hall or area and year.';
