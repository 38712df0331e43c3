-- Daily mean sea temperature of a fixed sample, for checks 16 to 22, from AquaMind's readings by their index on
-- (container, parameter, time). p_by:
--   ring: the two rings (lowest id) of each of the first 3 areas of a geography;
--   area: each of the first 6 areas of a geography, mean over the first ring (lowest id) of every batch in it.
-- Rings and areas count when they were stocked at least 270 days: a yearly harmonic needs most of a year.
-- residual = the day's mean less its yearly harmonic m + a cos(x) + b sin(x), x = 2 pi day / 365.25, fitted to the
-- series by least squares (normal equations in central moments). At most about 0.5 million readings: 0.4 s for 144
-- batches (2026-11).
create or replace function aquaseed._sea_temperature(p_by text)
returns table (
  geography text, area_id bigint, series_id bigint, on_date date, temperature double precision,
  residual double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with stay as (
    select a.id, a.batch_id, a.container_id, r.id as area_id, r.geography_id, a.assignment_date as from_date,
           coalesce(a.departure_date + 1, x.as_of) as to_date
    from public.batch_batchcontainerassignment a
    join public.infrastructure_container c on c.id = a.container_id
    join public.infrastructure_area r on r.id = c.area_id
    cross join (select max(y.as_of) as as_of from aquaseed.run y) x
  ),
  -- The series: what is averaged for an area or a ring.
  candidate as (
    select s.*, case p_by when 'ring' then s.container_id else s.area_id end as series_id
    from stay s
    where p_by = 'ring' or s.id = (
      select min(f.id) from stay f where f.batch_id = s.batch_id and f.area_id = s.area_id)
  ),
  series as (
    select c.geography_id, c.area_id, c.series_id,
           row_number() over (partition by c.area_id order by c.series_id) as ring_no
    from candidate c
    group by c.geography_id, c.area_id, c.series_id
    having sum(c.to_date - c.from_date) >= 270
  ),
  chosen as (
    select s.*, dense_rank() over (partition by s.geography_id order by s.area_id) as area_no
    from series s
    where s.ring_no <= 2
  ),
  ring_day as (
    select g.name::text as geography, c.area_id, c.series_id, e.on_date, e.temperature
    from chosen h
    join candidate c on c.series_id = h.series_id
    join public.infrastructure_geography g on g.id = h.geography_id
    join public.environmental_environmentalparameter p on p.name = 'Temperature'
    cross join lateral (
      select (x.reading_time at time zone 'UTC')::date as on_date, avg(x.value)::double precision as temperature
      from public.environmental_environmentalreading x
      where x.container_id = c.container_id and x.parameter_id = p.id
        and x.reading_time >= c.from_date::timestamp at time zone 'UTC'
        and x.reading_time < c.to_date::timestamp at time zone 'UTC'
      group by 1
    ) e
    where h.area_no <= case p_by when 'ring' then 3 else 6 end
  ),
  daily as (
    select d.geography, d.area_id, d.series_id, d.on_date, avg(d.temperature) as temperature
    from ring_day d
    group by d.geography, d.area_id, d.series_id, d.on_date
  ),
  moment as (
    select d.*, h.c, h.s, count(*) over w as days,
           avg(d.temperature) over w as mean, avg(h.c) over w as mean_c, avg(h.s) over w as mean_s,
           covar_pop(d.temperature, h.c) over w as tc, covar_pop(d.temperature, h.s) over w as ts,
           var_pop(h.c) over w as cc, var_pop(h.s) over w as ss, covar_pop(h.c, h.s) over w as cs
    from daily d
    cross join lateral (
      select cos(2 * pi() * aquaseed.day_no(d.on_date) / 365.25) as c,
             sin(2 * pi() * aquaseed.day_no(d.on_date) / 365.25) as s
    ) h
    window w as (partition by d.series_id)
  )
  select m.geography, m.area_id, m.series_id, m.on_date, m.temperature,
         m.temperature - m.mean
           - (m.tc * m.ss - m.ts * m.cs) / (m.cc * m.ss - m.cs ^ 2) * (m.c - m.mean_c)
           - (m.ts * m.cc - m.tc * m.cs) / (m.cc * m.ss - m.cs ^ 2) * (m.s - m.mean_s)
  from moment m
  where m.days >= 270
$$;

comment on function aquaseed._sea_temperature(text) is
  'Daily mean sea temperature (deg C) and its residual from the yearly harmonic, for a sample of rings (ring) or '
  'areas (area).';
