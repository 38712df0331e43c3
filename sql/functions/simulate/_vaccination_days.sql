-- The days on which a batch is vaccinated: those of the configuration, on the next working day of the country.
create or replace function aquaseed._vaccination_days(p_batch_no integer)
returns table (round_no integer, day integer) language sql stable rows 5
set search_path = pg_catalog, pg_temp
as $$
  select row_number() over (order by v.day::integer)::integer,
         aquaseed.next_working_day(b.geography_id, b.start_date + v.day::integer) - b.start_date
  from aquaseed.schedule_batch b
  cross join lateral jsonb_array_elements_text(aquaseed.setting_tree('biology.vaccination_days')) v(day)
  where b.batch_no = p_batch_no
$$;

comment on function aquaseed._vaccination_days(integer) is
  'Vaccinations of a batch: number and batch day, a working day.';
