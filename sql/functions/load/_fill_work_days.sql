-- The days that are worked on in each country (aquaseed.work_day), from 400 days before the first batch of the schedule
-- to 1,500 after the last has ended. Rules: work.days_off of the configuration; src/config/work.ts has the same for the
-- planner. Easter is that of Meeus, Jones and Butcher. 0.1 s; compiling the statement (jit) would cost another second.
create or replace function aquaseed._fill_work_days()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_rules jsonb := aquaseed.setting_tree('work.days_off');
  v_first date := (select min(b.start_date) - 400 from aquaseed.schedule_batch b);
  v_last date := (select max(b.start_date + b.life_days) + 1500 from aquaseed.schedule_batch b);
begin
  delete from aquaseed.work_day;
  insert into aquaseed.work_day (geography_id, on_date, is_working, working_no)
  with year as (
    select y.year, aquaseed.easter_sunday(y.year) as easter
    from generate_series(extract(year from v_first)::integer, extract(year from v_last)::integer) y(year)
  ),
  day_off as (
    select g.geography_id,
           make_date(y.year, split_part(d.value, '-', 1)::integer, split_part(d.value, '-', 2)::integer) as on_date
    from aquaseed.geography g
    cross join year y
    cross join lateral jsonb_array_elements_text(v_rules #> array[g.name, 'dates']) d(value)
    union
    select g.geography_id, y.easter + d.value::integer
    from aquaseed.geography g
    cross join year y
    cross join lateral jsonb_array_elements_text(v_rules #> array[g.name, 'easter']) d(value)
    union
    -- The first of these weekdays from the 1st of the month on, or from that of the next month, some weeks on or back.
    select g.geography_id,
           f.day + (d.weekday - extract(isodow from f.day)::integer + 7) % 7
             + 7 * case when d.nth > 0 then d.nth - 1 else d.nth end
    from aquaseed.geography g
    cross join year y
    cross join lateral jsonb_to_recordset(v_rules #> array[g.name, 'weekdays'])
      d(month integer, weekday integer, nth integer)
    cross join lateral (
      select (make_date(y.year, d.month, 1)
              + case when d.nth > 0 then interval '0' else interval '1 month' end)::date as day
    ) f
  )
  select x.geography_id, x.on_date, x.is_working,
         sum(x.is_working::integer) over (partition by x.geography_id order by x.on_date)
  from (
    select g.geography_id, d.on_date,
           extract(isodow from d.on_date) <= 5
             and (g.geography_id, d.on_date) not in (select o.geography_id, o.on_date from day_off o) as is_working
    from aquaseed.geography g
    cross join lateral (
      select v_first + n.no as on_date from generate_series(0, v_last - v_first) n(no)
    ) d
  ) x;
end
$$;

comment on function aquaseed._fill_work_days() is 'Fills aquaseed.work_day for the span of the loaded schedule.';
