-- Power of the daily mean sea temperature of an area at k / 64 cycles a day, k from 3 to 31: periods of 21 to 2 days.
-- Stretches of 64 days without a gap (_sea_temperature, area), each without its straight line and tapered by
-- Hann, since the slow waves are a thousand times as strong as the fast ones and would leak.
create or replace function aquaseed._sea_spectrum()
returns table (area_id bigint, k integer, power double precision, stretches bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with day as (
    select d.area_id, d.on_date, d.temperature,
           d.on_date - row_number() over (partition by d.area_id order by d.on_date)::integer as run
    from aquaseed._sea_temperature('area') d
  ),
  placed as (
    select x.area_id, x.run, x.temperature, x.no / 64 as stretch, x.no % 64 as place
    from (
      select y.*, row_number() over (partition by y.area_id, y.run order by y.on_date)::integer - 1 as no from day y
    ) x
  ),
  line as (
    select p.*, count(*) over w as days, avg(p.temperature) over w as mean,
           regr_slope(p.temperature, p.place) over w as slope
    from placed p
    window w as (partition by p.area_id, p.run, p.stretch)
  ),
  tapered as materialized (
    select l.area_id, l.run, l.stretch, l.place,
           (l.temperature - l.mean - l.slope * (l.place - 31.5)) * sin(pi() * l.place / 64) ^ 2 as value
    from line l
    where l.days = 64
  ),
  wave as (
    select t.area_id, f.k, sum(t.value * cos(2 * pi() * f.k * t.place / 64)) as c,
           sum(t.value * sin(2 * pi() * f.k * t.place / 64)) as s
    from tapered t
    cross join generate_series(3, 31) f(k)
    group by t.area_id, t.run, t.stretch, f.k
  )
  select w.area_id, w.k, sum(w.c ^ 2 + w.s ^ 2), count(*)
  from wave w
  group by w.area_id, w.k
$$;

comment on function aquaseed._sea_spectrum() is
  'Power of the daily sea temperature of an area by frequency (k cycles in 64 days), summed over its stretches.';
