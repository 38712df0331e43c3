import type pg from 'pg';
import seedrandom from 'seedrandom';

/** A change of a batch's records; `share` and the other numbers are drawn. */
type Mutation = (records: Records) => Promise<void>;

/** The records of a batch, to be changed at random within a transaction. */
export class Records {
  readonly #client: pg.Client;
  readonly #random: () => number;
  readonly batch: number;

  constructor(client: pg.Client, batch: number, seed: string) {
    this.#client = client;
    this.#random = seedrandom(seed);
    this.batch = batch;
  }

  /** Draws from 0 (included) to n (not included). */
  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** A share of rows; the drawn seed keys a hash of their ids in the statement. */
  get someRows(): string {
    return `abs(hashint8extended(x.id, ${this.below(1e9)})) % 100 < ${this.pick([2, 20, 60, 100])}`;
  }

  async run(text: string): Promise<number> {
    return (await this.#client.query(text.replaceAll(':batch', String(this.batch)))).rowCount ?? 0;
  }

  async rows<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
    return (await this.#client.query<T>(text.replaceAll(':batch', String(this.batch)))).rows;
  }

  /** Up to six mutations in a drawn order. Gives their names. */
  async mutate(): Promise<string[]> {
    const names = Object.keys(MUTATIONS);
    const chosen = [...new Set(Array.from({ length: 1 + this.below(6) }, () => this.pick(names)))];
    for (const name of chosen) await MUTATIONS[name]?.(this);
    return chosen;
  }
}

const ASSIGNMENTS = 'id between :batch * 100 and :batch * 100 + 99';

/** The assignments as the places for events, with a drawn day of each life (or just outside of it). */
function drawnDays(records: Records, every: number): string {
  const seed = records.below(1e9);
  return `
    select a.id, a.container_id, a.lifecycle_stage_id, x.n,
           a.assignment_date - 3 + (abs(hashint8extended(a.id * 100 + x.n, ${seed}))
             % (coalesce(a.departure_date, a.assignment_date + 60) - a.assignment_date + 6))::int as on_date,
           (abs(hashint8extended(a.id * 100 + x.n, ${seed + 1})) % 100000)::int as draw
    from batch_batchcontainerassignment a cross join generate_series(1, ${every}) x(n)
    where a.${ASSIGNMENTS}`;
}

const MUTATIONS: Record<string, Mutation> = {
  'growth samples are deleted': async (it) => {
    const samples = `from batch_growthsample x where x.assignment_id between :batch * 100 and :batch * 100 + 99 and ${it.someRows}`;
    await it.run(
      `delete from batch_individualgrowthobservation o where o.growth_sample_id in (select x.id ${samples})`,
    );
    await it.run(`delete ${samples}`);
  },
  'growth samples are added': async (it) => {
    await it.run(`
      insert into batch_growthsample (sample_date, sample_size, avg_weight_g, created_at, updated_at, assignment_id)
      select distinct on (d.id, d.on_date) d.on_date, 30, round(d.draw / 37.0, 2), d.on_date, d.on_date, d.id
      from (${drawnDays(it, 4)}) d
      where not exists (select from batch_growthsample s where s.assignment_id = d.id and s.sample_date = d.on_date)
      order by d.id, d.on_date, d.n`);
  },
  'the largest or smallest fish were moved': async (it) => {
    await it.run(`
      update batch_transferaction x set selection_method = (array['LARGEST', 'SMALLEST', 'AVERAGE'])[1 + x.id % 3]
      where x.source_assignment_id between :batch * 100 and :batch * 100 + 99 and ${it.someRows}`);
  },
  'moved fish were not weighed': async (it) => {
    await it.run(`
      update batch_transferaction x set measured_avg_weight_g = null
      where x.source_assignment_id between :batch * 100 and :batch * 100 + 99 and ${it.someRows}`);
  },
  'transfers are pending': async (it) => {
    await it.run(`
      update batch_transferaction x set status = 'PENDING', actual_execution_date =
        case when x.id % 2 = 0 then x.actual_execution_date end
      where x.source_assignment_id between :batch * 100 and :batch * 100 + 99 and ${it.someRows}`);
  },
  'transfers take several days': async (it) => {
    const days = 1 + it.below(25);
    await it.run(`
      insert into batch_transferaction
      select (jsonb_populate_record(x, jsonb_build_object(
        'id', x.id + n.no * 1000000000::bigint, 'action_number', x.action_number + 1000 * n.no,
        'transferred_count', x.transferred_count / 4, 'mortality_during_transfer', n.no * 7,
        'actual_execution_date', x.actual_execution_date + n.no * ${days} / 3,
        'measured_avg_weight_g', case when (x.id + n.no) % 3 > 0 then round(x.measured_avg_weight_g * (1 + n.no * 0.07), 2) end
      ))).*
      from batch_transferaction x cross join generate_series(1, 3) n(no)
      where x.id < 1000000000 and x.source_assignment_id between :batch * 100 and :batch * 100 + 99 and ${it.someRows}
      on conflict do nothing`);
    await it.run(`
      update batch_transferaction x set transferred_count = x.transferred_count - 3 * (x.transferred_count / 4)
      where x.id < 1000000000 and exists (select from batch_transferaction y where y.id = x.id + 1000000000)
        and x.source_assignment_id between :batch * 100 and :batch * 100 + 99`);
    await it.run(`
      update batch_batchcontainerassignment a set departure_date = a.departure_date + ${days}
      where a.${ASSIGNMENTS} and exists (
        select from batch_transferaction x where x.source_assignment_id = a.id and x.id > 1000000000)`);
  },
  'fish are moved within a stage': async (it) => {
    await it.run(`
      insert into batch_transferaction
      select (jsonb_populate_record(x, jsonb_build_object(
        'id', x.id + 500000000, 'action_number', x.action_number + 500, 'transferred_count', 1 + x.transferred_count / 7,
        'actual_execution_date', x.actual_execution_date - 20 - (x.id % 30)::int, 'dest_assignment_id', s.id,
        'selection_method', 'LARGEST',
        'measured_avg_weight_g', case when x.id % 2 = 0 then x.measured_avg_weight_g end
      ))).*
      from batch_transferaction x
      join batch_batchcontainerassignment a on a.id = x.source_assignment_id
      join batch_batchcontainerassignment s
        on s.batch_id = a.batch_id and s.lifecycle_stage_id = a.lifecycle_stage_id and s.id <> a.id
      where x.id < 500000000 and x.source_assignment_id between :batch * 100 and :batch * 100 + 99
      on conflict do nothing`);
  },
  'fish are weighed at a treatment': async (it) => {
    const base = 700_000_000 + it.batch * 10_000;
    await it.run(`
      with drawn as (select row_number() over (order by d.id, d.n) as no, d.* from (${drawnDays(it, 2)}) d),
      event as (
        insert into health_healthsamplingevent
          (id, sampling_date, number_of_fish_sampled, created_at, updated_at, assignment_id, sampled_by_id, avg_weight_g)
        select ${base} + d.no, d.on_date, 10, d.on_date, d.on_date, d.id, (select min(id) from auth_user),
               case when d.draw % 3 > 0 then round(d.draw / 41.0, 2) end
        from drawn d
      ),
      fish as (
        insert into health_individualfishobservation
          (fish_identifier, weight_g, created_at, updated_at, sampling_event_id)
        select f.no::text, case when f.no < 4 then round(d.draw / (50.0 + f.no), 2) end, d.on_date, d.on_date, ${base} + d.no
        from drawn d cross join generate_series(1, 4) f(no) where d.draw % 2 = 0
      )
      insert into health_treatment
        (id, treatment_date, treatment_type, description, dosage, duration_days, withholding_period_days, outcome,
         batch_id, batch_assignment_id, container_id, user_id, includes_weighing, sampling_event_id)
      select ${base} + d.no, d.on_date + time '23:30', 'vaccination', '', '', 0, 0, 'successful', :batch, d.id,
             d.container_id, (select min(id) from auth_user), d.draw % 5 > 0, ${base} + d.no
      from drawn d
      on conflict do nothing`);
  },
  'dead fish were not recorded': async (it) => {
    await it.run(`delete from batch_mortalityevent x where x.batch_id = :batch and ${it.someRows}`);
  },
  'more fish died': async (it) => {
    const times = it.pick([1, 3, 2000]);
    await it.run(`
      insert into batch_mortalityevent
        (event_date, count, biomass_kg, cause, description, created_at, updated_at, batch_id, assignment_id)
      select d.on_date, d.draw % 97 * ${times}, 0, 'UNKNOWN', '', d.on_date, d.on_date, :batch, d.id
      from (${drawnDays(it, 5)}) d`);
  },
  'readings are missing': async (it) => {
    await it.run(`
      delete from environmental_environmentalreading x
      where x.batch_id = :batch and (${it.someRows} or x.batch_container_assignment_id % 5 = ${it.below(5)})`);
  },
  'a sensor was off for some days': async (it) => {
    const from = it.below(80);
    await it.run(`
      delete from environmental_environmentalreading x using batch_batchcontainerassignment a
      where x.batch_id = :batch and a.id = x.batch_container_assignment_id
        and x.reading_time >= a.assignment_date + ${from} and x.reading_time < a.assignment_date + ${from + it.below(30)}`);
  },
  'meals were not recorded': async (it) => {
    await it.run(`delete from inventory_feedingevent x where x.batch_id = :batch and ${it.someRows}`);
  },
  'harvests were not recorded': async (it) => {
    const events = `select x.id from harvest_harvestevent x where x.batch_id = :batch and ${it.someRows}`;
    const lots = await it.rows<{ id: string }>(events);
    if (lots.length === 0) return;
    const ids = lots.map((row) => row.id).join(', ');
    await it.run(`delete from harvest_harvestlot where event_id in (${ids})`);
    await it.run(`delete from harvest_harvestevent where id in (${ids})`);
  },
  'fish are taken out early': async (it) => {
    await it.run(`
      with drawn as (select d.* from (${drawnDays(it, 1)}) d where d.draw % 4 = 0),
      event as (
        insert into harvest_harvestevent
          (event_date, document_ref, created_at, updated_at, assignment_id, batch_id)
        select d.on_date + time '00:10', 'extra ' || d.id, d.on_date, d.on_date, d.id, :batch from drawn d returning id
      )
      insert into harvest_harvestlot (live_weight_kg, unit_count, created_at, updated_at, event_id, product_grade_id)
      select 1, 1000 + e.id % 5000, '2025-01-01', '2025-01-01', e.id, (select min(id) from harvest_productgrade) from event e`);
  },
  'assignments begin and end on other days': async (it) => {
    await it.run(`
      update batch_batchcontainerassignment x set
        assignment_date = greatest(b.start_date, x.assignment_date + ${it.below(9)} - 4),
        departure_date = x.departure_date + ${it.below(9)} - 4
      from batch_batch b where b.id = x.batch_id and x.batch_id = :batch and ${it.someRows}`);
  },
  'eggs came twice': async (it) => {
    await it.run(`
      insert into batch_creationaction
      select (jsonb_populate_record(x, jsonb_build_object(
        'id', x.id + 1000000000, 'action_number', x.action_number + 500, 'egg_count_actual', 12345,
        'actual_delivery_date', x.actual_delivery_date + ${it.below(40)}, 'status', case when x.id % 2 = 0 then 'COMPLETED' else 'PENDING' end
      ))).*
      from batch_creationaction x
      where x.id < 1000000000 and x.dest_assignment_id between :batch * 100 and :batch * 100 + 99
      on conflict do nothing`);
  },
};
