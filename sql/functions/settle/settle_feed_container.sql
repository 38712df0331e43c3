-- Stage settle, one silo or barge: deliveries, lots, first-in-first-out use and cost, over the whole plan;
-- purchases and stock as they stand at as_of. Everything in grams.
-- 22 ms of a core a unit on average of demo (450 half days of use each; 2026-11).
create or replace function aquaseed.settle_feed_container(p_run_id integer, p_feed_container_id bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_seed bigint;
  v_as_of date;
  v_shelf_days integer := aquaseed.number('biology.feed_stock.shelf_life_days')::integer;
  v_from date;
  v_known_lots bigint := 0;
  v_known_uses bigint := 0;
  v_lots bigint;
  v_uses bigint;
  v_purchases bigint;
begin
  select r.seed, r.as_of, r.advanced_from into v_seed, v_as_of, v_from from aquaseed.run r where r.run_id = p_run_id;
  -- Lots and their use are those of the whole plan. Batches that an advance has added are fed from here, too: nothing
  -- looks further ahead than a delivery may, so what was settled for the earlier end of history comes out the same.
  -- Without such batches all of it is there.
  if v_from is not null then
    if not aquaseed._feeds_new_batch(p_feed_container_id) then
      v_purchases := aquaseed._emit_feed_stock(p_feed_container_id, v_seed, v_from, v_as_of, v_shelf_days);
      return jsonb_build_object('inventory_feedpurchase', v_purchases, 'inventory_feedcontainerstock', v_purchases);
    end if;
    delete from aquaseed.feed_cost c where c.feed_container_id = p_feed_container_id;
    delete from aquaseed.feed_use u where u.feed_container_id = p_feed_container_id;
    get diagnostics v_known_uses = row_count;
    delete from aquaseed.feed_lot l where l.feed_container_id = p_feed_container_id;
    get diagnostics v_known_lots = row_count;
  end if;
  v_lots := aquaseed._deliver_feed(p_feed_container_id, v_seed);

  -- First in, first out: line up all lots and all uses of a feed by cumulative grams; every stretch between
  -- two boundaries belongs to one lot and one use.
  insert into aquaseed.feed_use (feed_container_id, feed_id, half, lot_id, grams)
  with demand as materialized (
    select u.feed_id, u.half, u.grams,
           sum(u.grams) over (partition by u.feed_id order by u.half rows unbounded preceding) as upto
    from (
      select d.feed_id, d.half, sum(d.grams::double precision) as grams
      from aquaseed.feed_demand d
      where d.feed_container_id = p_feed_container_id
      group by d.feed_id, d.half
    ) u
  ),
  boundary as (
    select l.feed_id,
           sum(l.used_g::double precision) over (partition by l.feed_id order by l.half rows unbounded preceding)
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

  v_purchases := aquaseed._emit_feed_stock(p_feed_container_id, v_seed, v_from, v_as_of, v_shelf_days);
  return jsonb_build_object('aquaseed.feed_lot', v_lots - v_known_lots, 'aquaseed.feed_use', v_uses - v_known_uses,
                            'inventory_feedpurchase', v_purchases, 'inventory_feedcontainerstock', v_purchases);
end
$$;

comment on function aquaseed.settle_feed_container(integer, bigint) is
  'Stage settle for one silo or barge: lots, FIFO use and cost in grams, purchases and stock at as_of. Returns rows '
  'per table.';
