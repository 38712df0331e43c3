-- 58: what lice counts of farms show. neighbours: correlation of the logs of the weekly means of adult females (+ 0.01
-- a fish) of two sea areas less than 10 km apart that have 52 ISO weeks in common; mean over the pairs. Pairs share
-- areas, so the error is that of half as many pairs as there are areas. uncounted: share of whole ISO weeks of rings
-- at sea without a count. chalimus: mean chalimus / mean adult females of all samples.
create or replace function aquaseed.check_58_lice_counts()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with sample as materialized (
    select s.*, c.area_id, date_trunc('week', s.on_date::timestamp)::date as week
    from aquaseed._lice_samples() s
    join public.batch_batchcontainerassignment a on a.id = s.assignment_id
    join public.infrastructure_container c on c.id = a.container_id
  ),
  site as materialized (
    select s.area_id, s.week, ln(avg(s.adult_females) + 0.01) as lice
    from sample s
    group by s.area_id, s.week
  ),
  near as (
    select a.id as area_1, b.id as area_2
    from public.infrastructure_area a
    join public.infrastructure_area b on b.id > a.id
    cross join lateral (
      select (b.latitude - a.latitude)::double precision as north,
             (b.longitude - a.longitude)::double precision
               * cosd((a.latitude + b.latitude)::double precision / 2) as east
    ) d
    where 111.195 * sqrt(d.north ^ 2 + d.east ^ 2) < 10
  ),
  pair as (
    select n.area_1, n.area_2, corr(x.lice, y.lice) as r
    from near n
    join site x on x.area_id = n.area_1
    join site y on y.area_id = n.area_2 and y.week = x.week
    group by n.area_1, n.area_2
    having count(*) >= 52 and corr(x.lice, y.lice) is not null
  ),
  neighbour as (
    select avg(p.r) as r, stddev_samp(p.r)::double precision as sd, count(*) as pairs, min(p.r) as least,
           max(p.r) as most, (select count(distinct v.area_id)
             from pair q cross join lateral (values (q.area_1), (q.area_2)) v(area_id)) as areas
    from pair p
  ),
  -- From the first Monday at sea to the last Sunday before the ring was emptied, or before the end of history.
  cage_week as (
    select a.batch_id, a.id as assignment_id, m.at::date as week
    from public.batch_batchcontainerassignment a
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    cross join (select max(r.as_of) as as_of from aquaseed.run r) e
    cross join lateral generate_series(
      date_trunc('week', (a.assignment_date + 6)::timestamp),
      date_trunc('week', least(a.departure_date, e.as_of)::timestamp) - interval '7 days', interval '7 days') m(at)
    where exists (select from sample)
  ),
  batch as (
    select w.batch_id, count(*)::double precision as weeks,
           count(*) filter (where s.assignment_id is null)::double precision as without
    from cage_week w
    left join (select distinct x.assignment_id, x.week from sample x) s
      on s.assignment_id = w.assignment_id and s.week = w.week
    group by w.batch_id
  ),
  young as (
    select s.batch_id, sum(s.chalimus) as chalimus, sum(s.adult_females) as females from sample s group by s.batch_id
  )
  select '58.neighbours', n.r,
         case when n.pairs = 0 then 'no two areas near each other with 52 weeks in common'
              else n.pairs || ' pairs of ' || n.areas || ' areas, ' || round(n.least::numeric, 2) || ' to '
                || round(n.most::numeric, 2) end,
         aquaseed._standard_error(n.sd, n.areas / 2), n.areas::integer
  from neighbour n
  union all
  select '58.uncounted', sum(b.without) / nullif(sum(b.weeks), 0),
         case when count(*) = 0 then 'no weeks with lice counts' else sum(b.weeks) || ' weeks of rings' end,
         aquaseed._ratio_error(array_agg(b.without), array_agg(b.weeks)), count(*)::integer
  from batch b
  union all
  select '58.chalimus', sum(y.chalimus) / nullif(sum(y.females), 0),
         case when count(*) = 0 then 'no lice counts' else count(*) || ' batches' end,
         aquaseed._ratio_error(array_agg(y.chalimus), array_agg(y.females)), count(*)::integer
  from young y
$$;

comment on function aquaseed.check_58_lice_counts() is
  'Lice of neighbouring areas, weeks of rings without a count, chalimus per adult female.';
