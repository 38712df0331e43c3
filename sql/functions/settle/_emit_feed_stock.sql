-- Purchases and stock of one silo or barge as AquaMind records them: deliveries from p_from (null: all) up to before
-- p_as_of, and what is left of the earlier ones, unless somebody has changed it since (aquaseed.kept_row). Each lot has
-- what is left of it: lots are used first in, first out, so what is used of one follows from what all uses
-- before as_of add up to. (Adding up aquaseed.feed_use by lot without statistics of it cost 30 to 100 ms a unit,
-- 2026-11.)
create or replace function aquaseed._emit_feed_stock(
  p_feed_container_id bigint, p_seed bigint, p_from date, p_as_of date, p_shelf_days integer
)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_suppliers jsonb := aquaseed.setting_tree('biology.feed_stock.suppliers');
  v_as_of_half integer := 2 * (p_as_of - '2000-01-01'::date);
  v_from_half integer := coalesce(2 * (p_from - '2000-01-01'::date), -2147483648);
  v_name text := (
    select f.name from aquaseed.feed_container f where f.feed_container_id = p_feed_container_id
  );
  v_stream bigint := aquaseed.stream(p_seed, 'feed supplier');
  v_rows bigint;
begin
  with eaten as (
    select d.feed_id, sum(d.grams)::bigint as grams, sum(d.grams) filter (where d.half < v_from_half)::bigint as before
    from aquaseed.feed_demand d
    where d.feed_container_id = p_feed_container_id and d.half < v_as_of_half
    group by d.feed_id
  ),
  lot as materialized (
    select l.lot_id, l.feed_id, l.grams, l.price_per_kg,
           '2000-01-01'::date + l.half / 2 as arrived,
           ('2000-01-01'::date + l.half / 2 + case l.half % 2 when 0 then time '06:00' else time '12:00' end)
             at time zone 'UTC' as arrived_at,
           l.grams - greatest(0, least(l.used_g, coalesce(e.grams, 0) - l.used_before))
             - case when l.wasted_half < v_as_of_half then l.wasted_g else 0 end as left_g,
           l.grams - greatest(0, least(l.used_g, coalesce(e.before, 0) - l.used_before))
             - case when l.wasted_half < v_from_half then l.wasted_g else 0 end as was_left_g,
           l.half < v_from_half as is_known
    from (
      select x.*, (sum(x.used_g::double precision) over w - x.used_g)::bigint as used_before
      from aquaseed.feed_lot x
      where x.feed_container_id = p_feed_container_id
      window w as (partition by x.feed_id order by x.half rows unbounded preceding)
    ) l
    left join eaten e on e.feed_id = l.feed_id
    where l.half < v_as_of_half
  ),
  purchase as (
    insert into public.inventory_feedpurchase
      (id, purchase_date, quantity_kg, cost_per_kg, supplier, batch_number, expiry_date, notes, created_at, updated_at,
       feed_id)
    select l.lot_id, l.arrived, l.grams / 1000.0, l.price_per_kg,
           v_suppliers ->> floor(aquaseed.u(v_stream, l.lot_id) * jsonb_array_length(v_suppliers))::integer,
           'LOT-' || l.lot_id, l.arrived + p_shelf_days, 'Delivered to ' || v_name,
           l.arrived_at, l.arrived_at, l.feed_id
    from lot l
    where not l.is_known
  ),
  used as (
    update public.inventory_feedcontainerstock s set quantity_kg = l.left_g / 1000.0
    from lot l
    where l.is_known and l.left_g <> l.was_left_g and s.id = l.lot_id and s.quantity_kg = l.was_left_g / 1000.0
  ),
  kept as (
    insert into aquaseed.kept_row (table_name, id)
    select 'inventory_feedcontainerstock', s.id
    from lot l
    join public.inventory_feedcontainerstock s on s.id = l.lot_id
    where l.is_known and l.left_g <> l.was_left_g and s.quantity_kg <> l.was_left_g / 1000.0
    on conflict do nothing
  )
  insert into public.inventory_feedcontainerstock
    (id, quantity_kg, entry_date, created_at, updated_at, feed_container_id, feed_purchase_id)
  select l.lot_id, l.left_g / 1000.0, l.arrived_at, l.arrived_at, l.arrived_at, p_feed_container_id, l.lot_id
  from lot l
  where not l.is_known;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._emit_feed_stock(bigint, bigint, date, date, integer) is
  'Purchases and stock rows of a silo or barge for deliveries of [p_from, p_as_of), and what is left of earlier ones. '
  'Returns the number of lots.';
