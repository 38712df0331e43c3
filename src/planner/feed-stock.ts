import type { Biology, Farm } from '../config/index.ts';
import { type Day, parseDay } from './days.ts';
import type { BatchOutlook, Stay } from './outlook.ts';

/** Half days count from 2000-01-01. */
const EPOCH: Day = parseDay('2000-01-01') ?? 0;
const GRAMS_PER_KG = 1000;

/** The feed that all batches take from one silo or barge, by half day; grams. */
class Feeder {
  readonly capacity: number;
  /** By pellet: grams by half day. */
  readonly demand: Map<number, number>[];

  constructor(capacityKg: number, pellets: number) {
    this.capacity = capacityKg * GRAMS_PER_KG;
    this.demand = Array.from({ length: pellets }, () => new Map<number, number>());
  }
}

/** The deliveries of feed that keep all silos and barges filled (aquaseed.settle_feed_container). */
export class FeedStock {
  readonly #biology: Biology;
  readonly #feeders: Feeder[] = [];
  /** By container name. */
  readonly #feederOf = new Map<string, Feeder>();

  constructor(farm: Farm, biology: Biology) {
    this.#biology = biology;
    const pellets = biology.feeding.pellets.length;
    const byPlace = new Map<string, Feeder[]>();
    const placeOf = (it: { hallId: number | null; areaId: number | null }) => `${it.hallId} ${it.areaId}`;
    for (const it of farm.feedContainers) {
      const feeder = new Feeder(it.capacityKg, pellets);
      this.#feeders.push(feeder);
      byPlace.set(placeOf(it), [...(byPlace.get(placeOf(it)) ?? []), feeder]);
    }
    // The silo of a hall feeds all its tanks; the barges of an area take its rings in turn.
    for (const it of farm.containers) {
      const feeders = byPlace.get(placeOf(it)) ?? [];
      const feeder = feeders[(it.position - 1) % feeders.length];
      if (feeder !== undefined) this.#feederOf.set(it.name, feeder);
    }
  }

  /** Notes what a batch will eat over its whole life. */
  add({ start, stages }: BatchOutlook): void {
    for (const { stage, stays } of stages) {
      if (stage.meals_per_day === 0) continue;
      for (const stay of stays) this.#addStay(stay, start);
    }
  }

  #addStay(stay: Stay, start: Day): void {
    const { pellets, overlap_days, morning_share } = this.#biology.feeding;
    const feeder = this.#feederOf.get(stay.container);
    if (feeder === undefined) return;
    const pelletOn = new Uint8Array(stay.days);
    let weight = stay.weightIn;
    let pellet = 0;
    for (let n = 0; n < stay.days; n++) {
      while (pellet < pellets.length - 1 && weight > (pellets[pellet]?.up_to_g ?? 0)) pellet++;
      pelletOn[n] = pellet;
      weight = stay.weight[n] ?? 0;
      if (stay.isFed[n] !== 1) continue;
      const grams = (stay.feed[n] ?? 0) * GRAMS_PER_KG;
      // At a change of feed the earlier one is fed in the morning.
      const earlier = n >= overlap_days ? (pelletOn[n - overlap_days] ?? pellet) : pellet;
      const half = 2 * (start + stay.firstDay + n - EPOCH);
      take(feeder.demand[earlier], half, Math.round((grams * morning_share.mean) / 10) * 10);
      take(feeder.demand[pellet], half + 1, Math.round((grams * (1 - morning_share.mean)) / 10) * 10);
    }
  }

  /** Deliveries before as_of, to all silos and barges. */
  deliveriesBefore(asOf: Day): number {
    let count = 0;
    for (const { capacity, demand } of this.#feeders) {
      for (const feed of demand) count += deliveries(feed, capacity, 2 * (asOf - EPOCH), this.#biology.feed_stock);
    }
    return count;
  }
}

function take(feed: Map<number, number> | undefined, half: number, grams: number): void {
  if (feed !== undefined && grams > 0) feed.set(half, (feed.get(half) ?? 0) + grams);
}

/** Deliveries of one feed to one silo or barge before a half day. */
function deliveries(
  feed: ReadonlyMap<number, number>,
  capacity: number,
  before: number,
  stock: Biology['feed_stock'],
): number {
  const halves = Int32Array.from(feed.keys()).sort();
  const gap = 2 * stock.clean_out_days;
  let count = 0;
  let from = 0;
  for (let n = 1; n <= halves.length; n++) {
    const isEnd = n === halves.length || (halves[n] ?? 0) - (halves[n - 1] ?? 0) >= gap;
    if (!isEnd) continue;
    count += campaign(halves.subarray(from, n), feed, capacity, before, stock);
    from = n;
  }
  return count;
}

/** Deliveries of a campaign: a feed in use without a long break. */
function campaign(
  halves: Int32Array,
  feed: ReadonlyMap<number, number>,
  capacity: number,
  before: number,
  stock: Biology['feed_stock'],
): number {
  const load = Math.round(capacity * stock.load_share);
  const bag = Math.round(stock.smallest_load_kg) * GRAMS_PER_KG;
  const below = Math.round(capacity * stock.reorder_below_share);
  const most = Math.round(capacity * stock.share_per_feed) - load;
  const soonHalves = 2 * stock.reorder_below_days;
  const aheadHalves = 2 * stock.look_ahead_days;
  const length = halves.length;
  const upto = new Float64Array(length + 1);
  for (let n = 0; n < length; n++) upto[n + 1] = (upto[n] ?? 0) + (feed.get(halves[n] ?? 0) ?? 0);
  const first = halves[0] ?? 0;
  const use = (from: number, index: number) => (upto[index] ?? 0) - (upto[from] ?? 0);
  let [soon, near, ahead] = [0, 0, 0];
  let spell = -1;
  let enough = 0;
  let delivered = 0;
  let count = 0;
  for (let n = 0; n < length; n++) {
    const half = halves[n] ?? 0;
    const eaten = upto[n] ?? 0;
    while (soon < length && (halves[soon] ?? 0) < half + soonHalves) soon++;
    while (near < length && (halves[near] ?? 0) < half + aheadHalves / 2) near++;
    while (ahead < length && (halves[ahead] ?? 0) < half + aheadHalves) ahead++;
    const thisSpell = Math.floor((half - first) / (aheadHalves / 2));
    if (thisSpell !== spell) {
      spell = thisSpell;
      enough = Math.ceil((eaten + use(n, ahead)) / bag) * bag;
    }
    const level = Math.max(use(n, n + 1), Math.min(Math.max(below, use(n, soon)), use(n, near), most));
    const filled = Math.min(Math.ceil((eaten + level) / load) * load, enough);
    if (filled <= delivered) continue;
    delivered = filled;
    // The first delivery comes some days before the first meal.
    const arrives = count === 0 ? half - 2 * stock.opening_days : half;
    if (arrives >= before) break;
    count++;
  }
  return count;
}
