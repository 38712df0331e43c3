-- Days (first to last, both included) that are too rough to feed in a sea area: one draw per area and day, more often
-- in winter.
create or replace function aquaseed._storm_days(p_area_key bigint, p_seed bigint, p_first date, p_last date)
returns table (on_date date) language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_storm bigint := aquaseed.stream(p_seed, 'storm');
  v_chance aquaseed.by_winter := aquaseed.settings('biology.feeding.storm', null::aquaseed.by_winter);
begin
  return query
  select x.at::date
  from generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') x(at)
  where aquaseed.u(v_storm # p_area_key, aquaseed.day_no(x.at::date))
    < case when extract(month from x.at)::integer = any (v_chance.winter_months) then v_chance.winter
           else v_chance.other end;
end
$$;

comment on function aquaseed._storm_days(bigint, bigint, date, date) is
  'Days that are too rough to feed in a sea area (key of its draws).';
