-- Easter Sunday of the Gregorian calendar by the method of Meeus, Jones and Butcher. easterSunday() in
-- src/config/work.ts is the same.
create or replace function aquaseed.easter_sunday(p_year integer)
returns date language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select make_date(p_year, s.sum / 31, s.sum % 31 + 1)
  from (
    select p_year % 19 as golden, p_year / 100 as century
  ) y
  cross join lateral (
    select (19 * y.golden + y.century - y.century / 4 - (y.century - (y.century + 8) / 25 + 1) / 3 + 15) % 30 as epact
  ) e
  cross join lateral (
    select (32 + 2 * (y.century % 4) + 2 * (p_year % 100 / 4) - e.epact - p_year % 4) % 7 as weekday
  ) w
  cross join lateral (
    select e.epact + w.weekday - 7 * ((y.golden + 11 * e.epact + 22 * w.weekday) / 451) + 114 as sum
  ) s
$$;

comment on function aquaseed.easter_sunday(integer) is 'Easter Sunday of a year of the Gregorian calendar.';
