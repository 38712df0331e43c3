-- Stock (kg, in the evening) of a silo and of a barge up to two weeks after their last delivery: those that most was
-- delivered to, for 96 days (about a stay in a hall) and half a year. Deliveries less what was fed and what was taken
-- out as waste, from the feed ledger (feed_lot, feed_use).
create or replace function aquaseed.report_stock()
returns table (feed_container text, kind text, capacity_kg double precision, on_date date, stock_kg double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with chosen as (
    select distinct on (f.hall_id is not null) f.feed_container_id, f.capacity_g, f.hall_id is not null as silo,
           w.first,
           least(r.as_of, date '2000-01-01' + d.last_half / 2 + 14) - w.first as days
    from aquaseed.feed_container f
    cross join aquaseed.run r
    join lateral (
      select sum(l.grams) as grams, max(l.half) as last_half, date '2000-01-01' + min(l.half) / 2 as first_date
      from aquaseed.feed_lot l
      where l.feed_container_id = f.feed_container_id and l.half < 2 * (r.as_of - date '2000-01-01')
    ) d on d.grams > 0
    cross join lateral (
      select greatest(date '2000-01-01' + d.last_half / 2 - case when f.hall_id is null then 179 else 95 end,
                      d.first_date) as first
    ) w
    order by f.hall_id is not null desc, d.grams desc, f.feed_container_id
  ),
  change as (
    select x.feed_container_id, greatest(date '2000-01-01' + x.half / 2, c.first) as on_date, sum(x.grams) as grams
    from (
      select l.feed_container_id, l.half, l.grams from aquaseed.feed_lot l
      union all
      select l.feed_container_id, l.wasted_half, -l.wasted_g from aquaseed.feed_lot l where l.wasted_g > 0
      union all
      select u.feed_container_id, u.half, -u.grams from aquaseed.feed_use u
    ) x
    join chosen c on c.feed_container_id = x.feed_container_id
    group by 1, 2
  )
  select p.name::text, case when c.silo then 'silo' else 'barge' end, c.capacity_g / 1000.0::double precision,
         c.first + d.n,
         (sum(coalesce(g.grams, 0)) over (partition by c.feed_container_id order by d.n) / 1000)::double precision
  from chosen c
  join public.infrastructure_feedcontainer p on p.id = c.feed_container_id
  cross join lateral generate_series(0, c.days - 1) d(n)
  left join change g on g.feed_container_id = c.feed_container_id and g.on_date = c.first + d.n
  order by c.silo desc, d.n
$$;

comment on function aquaseed.report_stock() is
  'Report: stock of feed (kg) of the busiest silo and of the busiest barge, day by day.';
