-- When the rings of a batch are counted for lice: once an ISO week, on the weekday of the site (its first rings) and on
-- the next working day (the others), not on days of storm if the week has others. Weeks of the site and of single rings
-- are left out, but not around a delousing: a count calls for it, and another one says what came of it.
create or replace function aquaseed._lice_rounds(p_batch_no integer, p_seed bigint)
returns table (assignment_no smallint, day smallint, deloused smallint, is_first_after boolean)
language plpgsql stable rows 500
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_count aquaseed.lice_count := aquaseed.settings('health.lice_count', null::aquaseed.lice_count);
  v_rounds aquaseed.lice_rounds := v_count.rounds;
  v_missed aquaseed.missed_counts := v_count.missed;
  v_weekday_draw bigint := aquaseed.stream(p_seed, 'weekday of lice counts');
  v_site_draw bigint := aquaseed.stream(p_seed, 'lice count of a site');
  v_ring_draw bigint := aquaseed.stream(p_seed, 'lice count of a ring');
begin
  return query
  with ring as materialized (
    select a.assignment_no, a.first_day, c.assignment_key, k.position, r.noise_key as site_key, r.geography_id,
           b.start_date, b.days, a.last_day,
           floor(v_rounds.weekdays * aquaseed.u(v_weekday_draw # r.noise_key, 0))::integer as weekday
    from aquaseed.assignment a
    join aquaseed.schedule_batch b on b.batch_no = a.batch_no
    join aquaseed.schedule_container c on c.batch_no = a.batch_no and c.assignment_no = a.assignment_no
    join aquaseed.container k on k.container_id = c.container_id
    join aquaseed.area r on r.area_id = k.area_id
    where a.batch_no = p_batch_no
  ),
  site as materialized (
    select r.site_key, r.geography_id, r.start_date, r.weekday, min(r.start_date + r.first_day) as first_date,
           max(r.start_date + least(r.last_day, r.days - 1)) as last_date
    from ring r
    group by r.site_key, r.geography_id, r.start_date, r.weekday
    -- All rings of a batch are of one site.
    limit 1
  ),
  storm as materialized (
    select s.site_key, x.on_date
    from site s
    cross join lateral aquaseed._storm_days(s.site_key, p_seed, s.first_date - 6, s.last_date + 6) x
  ),
  -- The days of a week on which the site can count, best first.
  week as materialized (
    select s.site_key, s.start_date, aquaseed.day_no(m.at::date) as no,
           array_agg(d.on_date - s.start_date
             order by exists (select from storm x where x.site_key = s.site_key and x.on_date = d.on_date),
                      d.on_date < p.on_date, abs(d.on_date - p.on_date)) as days
    from site s
    cross join lateral generate_series(
      date_trunc('week', s.first_date::timestamp), s.last_date::timestamp, interval '7 days') m(at)
    cross join lateral (select m.at::date + s.weekday as on_date) p
    join aquaseed.work_day d
      on d.geography_id = s.geography_id and d.on_date between m.at::date and m.at::date + 6 and d.is_working
    group by s.site_key, s.start_date, m.at
  ),
  visit as (
    select r.assignment_no, r.assignment_key, r.site_key, w.no, r.first_day, r.last_day, r.days,
           w.days[case when r.position > v_rounds.rings_a_day then least(2, cardinality(w.days)) else 1 end] as day
    from ring r
    join week w on w.site_key = r.site_key
  ),
  counted as (
    select v.assignment_no, v.day, lag(v.day) over (partition by v.assignment_no order by v.day) as day_before
    from visit v
    where v.day between v.first_day + v_rounds.first_day and least(v.last_day, v.days - 1)
      and (aquaseed.u(v_site_draw # v.site_key, v.no) >= v_missed.site
           and aquaseed.u(v_ring_draw # v.assignment_key, v.no) >= v_missed.ring
        or exists (
          select from aquaseed.procedure p
          where p.batch_no = p_batch_no and p.kind = 'delousing' and p.assignment_no = v.assignment_no
            and v.day - p.day between -v_missed.days_before and v_missed.days_after))
  )
  select c.assignment_no, c.day::smallint, d.day, coalesce(d.day >= c.day_before, false)
  from counted c
  cross join lateral (
    select max(p.day) as day
    from aquaseed.procedure p
    where p.batch_no = p_batch_no and p.kind = 'delousing' and p.assignment_no = c.assignment_no and p.day < c.day
  ) d;
end
$$;

comment on function aquaseed._lice_rounds(integer, bigint) is
  'Lice counts of a batch before as_of: container, batch day, day of its last delousing, whether the first one since.';
