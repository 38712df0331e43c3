import type { Biology, Farm } from '../config/index.ts';
import { type Day, parseDay } from './days.ts';
import type { BatchOutlook, Stay } from './outlook.ts';

/** Half days count from 2000-01-01. */
const EPOCH: Day = parseDay('2000-01-01') ?? 0;
const GRAMS_PER_KG = 1000;

/** The feed that all batches take from one silo or barge. */
interface Feeder {
  /** Grams. */
  capacity: number;
  /** By pellet, where there is any: grams by half day from the first one on. */
  demand: (Float32Array | undefined)[];
}

/** The deliveries of feed that keep all silos and barges filled (aquaseed.settle_feed_container). */
export class FeedStock {
  readonly #biology: Biology;
  /** The first half day of the plan, and how many there are. */
  readonly #first: number;
  readonly #halves: number;
  readonly #feeders: Feeder[] = [];
  /** By container name. */
  readonly #feederOf = new Map<string, Feeder>();

  /** @param from the first day of the plan; before: the end of the last reserve */
  constructor(farm: Farm, biology: Biology, from: Day, before: Day) {
    this.#biology = biology;
    this.#first = 2 * (from - EPOCH);
    this.#halves = 2 * Math.max(0, before - from);
    const byPlace = new Map<string, Feeder[]>();
    const placeOf = (it: { hallId: number | null; areaId: number | null }) => `${it.hallId} ${it.areaId}`;
    for (const it of farm.feedContainers) {
      const feeder: Feeder = { capacity: it.capacityKg * GRAMS_PER_KG, demand: [] };
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
      const half = 2 * (start + stay.firstDay + n - EPOCH) - this.#first;
      this.#take(feeder, earlier, half, grams * morning_share.mean);
      this.#take(feeder, pellet, half + 1, grams * (1 - morning_share.mean));
    }
  }

  #take({ demand }: Feeder, pellet: number, half: number, grams: number): void {
    const taken = Math.round(grams / 10) * 10;
    if (taken === 0) return;
    let feed = demand[pellet];
    if (feed === undefined) {
      feed = new Float32Array(this.#halves);
      demand[pellet] = feed;
    }
    feed[half] = (feed[half] ?? 0) + taken;
  }

  /** Deliveries before as_of, to all silos and barges. */
  deliveriesBefore(asOf: Day): number {
    const before = 2 * (asOf - EPOCH) - this.#first;
    const stock = this.#biology.feed_stock;
    let count = 0;
    for (const { capacity, demand } of this.#feeders) {
      for (const feed of demand) if (feed) count += deliveries(feed, capacity, before, stock);
    }
    return count;
  }
}

/** Deliveries of one feed to one silo or barge before a half day. */
function deliveries(
  feed: Float32Array,
  capacity: number,
  before: number,
  stock: Biology['feed_stock'],
): number {
  const halves: number[] = [];
  for (let half = 0; half < feed.length; half++) if ((feed[half] ?? 0) > 0) halves.push(half);
  const gap = 2 * stock.clean_out_days;
  let count = 0;
  let from = 0;
  for (let n = 1; n <= halves.length; n++) {
    const isEnd = n === halves.length || (halves[n] ?? 0) - (halves[n - 1] ?? 0) >= gap;
    if (!isEnd) continue;
    count += campaign(halves.slice(from, n), feed, capacity, before, stock);
    from = n;
  }
  return count;
}

/** Deliveries of a campaign: a feed in use without a long break. */
function campaign(
  halves: readonly number[],
  feed: Float32Array,
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
  for (let n = 0; n < length; n++) upto[n + 1] = (upto[n] ?? 0) + (feed[halves[n] ?? 0] ?? 0);
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
