-- 46: feed, per silo or barge and feed, in kg, exactly.
-- 46.balance: |bought - fed - wasted - in stock|, summed.
-- 46.stock: the least that was ever in stock (bought - fed - wasted so far, after every delivery, meal and waste),
--   or the least stock row if that is less.
-- 46.early: the most that was fed before it had arrived (fed so far less bought so far), 0 when never.
-- Bought, fed and stock are AquaMind's records. Which barge feeds a ring and what was thrown away are only in
-- aquaseed.container and aquaseed.feed_lot. All feeding events are read: 9 s for 144 batches (2026-11).
create or replace function aquaseed.check_46_feed_ledger()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with change as materialized (
    select s.feed_container_id, p.feed_id, s.entry_date as at, sum(p.quantity_kg) as bought, 0::numeric as fed,
           0::numeric as wasted
    from public.inventory_feedcontainerstock s join public.inventory_feedpurchase p on p.id = s.feed_purchase_id
    group by 1, 2, 3
    union all
    select c.feed_container_id, e.feed_id, (e.feeding_date + e.feeding_time) at time zone 'UTC', 0, sum(e.amount_kg), 0
    from public.inventory_feedingevent e join aquaseed.container c on c.container_id = e.container_id
    group by 1, 2, e.feeding_date, e.feeding_time
    union all
    select l.feed_container_id, l.feed_id,
           ('2000-01-01'::date + l.wasted_half / 2 + make_interval(hours => l.wasted_half % 2 * 12)) at time zone 'UTC',
           0, 0, sum(l.wasted_g) / 1000
    from aquaseed.feed_lot l
    where l.wasted_half < 2 * ((select max(r.as_of) from aquaseed.run r) - '2000-01-01'::date)
    group by 1, 2, 3
  ),
  stock as (
    select s.feed_container_id, p.feed_id, sum(s.quantity_kg) as kg, min(s.quantity_kg) as least
    from public.inventory_feedcontainerstock s join public.inventory_feedpurchase p on p.id = s.feed_purchase_id
    group by 1, 2
  ),
  running as (
    select c.feed_container_id, c.feed_id, sum(c.bought) over w - sum(c.fed) over w as left_of_bought,
           sum(c.bought - c.fed - c.wasted) over w as in_stock
    from change c
    -- A delivery at the time of a meal comes first.
    window w as (partition by c.feed_container_id, c.feed_id order by c.at, c.bought desc rows unbounded preceding)
  ),
  total as (
    select c.feed_container_id, c.feed_id, sum(c.bought) as bought, sum(c.fed) as fed, sum(c.wasted) as wasted
    from change c group by 1, 2
  ),
  balance as (
    select coalesce(t.feed_container_id, s.feed_container_id) as feed_container_id,
           coalesce(t.bought, 0) - coalesce(t.fed, 0) - coalesce(t.wasted, 0) - coalesce(s.kg, 0) as kg, s.least,
           t.bought, t.fed, t.wasted, s.kg as stock
    from total t full join stock s on s.feed_container_id = t.feed_container_id and s.feed_id = t.feed_id
  ),
  summary as (
    select coalesce(sum(abs(b.kg)), 0) as off_kg, min(b.least) as least, count(distinct b.feed_container_id) as places,
           min(b.feed_container_id) filter (where b.kg <> 0) as first_wrong,
           round(sum(b.bought) / 1000) as bought, round(sum(b.fed) / 1000) as fed,
           round(sum(b.wasted) / 1000) as wasted,
           round(sum(b.stock) / 1000) as stock
    from balance b
  ),
  worst as (
    select min(r.in_stock) as in_stock, greatest(0, -min(r.left_of_bought)) as early from running r
  )
  select v.id, v.measured::double precision, v.detail
  from summary s
  cross join worst w
  cross join lateral (values
    ('46.balance', s.off_kg,
     format('t: bought %s, fed %s, wasted %s, stock %s, in %s silos and barges', s.bought, s.fed, s.wasted, s.stock,
            s.places)
       || coalesce(', first wrong one ' || s.first_wrong, '')),
    ('46.stock', least(s.least, w.in_stock), case when s.places = 0 then 'no feed bought' else 'kg' end),
    ('46.early', coalesce(w.early, 0), 'kg')
  ) v(id, measured, detail)
$$;

comment on function aquaseed.check_46_feed_ledger() is
  'Feed ledger in kg: balance, least stock ever, feed fed before it arrived.';
