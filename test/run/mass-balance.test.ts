import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, tinyFarm } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await generatedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

const query = (text: string): Promise<Record<string, unknown>[]> => rowsOf(database.url, text);

/** Fish of each assignment, from the tables of AquaMind alone. */
const FLOWS = `
  with eggs as (select dest_assignment_id as id, sum(egg_count_actual) as n from batch_creationaction group by 1),
  arrived as (select dest_assignment_id as id, sum(transferred_count) as n from batch_transferaction group by 1),
  moved as (select source_assignment_id as id, sum(transferred_count) as n from batch_transferaction group by 1),
  died as (select assignment_id as id, sum(count) as n from batch_mortalityevent group by 1),
  harvested as (
    select e.assignment_id as id, sum(l.unit_count) as n
    from harvest_harvestevent e join harvest_harvestlot l on l.event_id = e.id group by 1
  ),
  flow as (
    select a.id, a.batch_id, a.container_id, a.is_active, a.population_count,
           coalesce(eggs.n, 0) as eggs, coalesce(arrived.n, 0) as arrived, coalesce(moved.n, 0) as moved,
           coalesce(died.n, 0) as died, coalesce(harvested.n, 0) as harvested,
           case when a.is_active then a.population_count else 0 end as alive
    from batch_batchcontainerassignment a
    left join eggs using (id) left join arrived using (id) left join moved using (id)
    left join died using (id) left join harvested using (id)
  )`;

describe('no fish is lost or invented', () => {
  it('in a batch: eggs = alive + dead + harvested', async () => {
    const batches = await query(`${FLOWS}
      select b.batch_number, w.total_eggs_received::int as eggs,
             sum(f.eggs)::int as delivered, sum(f.alive + f.died + f.harvested)::int as accounted,
             sum(f.alive)::int as alive, sum(f.harvested)::int as harvested
      from batch_batch b
      join batch_creationworkflow w on w.batch_id = b.id
      join flow f on f.batch_id = b.id
      group by b.batch_number, w.total_eggs_received`);
    expect(batches).toHaveLength(6);
    for (const { batch_id, eggs } of tinyFarm().schedule.batches) {
      const batch = batches.find((it) => it.batch_number === batch_id);
      expect(batch).toMatchObject({ eggs, delivered: eggs, accounted: eggs });
    }
    expect(batches.find((it) => it.batch_number === 'FAR-2023-001')).toMatchObject({ alive: 0 });
    expect(batches.filter((it) => Number(it.harvested) > 0)).toHaveLength(1);
  });

  it('in a container: eggs + arrived = alive + dead + moved on + harvested', async () => {
    expect(
      await query(
        `${FLOWS} select * from flow where eggs + arrived <> alive + died + moved + harvested or eggs + arrived = 0`,
      ),
    ).toEqual([]);
    const [counted] = await query(
      `${FLOWS} select count(*)::int as assignments, count(*) filter (where moved > 0)::int as emptied,
         count(*) filter (where harvested > 0)::int as harvested from flow`,
    );
    expect(counted).toEqual({ assignments: 54, emptied: 42, harvested: 2 });
  });

  it('on a day: what was in a container in the morning is there in the evening, dead or harvested', async () => {
    expect(
      await query(`
        select d.batch_no, d.assignment_no, d.day from aquaseed.assignment_day d
        join aquaseed.schedule_batch b using (batch_no)
        left join lateral (
          select sum(x.count) as count from batch_mortalityevent x
          where x.assignment_id = d.batch_no * 100 + d.assignment_no and x.event_date = b.start_date + d.day
        ) m on true
        left join lateral (
          select sum(l.unit_count) as fish from harvest_harvestevent e join harvest_harvestlot l on l.event_id = e.id
          where e.assignment_id = d.batch_no * 100 + d.assignment_no
            and (e.event_date at time zone 'UTC')::date = b.start_date + d.day
        ) h on true
        left join aquaseed.assignment_day n
          on n.batch_no = d.batch_no and n.assignment_no = d.assignment_no and n.day = d.day + 1
        where d.day < b.days
          and (d.fish_start <> d.fish_end + coalesce(m.count, 0) + coalesce(h.fish, 0)
               or coalesce(n.fish_start, d.fish_end) <> d.fish_end)`),
    ).toEqual([]);
  });

  it('has up to three mortality events for a container and a day, one a cause, and never one of no fish', async () => {
    expect(
      await query(`
        select assignment_id, event_date from batch_mortalityevent
        group by 1, 2 having count(*) > 3 or count(distinct cause) < count(*) or min(count) < 1`),
    ).toEqual([]);
  });

  it('takes no dead out of a ring on a day too rough to feed', async () => {
    const [days] = await query(`
      select count(*)::int as n, coalesce(sum(d.deaths), 0)::int as dead
      from aquaseed.assignment_day d
      join aquaseed.schedule_batch b using (batch_no)
      join aquaseed.schedule_stay s using (batch_no, life_stage_no)
      join aquaseed.area a using (area_id)
      join aquaseed.life_stage t using (life_stage_no)
      cross join lateral aquaseed._storm_days(
        a.noise_key, (select r.seed from aquaseed.run r), b.start_date + d.day, b.start_date + d.day) x
      where t.habitat = 'sea' and not exists (
        select from aquaseed.assignment_day h
        where h.batch_no = d.batch_no and h.harvested > 0 and h.day <= d.day + 1)`);
    expect(days?.n).toBeGreaterThan(0);
    expect(days?.dead).toBe(0);
  });
});

describe('transfers conserve fish', () => {
  it('per workflow: source = transferred, with no deaths on the way', async () => {
    const wrong = await query(`
      select w.workflow_number from batch_batchtransferworkflow w
      left join batch_transferaction a on a.workflow_id = w.id
      group by w.id
      having sum(a.transferred_count) is distinct from w.total_transferred_count
        or w.total_source_count <> w.total_transferred_count + w.total_mortality_count
        or sum(a.mortality_during_transfer) <> w.total_mortality_count
        or count(*) <> w.total_actions_planned`);
    expect(wrong).toEqual([]);
    expect(await query('select count(*)::int as n from batch_batchtransferworkflow')).toEqual([{ n: 21 }]);
  });

  it('per source: each action starts with what the one before left, and the last leaves none', async () => {
    const wrong = await query(`
      select * from (
        select a.id, a.source_population_before - a.transferred_count as left_over, s.population_count,
               a.source_population_before,
               lag(a.source_population_before - a.transferred_count, 1, s.population_count) over w as expected,
               lead(a.id) over w as next_id
        from batch_transferaction a join batch_batchcontainerassignment s on s.id = a.source_assignment_id
        window w as (partition by a.source_assignment_id order by a.action_number)
      ) x
      where source_population_before <> expected or (next_id is null and left_over <> 0)`);
    expect(wrong).toEqual([]);
  });

  it('per destination: what arrives is what the container starts with', async () => {
    const wrong = await query(`
      select a.dest_assignment_id from batch_transferaction a
      join aquaseed.assignment t on t.batch_no * 100 + t.assignment_no = a.dest_assignment_id
      group by a.dest_assignment_id, t.fish_in having sum(a.transferred_count) <> t.fish_in`);
    expect(wrong).toEqual([]);
  });

  it('between neighbouring stages of one batch on one day', async () => {
    const wrong = await query(`
      select a.id from batch_transferaction a
      join batch_batchtransferworkflow w on w.id = a.workflow_id
      join batch_batchcontainerassignment s on s.id = a.source_assignment_id
      join batch_batchcontainerassignment d on d.id = a.dest_assignment_id
      join batch_lifecyclestage sl on sl.id = s.lifecycle_stage_id
      join batch_lifecyclestage dl on dl.id = d.lifecycle_stage_id
      where s.batch_id <> w.batch_id or d.batch_id <> w.batch_id or dl."order" <> sl."order" + 1
        or s.departure_date is distinct from a.actual_execution_date
        or d.assignment_date <> a.actual_execution_date`);
    expect(wrong).toEqual([]);
  });
});

describe('harvest lots', () => {
  it('add up to the fish of their event, a lot per grade', async () => {
    const wrong = await query(`
      select e.id from harvest_harvestevent e
      join aquaseed.assignment_day d
        on d.batch_no * 100 + d.assignment_no = e.assignment_id
        and (select start_date + d.day from batch_batch where id = d.batch_no) = (e.event_date at time zone 'UTC')::date
      left join harvest_harvestlot l on l.event_id = e.id
      group by e.id, d.harvested
      having sum(l.unit_count) is distinct from d.harvested or count(distinct l.product_grade_id) <> count(*)`);
    expect(wrong).toEqual([]);
    const [events] = await query('select count(*)::int as n from harvest_harvestevent');
    expect(events?.n).toBeGreaterThan(1);
  });

  it('weigh less gutted than alive, and less filleted than gutted', async () => {
    expect(
      await query(`
        select id from harvest_harvestlot
        where not (live_weight_kg > gutted_weight_kg and gutted_weight_kg > fillet_weight_kg and fillet_weight_kg > 0)`),
    ).toEqual([]);
  });
});

describe('growth samples', () => {
  it('are exactly what their observations say', async () => {
    const wrong = await query(`
      select s.id from batch_growthsample s
      left join batch_individualgrowthobservation o on o.growth_sample_id = s.id
      group by s.id
      having (s.sample_size, s.avg_weight_g, s.avg_length_cm, s.std_deviation_weight, s.std_deviation_length,
              s.min_weight_g, s.max_weight_g, s.condition_factor)
        is distinct from
        (count(o.id)::int, round(avg(o.weight_g), 2), round(avg(o.length_cm), 2), round(stddev_samp(o.weight_g), 2),
         round(stddev_samp(o.length_cm), 2), min(o.weight_g), max(o.weight_g),
         round(avg(100 * o.weight_g / o.length_cm ^ 3), 2))`);
    expect(wrong).toEqual([]);
    const [samples] = await query(
      `select count(*)::int as n, min(sample_size) as least, max(sample_size) as most,
              (select count(*)::int from batch_individualgrowthobservation) as fish from batch_growthsample`,
    );
    // 30 fish with a standard deviation of 4.
    expect(samples?.least).toBeGreaterThan(30 - 4 * 5);
    expect(samples?.most).toBeLessThan(30 + 4 * 5);
    expect(Math.abs(Number(samples?.fish) / Number(samples?.n) - 30)).toBeLessThan(
      (4 * 4) / Math.sqrt(Number(samples?.n)),
    );
  });

  it('are taken while fish are there', async () => {
    expect(
      await query(`
        select s.id from batch_growthsample s join batch_batchcontainerassignment a on a.id = s.assignment_id
        where s.sample_date < a.assignment_date or s.sample_date > coalesce(a.departure_date, 'infinity')`),
    ).toEqual([]);
  });
});

/** Every movement of feed in grams, in and out, with its moment; waste comes from the generator's truth. */
const MOVES = `
  with horizon as (select 2 * (as_of - '2000-01-01'::date) as half from aquaseed.run),
  move as (
    select s.feed_container_id, p.feed_id, s.entry_date as at, 1 as step, p.quantity_kg * 1000 as grams
    from inventory_feedcontainerstock s join inventory_feedpurchase p on p.id = s.feed_purchase_id
    union all
    select l.feed_container_id, l.feed_id,
           ('2000-01-01'::date + l.wasted_half / 2 + l.wasted_half % 2 * time '12:00') at time zone 'UTC', 2,
           -l.wasted_g
    from aquaseed.feed_lot l cross join horizon h where l.wasted_half < h.half
    union all
    select c.feed_container_id, f.feed_id, (f.feeding_date + f.feeding_time) at time zone 'UTC', 3, -f.amount_kg * 1000
    from inventory_feedingevent f join aquaseed.container c on c.container_id = f.container_id
  )`;

describe('the feed ledger', () => {
  it('is exact to the gram: bought = fed + wasted + in stock, per silo or barge and feed', async () => {
    const ledger = await query(`${MOVES}, stock as (
        select s.feed_container_id, p.feed_id, sum(s.quantity_kg) * 1000 as grams
        from inventory_feedcontainerstock s join inventory_feedpurchase p on p.id = s.feed_purchase_id group by 1, 2
      )
      select m.feed_container_id, m.feed_id, sum(m.grams) as balance, min(s.grams) as stock,
             sum(m.grams) = min(s.grams) as exact
      from move m left join stock s using (feed_container_id, feed_id)
      group by 1, 2`);
    expect(ledger.filter((it) => it.exact !== true)).toEqual([]);
    expect(ledger.length).toBeGreaterThan(20);
    const [waste] = await query(`${MOVES} select count(*)::int as n from move where step = 2`);
    expect(waste?.n, 'some feed is thrown away').toBeGreaterThan(0);
  });

  it('never goes below zero: nothing is fed before it has arrived', async () => {
    expect(
      await query(`${MOVES}
        select * from (
          select *, sum(grams) over (
            partition by feed_container_id, feed_id order by at, step rows unbounded preceding) as left_g
          from move
        ) x where left_g < 0`),
    ).toEqual([]);
    expect(
      await query(
        `select u.lot_id from aquaseed.feed_use u join aquaseed.feed_lot l using (lot_id) where u.half < l.half`,
      ),
    ).toEqual([]);
  });

  it('never holds more than the silo or barge can', async () => {
    const fullest = await query(`${MOVES}
      select f.name, max(x.left_g) <= min(f.capacity_kg) * 1000 as fits, max(x.left_g) > 0 as used
      from (
        select *, sum(grams) over (
          partition by feed_container_id order by at, step desc rows unbounded preceding) as left_g
        from move
      ) x
      join infrastructure_feedcontainer f on f.id = x.feed_container_id
      group by f.name`);
    expect(fullest.filter((it) => it.fits !== true)).toEqual([]);
    expect(fullest.some((it) => it.used)).toBe(true);
  });

  it('is of the hall or area where the fish are', async () => {
    expect(
      await query(`
        select c.id from infrastructure_container c
        join aquaseed.container k on k.container_id = c.id
        join infrastructure_feedcontainer f on f.id = k.feed_container_id
        where (f.hall_id, f.area_id) is distinct from (c.hall_id, c.area_id)`),
    ).toEqual([]);
  });

  it('is used first in, first out', async () => {
    const wrong = await query(`
      select * from (
        select u.lot_id, u.half, max(u.half) over (
          partition by u.feed_container_id, u.feed_id order by l.half groups between unbounded preceding and 1 preceding
        ) as last_of_older_lots
        from aquaseed.feed_use u join aquaseed.feed_lot l using (lot_id)
      ) x where half < last_of_older_lots`);
    expect(wrong).toEqual([]);
  });

  it('has meals that add up to the truth of every half day', async () => {
    const wrong = await query(`
      with meal as (
        select f.batch_assignment_id as id, f.feeding_date as day, sum(f.amount_kg) * 1000 as grams,
               sum(f.amount_kg) filter (where f.feeding_time < '12:00') * 1000 as morning
        from inventory_feedingevent f group by 1, 2
      ),
      truth as (
        select d.batch_no * 100 + d.assignment_no as id, b.start_date + d.day as day,
               nullif(d.feed_1_g + d.feed_2_g, 0) as grams, nullif(d.feed_1_g, 0) as morning
        from aquaseed.assignment_day d join aquaseed.schedule_batch b using (batch_no) where d.day < b.days
      )
      select * from meal full join truth using (id, day)
      where (meal.grams, meal.morning) is distinct from (truth.grams, truth.morning)`);
    expect(wrong).toEqual([]);
    const [fed] = await query('select count(*)::int as n from inventory_feedingevent');
    expect(fed?.n).toBeGreaterThan(5000);
  });

  it('charges the meals what their lots cost', async () => {
    // Each meal is rounded to the cent.
    const wrong = await query(`
      with paid as (
        select c.feed_container_id, f.feed_id, sum(f.feed_cost) as eur, count(*) as meals
        from inventory_feedingevent f join aquaseed.container c on c.container_id = f.container_id group by 1, 2
      ),
      cost as (
        select u.feed_container_id, u.feed_id, sum(u.grams * l.price_per_kg / 1000) as eur
        from aquaseed.feed_use u join aquaseed.feed_lot l using (lot_id) cross join aquaseed.run r
        where u.half < 2 * (r.as_of - '2000-01-01'::date) group by 1, 2
      )
      select * from paid full join cost using (feed_container_id, feed_id)
      where abs(paid.eur - cost.eur) is null or abs(paid.eur - cost.eur) > 0.01 * paid.meals`);
    expect(wrong).toEqual([]);
  });
});
