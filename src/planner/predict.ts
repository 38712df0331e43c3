import type { Configuration } from '../config/index.ts';
import { type Day, parseDay } from './days.ts';
import { FeedStock } from './feed-stock.ts';
import { type BatchOutlook, Oracle, type StageOutlook, type Stay } from './outlook.ts';
import { countCompany } from './predict-company.ts';
import { countHealth } from './predict-health.ts';
import type { Schedule } from './schedule/schedule.ts';

/** Rows by table of AquaMind. */
export type Rows = Record<string, number>;

/** Adds rows of a table. */
export type Count = (table: string, rows: number) => void;

/** What a batch has by as_of. */
export interface Seen extends BatchOutlook {
  /** Days that are emitted. */
  days: number;
}

/**
 * Predicts the rows of every table that a run fills, from the life that the simulation will draw for each batch
 * (outlook.ts), up to as_of. Where the noise of single days decides, by their expectation.
 */
export function predictRows(
  schedule: Schedule,
  configuration: Configuration,
  asOfDate: string = schedule.metadata.as_of,
): Rows {
  const { farm, biology } = configuration;
  const asOf = parseDay(asOfDate) ?? 0;
  const oracle = new Oracle(schedule.metadata.seed, configuration);
  const starts = schedule.batches.map((it) => parseDay(it.start_date) ?? 0);
  const ends = schedule.batches.map((it, index) => (starts[index] ?? 0) + it.sea.end_day);
  const stock = new FeedStock(farm, biology, least(starts), greatest(ends) + 1);
  const counter = new Counter(configuration);
  const count: Count = (table, rows) => counter.count(table, rows);
  let first: Day | undefined;
  for (const [index, batch] of schedule.batches.entries()) {
    const days = daysOf(schedule, index, starts[index] ?? 0, asOf);
    // Not simulated either: it eats nothing.
    if (days === 0) continue;
    const life = oracle.lifeOf(batch);
    stock.add(life);
    const seen = { ...life, days };
    counter.add(seen);
    countCompany(seen, configuration, count);
    countHealth(seen, configuration, schedule.metadata.seed, count);
    first = Math.min(first ?? life.start, life.start);
  }
  const deliveries = stock.deliveriesBefore(asOf);
  count('inventory_feedpurchase', deliveries);
  count('inventory_feedcontainerstock', deliveries);
  // Weather and day length of every area in use, from the first batch on.
  const areas = first === undefined ? 0 : farm.areas.filter((it) => it.production).length;
  count('environmental_weatherdata', areas * (asOf - (first ?? asOf)));
  count('environmental_photoperioddata', areas * (asOf - (first ?? asOf)));
  return counter.rows();
}

/** Days of a batch that are emitted, as the load of a schedule decides (aquaseed.load_schedule). */
function daysOf({ metadata, batches }: Schedule, index: number, start: Day, asOf: Day): number {
  const batch = batches[index];
  if (batch === undefined) return 0;
  const written = metadata.extended?.find((it) => index < it.batches)?.as_of ?? metadata.as_of;
  const allowed = Math.min(batch.effective_duration, (parseDay(written) ?? 0) - start);
  const cut = batch.duration < allowed ? batch.duration : Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(batch.effective_duration, asOf - start, cut));
}

/** Adds up the rows of one batch after the other. */
class Counter {
  readonly #configuration: Configuration;
  readonly #rows = new Map<string, number>();
  readonly #sensors: ReadonlyMap<string, number>;
  /** Share of the readings that the sensors deliver. */
  readonly #uptime: number;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#sensors = sensorCounts(configuration.farm);
    this.#uptime = uptimeOf(configuration);
  }

  count(table: string, rows: number): void {
    this.#rows.set(table, (this.#rows.get(table) ?? 0) + rows);
  }

  rows(): Rows {
    const sorted = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([table, rows]) => [table, Math.round(rows)]));
  }

  add(seen: Seen): void {
    this.count('batch_batch', 1);
    this.count('batch_creationworkflow', 1);
    this.count('batch_creationaction', seen.stages[0]?.stays.length ?? 0);
    for (const stage of seen.stages) {
      this.#moves(stage, seen.days);
      for (const stay of stage.stays) this.#stay(stay, stage, seen.days);
    }
  }

  /** A workflow for a transition that has begun, an action for every move. */
  #moves({ moves }: StageOutlook, days: number): void {
    const done = moves.filter((it) => it.day < days).length;
    if (moves.length === 0 || done === 0) return;
    this.count('batch_batchtransferworkflow', 1);
    this.count('batch_transferaction', moves.length);
  }

  #stay(stay: Stay, { stage, startDay }: StageOutlook, days: number): void {
    const { biology, climate } = this.#configuration;
    const seen = Math.min(stay.days, days - stay.firstDay);
    if (seen <= 0) return;
    this.count('batch_batchcontainerassignment', 1);
    // A ring has no state on the day on which its last fish are taken.
    const isEmptied = stay.slaughter !== undefined && stay.slaughter.before <= days - 1;
    this.count('batch_actualdailyassignmentstate', isEmptied ? seen - 1 : seen);
    const sensors = this.#sensors.get(stay.container) ?? 0;
    const readings = seen * sensors * climate.readings.hours.length;
    this.count('environmental_environmentalreading', readings * this.#uptime);
    const { every_days, first_stage_order, fish } = biology.sampling.growth;
    const { noise } = biology.mortality;
    const spread = Math.hypot(noise.container, noise.day);
    let [fed, deaths, samples] = [0, 0, 0];
    for (let n = 0; n < seen; n++) {
      const day = stay.firstDay + n;
      fed += stay.isFed[n] ?? 0;
      deaths += chanceOfAny(stay.deaths[n] ?? 0, spread);
      const isTurn = (day - startDay + stay.no) % every_days === every_days - 1;
      if (isTurn && (stay.fish[n] ?? 0) > 0) samples++;
    }
    this.count('inventory_feedingevent', fed * stage.meals_per_day);
    this.count('batch_mortalityevent', deaths);
    if (stage.order >= first_stage_order) {
      this.count('batch_growthsample', samples);
      this.count('batch_individualgrowthobservation', samples * fish);
    }
    this.#harvest(stay, days);
  }

  /** An event on every day on which fish of a ring are taken, a lot for each grade. */
  #harvest({ slaughter }: Stay, days: number): void {
    if (slaughter === undefined) return;
    const grades = Object.values(this.#configuration.biology.harvest.grades).filter((it) => it > 0).length;
    const events = Math.max(0, Math.min(slaughter.before, days) - slaughter.from);
    this.count('harvest_harvestevent', events);
    for (const table of ['harvest_harvestlot', 'finance_factharvest', 'finance_intercompanytransaction']) {
      this.count(table, events * grades);
    }
    this.count('harvest_harvestwaste', events * 3);
  }
}

/**
 * The chance that a day counts at least one death: rounded counts of a path that falls by `expected`, times
 * log-normal noise with mean 1.
 */
function chanceOfAny(expected: number, spread: number): number {
  if (expected > 20 * spread + 4) return 1;
  if (expected <= 0) return 0;
  if (spread === 0) return Math.min(1, expected);
  // The expectation of min(1, X), X log-normal.
  const mu = Math.log(expected) - spread ** 2 / 2;
  return expected * normalShare((-mu - spread ** 2) / spread) + normalShare(mu / spread);
}

/** Share of a standard normal below a value (Zelen and Severo, error below 1e-7). */
function normalShare(value: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(value));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp(-(value ** 2) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return value >= 0 ? 1 - tail : tail;
}

/** The share of its days on which a sensor works: outages begin in any quarter and last whole days. */
function uptimeOf({ incidents }: Configuration): number {
  if (!incidents.enabled) return 1;
  const { per_sensor_year, mean_days } = incidents.sensor_outage;
  const days = 1 / (1 - Math.exp(-1 / mean_days));
  return 1 - (Math.min(4, per_sensor_year) * days) / 365;
}

/** Sensors by container name. */
function sensorCounts(farm: Configuration['farm']): Map<string, number> {
  const byId = new Map<number, number>();
  for (const { containerId } of farm.sensors) byId.set(containerId, (byId.get(containerId) ?? 0) + 1);
  return new Map(farm.containers.map((it) => [it.name, byId.get(it.id) ?? 0]));
}

function least(days: readonly number[]): number {
  return days.reduce((a, b) => Math.min(a, b), days[0] ?? 0);
}

function greatest(days: readonly number[]): number {
  return days.reduce((a, b) => Math.max(a, b), days[0] ?? 0);
}
