-- The meals of every fed day, at their FIFO cost. The feed of half a day is cut into equal meals; the last one
-- of a half takes the remainder, so the meals add up to the truth exactly. Decimals are integers times a unit: a cast
-- of double precision to numeric costs eight times as much. Biomass and cost are rounded as integers, half up: the
-- daily truth holds weights in units of 0.1 mg, the ledger costs in units of 0.000001.
create or replace function aquaseed._emit_feeding(p_batch_no integer, p_seed bigint, p_leaf text)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('inventory_feedingevent');
  v_hours aquaseed.feeding_hours := aquaseed.settings('biology.feeding.hours', null::aquaseed.feeding_hours);
  v_rows bigint;
begin
  execute format($insert$
    insert into public.%I
      (id, feeding_date, feeding_time, amount_kg, batch_biomass_kg, feeding_percentage, method, notes, created_at,
       updated_at, batch_id, batch_assignment_id, container_id, feed_id, recorded_by_id, feed_cost)
    with duty as materialized (select x.life_stage_no, x.day, x.operator_id from aquaseed._duty($1, $5) x)
    select $1 * $2 + (d.assignment_no * 1000 + d.day) * 20 + m.meal, w.fed_on,
           time '00:00' + make_interval(mins => x.minute), m.grams * 0.001,
           (d.fish_start * (1e4::double precision * d.weight_start_g)::bigint + 50000) / 100000 * 0.01,
           least(99999999, (1e6::double precision * (m.grams / 10) / g.biomass_kg)::bigint) * 0.000001, 'AUTOMATIC', '',
           w.midnight + make_interval(mins => x.minute + 30), w.midnight + make_interval(mins => x.minute + 30),
           $1, $1 * 100 + d.assignment_no, d.container_id, p.feed_id, o.operator_id,
           (m.grams * (1e6::double precision * k.cost_per_kg)::bigint + 5000000) / 10000000 * 0.01
    from aquaseed.assignment_day d
    join aquaseed.schedule_batch b on b.batch_no = d.batch_no
    join aquaseed.life_stage t on t.life_stage_no = d.life_stage_no
    join duty o on o.life_stage_no = d.life_stage_no and o.day = d.day
    join aquaseed.container c on c.container_id = d.container_id
    cross join (values (0), (1)) half(no)
    cross join lateral (
      select case half.no when 0 then d.feed_1_g else d.feed_2_g end as grams,
             case half.no when 0 then d.pellet_1 else d.pellet_2 end as pellet_no,
             case half.no when 0 then 0 else (t.meals_per_day + 1) / 2 end as first_meal,
             (t.meals_per_day + 1 - half.no) / 2 as meals
    ) h
    join aquaseed.pellet p on p.pellet_no = h.pellet_no
    join generate_series(0, (select max(x.meals_per_day) from aquaseed.life_stage x)) s(n) on s.n < h.meals
    cross join lateral (
      select h.first_meal + s.n as meal,
             case when s.n < h.meals - 1 then h.grams / h.meals / 10 * 10
                  else h.grams - h.grams / h.meals / 10 * 10 * (h.meals - 1) end as grams
    ) m
    cross join lateral (
      select round(60 * ($3 + case when t.meals_per_day > 1
          then ($4 - $3) * m.meal / (t.meals_per_day - 1) else 0 end))::integer as minute
    ) x
    cross join lateral (
      select b.start_date + d.day as fed_on, (b.start_date + d.day)::timestamp at time zone 'UTC' as midnight
    ) w
    cross join lateral (select d.fish_start * d.weight_start_g / 1000 as biomass_kg) g
    -- The limit keeps this an index look-up: joined, the costs of all batches are hashed for each one.
    cross join lateral (
      select x.cost_per_kg from aquaseed.feed_cost x
      where x.feed_container_id = c.feed_container_id and x.feed_id = p.feed_id
        and x.half = 2 * (w.fed_on - '2000-01-01'::date) + half.no
      limit 1
    ) k
    where d.batch_no = $1 and d.day >= b.emitted_days and d.day < b.days and h.grams > 0 and m.grams > 0
    order by d.assignment_no, d.day, m.meal
  $insert$, p_leaf)
  using p_batch_no, v_block, v_hours.first, v_hours.last, p_seed;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('inventory_feedingevent', v_rows);
end
$$;

comment on function aquaseed._emit_feeding(integer, bigint, text) is
  'inventory_feedingevent of one batch into its leaf: meals in kg (multiples of 10 g) with FIFO cost.';
