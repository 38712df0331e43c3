-- Deliveries of one silo or barge over the whole plan (aquaseed.feed_lot), in grams.
-- Each feed is ordered in campaigns (no use for clean_out_days ends one; what is left then is waste).
-- Before each half day the stock must reach the reorder level; deliveries are whole loads, so the fill by any
-- time is a running maximum of ceil(need / load) loads: a window function, no loop. Where a load is more than
-- will be used in look_ahead_days, only that much comes, twice in the look-ahead at most. Nothing looks further,
-- so nothing later in the plan can change an earlier row.
create or replace function aquaseed._deliver_feed(p_feed_container_id bigint, p_seed bigint)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_capacity_g bigint;
  v_farm_no bigint;
  v_stock aquaseed.feed_stock := aquaseed.settings('biology.feed_stock', null::aquaseed.feed_stock);
  v_price aquaseed.noise := aquaseed.settings('biology.feeding.price_noise', null::aquaseed.noise);
  v_below_halves integer := 2 * v_stock.reorder_below_days;
  v_ahead_halves integer := 2 * v_stock.look_ahead_days;
  v_clean_halves integer := 2 * v_stock.clean_out_days;
  v_load_g bigint;
  v_bag_g bigint := v_stock.smallest_load_kg::bigint * 1000;
  v_price_draw bigint := aquaseed.stream(p_seed, 'feed price');
  v_lots bigint;
begin
  select f.capacity_g, f.farm_no into strict v_capacity_g, v_farm_no
  from aquaseed.feed_container f
  where f.feed_container_id = p_feed_container_id;
  v_load_g := round(v_capacity_g * v_stock.load_share)::bigint;

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
           sum(c.grams::double precision) over s as eaten, min(c.half) over s as first_half,
           max(c.half) over s as last_half
    from campaign c
    window s as (partition by c.feed_id, c.campaign), w as (s order by c.half rows unbounded preceding)
  ),
  -- Every half day of a campaign, so that a look-ahead is a row further down. A unit of demo takes 22 ms of a core;
  -- with sums over range frames, which search for their end, and numeric arithmetic 34 ms (2026-11).
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
               greatest(round(v_capacity_g * v_stock.reorder_below_share)::bigint, x.use_soon),
               x.use_near,
               round(v_capacity_g * v_stock.share_per_feed)::bigint - v_load_g)) as level,
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
           case when row_number() over w = 1 then f.half - 2 * v_stock.opening_days else f.half end as half
    from filled f
    window w as (partition by f.feed_id, f.campaign order by f.half rows unbounded preceding)
  )
  insert into aquaseed.feed_lot
    (lot_id, feed_container_id, feed_id, half, grams, used_g, wasted_g, wasted_half, price_per_kg)
  select v_farm_no * 1000000 + p.pellet_no * 100000 + d.half, p_feed_container_id, d.feed_id, d.half, d.grams,
         d.grams - w.grams, w.grams, case when w.grams > 0 then d.last_half + v_clean_halves end,
         round((p.price_per_kg * exp(aquaseed.value_noise(p.price_key, d.half / 2, v_price)))::numeric, 2)
  from delivery d
  join (
    select x.pellet_no, x.feed_id, x.price_per_kg, v_price_draw # aquaseed.noise_key(f.name) as price_key
    from aquaseed.pellet x
    join public.inventory_feed f on f.id = x.feed_id
    offset 0
  ) p on p.feed_id = d.feed_id
  cross join lateral (select greatest(0, least(d.grams, d.delivered - d.eaten)) as grams) w
  where d.grams > 0;
  get diagnostics v_lots = row_count;
  return v_lots;
end
$$;

comment on function aquaseed._deliver_feed(bigint, bigint) is
  'Lots of a silo or barge: when they arrive, grams, what is eaten, what is waste, EUR a kg. Returns their number.';
