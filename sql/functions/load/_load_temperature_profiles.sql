-- The scenario planner's temperature profiles, one value a day from day 1: the set-points of the halls
-- in fresh water, then the two yearly waves of the sea (mean of the geography's sites), without noise and trend.
-- Day 1 is the day the eggs arrive, in the middle of the season.
create or replace function aquaseed._load_temperature_profiles(p_master jsonb, p_biology jsonb, p_climate jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_days constant integer := (p_master #>> '{scenario,profile_days}')::integer;
  v_second double precision := (p_climate #>> '{sea,temperature,second_harmonic,share}')::double precision;
  v_phi double precision := (p_climate #>> '{sea,temperature,second_harmonic,phi}')::double precision;
  v_extra jsonb := jsonb_build_object(
    'created_at', p_master -> 'installed_on', 'updated_at', p_master -> 'installed_on'
  );
begin
  table_name := 'scenario_temperatureprofile';
  rows := aquaseed._insert_missing(table_name, 'profile_id', '{name}', (
    select jsonb_agg(v_extra || jsonb_build_object('profile_id', p.profile_no, 'name', p.profile_name)
      order by p.profile_no)
    from aquaseed._list_scenario_profiles(p_master, p_climate) p
  ));
  return next;

  insert into aquaseed.temperature_season as x (profile_id, geography_id, start_doy, season_no)
  select t.profile_id, g.id, p.start_doy, p.profile_no
  from aquaseed._list_scenario_profiles(p_master, p_climate) p
  join public.scenario_temperatureprofile t on t.name = p.profile_name
  join public.infrastructure_geography g on g.name = p.geography
  on conflict (profile_id) do update set geography_id = excluded.geography_id, start_doy = excluded.start_doy,
    season_no = excluded.season_no;

  table_name := 'scenario_temperaturereading';
  rows := aquaseed._insert_missing(table_name, 'reading_id', '{profile_id,day_number}', (
    with stage as (
      select
        s.start_day, s.start_day + s.days as end_day, s.at_sea,
        c.doc #>> '{temperature}' as set_point,
        c.doc #>> '{ramp,from}' as ramp_from,
        c.doc #>> '{ramp,days}' as ramp_days
      from aquaseed._list_life_stages(p_master, p_biology) s
      left join jsonb_each(p_climate #> '{freshwater,stages}') as c (key, doc) on c.key = s.life_stage_key
    ),
    day as (
      select
        p.profile_no, p.profile_name, d.n as day_number,
        case
          when s.at_sea then sea.temperature
          when s.ramp_from is null then s.set_point::float8
          else s.ramp_from::float8 + (s.set_point::float8 - s.ramp_from::float8)
            * least((d.n - 1 - s.start_day) / s.ramp_days::float8, 1)
        end as temperature
      from aquaseed._list_scenario_profiles(p_master, p_climate) p
      cross join generate_series(1, v_days) as d (n)
      -- Past its life a batch would still be at sea.
      join stage s on s.start_day < d.n and (d.n <= s.end_day or s.end_day = (select max(end_day) from stage))
      cross join lateral (
        select avg(
          (w.doc #>> '{temperature,mean}')::float8
          + (w.doc #>> '{temperature,amplitude}')::float8
            * (cos(2 * pi() * (p.start_doy + d.n - 1 - (w.doc #>> '{temperature,phi}')::float8) / 365.25)
              + v_second * cos(4 * pi() * (p.start_doy + d.n - 1 - v_phi) / 365.25))
        ) as temperature
        from jsonb_each(p.sites) as w (name, doc)
      ) as sea
    )
    select jsonb_agg(v_extra || jsonb_build_object(
      'reading_id', (d.profile_no - 1) * v_days + d.day_number,
      'profile_id', t.profile_id,
      'day_number', d.day_number,
      'temperature', round(d.temperature::numeric, 2)
    ) order by d.profile_no, d.day_number)
    from day d
    join public.scenario_temperatureprofile t on t.name = d.profile_name
  ));
  return next;
end
$$;

comment on function aquaseed._load_temperature_profiles(jsonb, jsonb, jsonb) is
  'Loads the temperature profiles of the scenario planner and their daily values.';
