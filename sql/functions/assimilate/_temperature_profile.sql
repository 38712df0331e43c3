-- The temperature profile of a batch: that of its geography whose eggs arrive nearest to the batch's own in the year.
create or replace function aquaseed._temperature_profile(p_batch_no integer)
returns bigint language sql stable
set search_path = pg_catalog, pg_temp
return (
  select t.profile_id
  from aquaseed.schedule_batch b
  join aquaseed.temperature_season t on t.geography_id = b.geography_id
  cross join lateral (select abs(extract(doy from b.start_date)::integer - t.start_doy) as days) d
  where b.batch_no = p_batch_no
  order by least(d.days, 365 - d.days), t.season_no
  limit 1
);

comment on function aquaseed._temperature_profile(integer) is
  'Temperature profile and growth model of a batch (public.scenario_temperatureprofile), null where there is none.';
