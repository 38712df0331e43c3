-- Stage settle, one silo or barge: deliveries, lots, first-in-first-out use and cost, over the whole plan;
-- purchases and stock as they stand at as_of. Everything in grams.
-- Each feed is ordered in campaigns (no use for clean_out_days ends one; what is left then is waste).
-- Before each half day the stock must reach the reorder level; deliveries are whole loads, so the fill by any
-- time is a running maximum of ceil(need / load) loads: a window function, no loop. Where a load is more than
-- will be used in look_ahead_days, only that much comes, twice in the look-ahead at most. Nothing looks further,
-- so nothing later in the plan can change an earlier row.
create or replace function aquaseed.settle_feed_container(p_run_id integer, p_feed_container_id bigint)
returns jsonb language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_seed bigint;
  v_as_of date;
  v_capacity_g bigint := (select f.capacity_g from aquaseed.feed_container f where f.feed_container_id = p_feed_container_id);
  v_below_share double precision := aquaseed.number('biology.feed_stock.reorder_below_share');
  v_below_halves integer := 2 * aquaseed.number('biology.feed_stock.reorder_below_days')::integer;
  v_ahead_halves integer := 2 * aquaseed.number('biology.feed_stock.look_ahead_days')::integer;
  v_clean_halves integer := 2 * aquaseed.number('biology.feed_stock.clean_out_days')::integer;
  v_opening_halves integer := 2 * aquaseed.number('biology.feed_stock.opening_days')::integer;
  v_feed_share double precision := aquaseed.number('biology.feed_stock.share_per_feed');
  v_load_share double precision := aquaseed.number('biology.feed_stock.load_share');
  v_bag_g bigint := aquaseed.number('biology.feed_stock.smallest_load_kg')::bigint * 1000;
  v_shelf_days integer := aquaseed.number('biology.feed_stock.shelf_life_days')::integer;
  v_price_tau double precision := aquaseed.number('biology.feeding.price_noise.tau');
  v_price_sigma double precision := aquaseed.number('biology.feeding.price_noise.sigma');
  v_load_g bigint := round(v_capacity_g * v_load_share)::bigint;
  v_price bigint;
  v_lots bigint;
  v_uses bigint;
  v_purchases bigint;
begin
  select r.seed, r.as_of into v_seed, v_as_of from aquaseed.run r where r.run_id = p_run_id;
  v_price := aquaseed.stream(v_seed, 'feed price');

  -- Sums are of whole grams, so exact as double precision; sum(bigint) would be numeric.
  with demand as (
    select d.feed_id, d.half, sum(d.grams::double precision)::bigint as grams
    from aquaseed.feed_demand d
    where d.feed_container_id = p_feed_container_id
    group by d.feed_id, d.half
  ),
  campaign as (
    select d.*, sum(d.is_first) over (partition by d.feed_id order by d.half rows unbounded preceding) as campaign
    from (
      select x.*, (x.half - lag(x.half, 1, x.half - v_clean_halves) over (partition by x.feed_id order by x.half)
                   >= v_clean_halves)::integer as is_first
      from demand x
    ) d
  ),
  summed as (
    select c.*, sum(c.grams::double precision) over w as upto, lead(c.half, 1, c.half + 1) over w as next_half,
           sum(c.grams::double precision) over s as eaten, min(c.half) over s as first_half, max(c.half) over s as last_half
    from campaign c
    window s as (partition by c.feed_id, c.campaign), w as (s order by c.half rows unbounded preceding)
  ),
  -- Every half day of a campaign, so that a look-ahead is a row further down: 3 us a half day with its three leads,
  -- 12 us with sums over range frames, which search for their end (2026-11).
  outlook as (
    select x.feed_id, x.campaign, x.half, x.grams, x.at, x.upto::bigint, x.eaten::bigint, x.last_half,
           (coalesce(lead(x.upto, v_below_halves - 1) over w, x.eaten) - x.upto + x.grams)::bigint as use_soon,
           (coalesce(lead(x.upto, v_ahead_halves / 2 - 1) over w, x.eaten) - x.upto + x.grams)::bigint as use_near,
           (coalesce(lead(x.upto, v_ahead_halves - 1) over w, x.eaten) - x.upto + x.grams)::bigint as use_ahead,
           (x.half - x.first_half) / (v_ahead_halves / 2) as spell
    from (select s.*, h.at from summed s cross join lateral generate_series(s.half, s.next_half - 1) h(at)) x
    window w as (partition by x.feed_id, x.campaign order by x.at rows unbounded preceding)
  ),
  filled as (
    select o.*,
           max(least((o.upto - o.grams + o.level + v_load_g - 1) / v_load_g * v_load_g, o.enough))
             over (partition by o.feed_id, o.campaign order by o.half rows unbounded preceding) as delivered
    from (
      select x.*,
             greatest(x.grams, least(
               greatest(round(v_capacity_g * v_below_share)::bigint, x.use_soon),
               x.use_near,
               round(v_capacity_g * v_feed_share)::bigint - v_load_g)) as level,
             -- What the look-ahead of the first half day of this spell asks for.
             first_value((x.upto - x.grams + x.use_ahead + v_bag_g - 1) / v_bag_g * v_bag_g)
               over (partition by x.feed_id, x.campaign, x.spell order by x.half) as enough
      from outlook x
      where x.at = x.half
    ) o
  ),
  delivery as (
    select f.feed_id, f.campaign, f.delivered, f.eaten, f.last_half,
           f.delivered - lag(f.delivered, 1, 0::bigint) over w as grams,
           case when row_number() over w = 1 then f.half - v_opening_halves else f.half end as half
    from filled f
    window w as (partition by f.feed_id, f.campaign order by f.half rows unbounded preceding)
  )
  insert into aquaseed.feed_lot
    (lot_id, feed_container_id, feed_id, half, grams, used_g, wasted_g, wasted_half, price_per_kg)
  select p_feed_container_id * 1000000 + p.pellet_no * 100000 + d.half, p_feed_container_id, d.feed_id, d.half, d.grams,
         d.grams - w.grams, w.grams, case when w.grams > 0 then d.last_half + v_clean_halves end,
         round((p.price_per_kg * exp(aquaseed.value_noise(p.price_key, d.half / 2, v_price_tau, v_price_sigma)))::numeric, 2)
  from delivery d
  join (
    select x.pellet_no, x.feed_id, x.price_per_kg, v_price # aquaseed.noise_key(f.name) as price_key
    from aquaseed.pellet x
    join public.inventory_feed f on f.id = x.feed_id
    offset 0
  ) p on p.feed_id = d.feed_id
  cross join lateral (select greatest(0, least(d.grams, d.delivered - d.eaten)) as grams) w
  where d.grams > 0;
  get diagnostics v_lots = row_count;

  -- First in, first out: line up all lots and all uses of a feed by cumulative grams; every stretch between
  -- two boundaries belongs to one lot and one use.
  insert into aquaseed.feed_use (feed_container_id, feed_id, half, lot_id, grams)
  with demand as materialized (
    select u.feed_id, u.half, u.grams, sum(u.grams) over (partition by u.feed_id order by u.half rows unbounded preceding) as upto
    from (
      select d.feed_id, d.half, sum(d.grams::double precision) as grams
      from aquaseed.feed_demand d
      where d.feed_container_id = p_feed_container_id
      group by d.feed_id, d.half
    ) u
  ),
  boundary as (
    select l.feed_id, sum(l.used_g::double precision) over (partition by l.feed_id order by l.half rows unbounded preceding)
             - l.used_g as at, l.lot_id, null::integer as half
    from aquaseed.feed_lot l
    where l.feed_container_id = p_feed_container_id and l.used_g > 0
    union all
    select d.feed_id, d.upto - d.grams, null, d.half from demand d
    union all
    select d.feed_id, max(d.upto), null, null from demand d group by d.feed_id
  ),
  stretch as (
    select b.feed_id, b.at, max(b.lot_id) over w as lot_id, max(b.half) over w as half,
           lead(b.at) over w - b.at as grams
    from (
      select x.feed_id, x.at, max(x.lot_id) as lot_id, max(x.half) as half from boundary x group by x.feed_id, x.at
    ) b
    window w as (partition by b.feed_id order by b.at rows unbounded preceding)
  )
  select p_feed_container_id, s.feed_id, s.half, s.lot_id, s.grams
  from stretch s
  where s.grams > 0;
  get diagnostics v_uses = row_count;

  insert into aquaseed.feed_cost (feed_container_id, feed_id, half, cost_per_kg)
  select u.feed_container_id, u.feed_id, u.half,
         round(sum(u.grams * l.price_per_kg) / sum(u.grams), 6)::double precision
  from aquaseed.feed_use u
  -- By container, not by lot: without statistics the planner reads all lots of the farm for each silo.
  join aquaseed.feed_lot l on l.feed_container_id = p_feed_container_id and l.lot_id = u.lot_id
  where u.feed_container_id = p_feed_container_id
  group by u.feed_container_id, u.feed_id, u.half;

  v_purchases := aquaseed._emit_feed_stock(p_feed_container_id, v_seed, v_as_of, v_shelf_days);
  return jsonb_build_object('aquaseed.feed_lot', v_lots, 'aquaseed.feed_use', v_uses,
                            'inventory_feedpurchase', v_purchases, 'inventory_feedcontainerstock', v_purchases);
end
$$;

comment on function aquaseed.settle_feed_container(integer, bigint) is
  'Stage settle for one silo or barge: lots, FIFO use and cost in grams, purchases and stock at as_of. Returns rows per table.';
