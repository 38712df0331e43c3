import type { Configuration, Stage } from '../config/index.ts';
import { Arena } from './arena.ts';
import { backgroundOf } from './background.ts';
import { type Day, parseDay } from './days.ts';
import { combine, hashKey, type Key, noiseKey, normal, stream } from './draws.ts';
import { lifeOf, valueFor } from './farm/life.ts';
import { type Slaughter, slaughterOf } from './harvest.ts';
import { type Delousing, type Lice, liceOf } from './lice.ts';
import { type Move, movesInto } from './moves.ts';
import { type Calendar, effective, fill, type Path, type Placed, type Procedure, pathOf } from './path.ts';
import type { ScheduleBatch } from './schedule/schedule.ts';
import { season, Waters } from './water.ts';

/**
 * The life of a batch as the simulation will draw it: the same formulas and the same draws (sql/functions/simulate),
 * but for the noise of single days and the small noise of a container's own water. Weights in grams, days are batch
 * days. So the days at sea, the delousings and the feed of every batch are known beforehand, to a day and a per cent.
 */

/** One container in one stage. */
export interface Stay {
  /** assignment_no. */
  no: number;
  container: string;
  firstDay: number;
  /** Days that it holds fish. */
  days: number;
  weightIn: number;
  /** Per day: fish at its end, their mean weight, the deaths that are expected, feed (kg) and whether there is any. */
  fish: Float64Array;
  weight: Float64Array;
  deaths: Float64Array;
  feed: Float64Array;
  isFed: Uint8Array;
  slaughter: Slaughter | undefined;
  /** Adult female lice per fish, per day at sea. */
  females: Float64Array | undefined;
}

export interface StageOutlook {
  stage: Stage;
  startDay: number;
  stays: Stay[];
  /** The moves into this stage. */
  moves: Move[];
  delousings: Delousing[];
}

export interface BatchOutlook {
  batch: ScheduleBatch;
  start: Day;
  key: Key;
  stages: StageOutlook[];
}

/** A stage of a batch in the schedule; names: of its containers. */
interface Place {
  stage: Stage;
  startDay: number;
  endDay: number;
  names: readonly string[];
}

/** A batch in one of its stages. */
interface Here extends Place {
  batch: ScheduleBatch;
  batchKey: Key;
  start: Day;
  next: Place | undefined;
  movesOut: Move[];
}

export type Outside = Pick<Configuration, 'farm' | 'biology' | 'climate' | 'health' | 'incidents'>;

export class Oracle {
  readonly #outside: Outside;
  readonly #seed: number;
  readonly #waters: Waters;
  readonly #keys = new Map<string, Key>();
  readonly #streams = new Map<string, Key>();
  /** Of the batch in hand. */
  #arena = new Arena();

  constructor(seed: number, outside: Outside) {
    this.#outside = outside;
    this.#seed = seed;
    this.#waters = new Waters(seed, outside.farm, outside.climate, outside.biology.feeding.storm);
  }

  /** The whole life of a batch, whatever as_of is. */
  lifeOf(batch: ScheduleBatch): BatchOutlook {
    this.#arena = new Arena();
    const start = parseDay(batch.start_date) ?? 0;
    const batchKey = this.#keyOf(batch.batch_id);
    const places = placesOf(batch, this.#outside);
    const stages: StageOutlook[] = [];
    let firstNo = 0;
    let moves: Move[] = [];
    for (const [index, place] of places.entries()) {
      const next = places[index + 1];
      const here: Here = { ...place, batch, batchKey, start, next, movesOut: [] };
      here.movesOut = this.#movesOut(here);
      const sources = stages.at(-1)?.stays;
      const first = sources ? arrivals(place.names.length, sources, moves) : this.#eggs(here);
      const placed = place.names.map((container, n): Placed => {
        const leaving = here.movesOut.filter((it) => it.source === n).map((it) => it.day);
        const lastDay = Math.max(...(leaving.length > 0 ? leaving : [place.endDay])) - 1;
        return {
          no: firstNo + n,
          container,
          lastDay,
          ...(first[n] ?? { fish: 0, weight: 0, firstDay: place.startDay }),
        };
      });
      const calendar = this.#calendar(here);
      const lice = place.stage.habitat === 'sea' ? this.#lice(here, placed, calendar) : undefined;
      const stays = this.#stays(here, placed, calendar, lice);
      const { stage, startDay } = place;
      stages.push({ stage, startDay, stays, moves, delousings: lice?.delousings ?? [] });
      firstNo += place.names.length;
      moves = here.movesOut;
    }
    return { batch, start, key: batchKey, stages };
  }

  #keyOf(name: string): Key {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = noiseKey(name);
      this.#keys.set(name, key);
    }
    return key;
  }

  /** Normal draw of a purpose for a place or batch. */
  #normal(purpose: string, key: Key, n: number): number {
    let found = this.#streams.get(purpose);
    if (found === undefined) {
      found = stream(this.#seed, purpose);
      this.#streams.set(purpose, found);
    }
    return normal(combine(found, key), n);
  }

  #movesOut({ next, batchKey, endDay, names }: Here): Move[] {
    if (next === undefined) return [];
    return movesInto({
      seed: this.#seed,
      batchKey,
      stageOrder: next.stage.order,
      toSea: next.stage.habitat === 'sea',
      startDay: next.startDay,
      room: endDay - next.startDay,
      sources: names.length,
      dests: next.names.length,
      incidents: this.#outside.incidents,
    });
  }

  #eggs({ batch, batchKey, stage, startDay, names }: Here): First[] {
    const { egg_split_sd } = this.#outside.biology.batch;
    const shares = names.map(
      (it) => 1 + egg_split_sd * this.#normal('egg split', hashKey(this.#keyOf(it), batchKey), 0),
    );
    const total = shares.reduce((a, b) => a + b, 0);
    const weight = stage.weight_at_start_g ?? 0;
    return shares.map((share) => ({
      fish: Math.round((batch.eggs * share) / total),
      weight,
      firstDay: startDay,
    }));
  }

  #calendar(here: Here): Calendar {
    const { batch, stage, startDay, endDay, start, next } = here;
    const { biology, health } = this.#outside;
    const length = Math.max(0, endDay - startDay);
    const calendar: Calendar = {
      background: backgroundOf(here, next?.startDay ?? endDay, biology, health),
      temperature: new Float64Array(length),
      rate: new Float64Array(length),
      isFasting: new Uint8Array(length),
      ration: new Float64Array(length).fill(1),
    };
    const { temperature, isStormy } =
      stage.habitat === 'sea'
        ? this.#waters.atArea(batch.sea.area)
        : this.#waters.inHall(batch.freshwater[stage.key]?.hall ?? '', stage.key, start + startDay);
    const { amplitude, phi } = biology.growth.sea_season;
    const tgc = valueFor(stage.tgc, batch.geography) / 1000;
    for (let n = 0; n < length; n++) {
      const day = start + startDay + n;
      calendar.temperature[n] = temperature(day);
      calendar.rate[n] = stage.habitat === 'sea' ? tgc * (1 + amplitude * season(day, phi)) : tgc;
      if (isStormy(day)) calendar.isFasting[n] = 1;
    }
    const { fasting_days, half_ration_days } = biology.feeding;
    for (const on of biology.vaccination_days) {
      fill(calendar.isFasting, on - fasting_days.vaccination, on, startDay);
      for (let day = Math.max(on, startDay); day < Math.min(on + half_ration_days, endDay); day++) {
        calendar.ration[day - startDay] = 0.5;
      }
    }
    return calendar;
  }

  #lice(here: Here, placed: readonly Placed[], calendar: Calendar): Lice {
    const { batch, batchKey, start, startDay, endDay } = here;
    const { biology, health, incidents } = this.#outside;
    // The slaughter as the farm expects it: growth of the mean fish without a day off.
    const fish = placed.reduce((sum, it) => sum + it.fish, 0);
    const weight = placed.reduce((sum, it) => sum + it.fish * it.weight, 0) / fish;
    const factor = 1 + biology.batch.growth_sd * this.#normal('growth factor', batchKey, 0);
    const target = Math.cbrt(batch.harvest_target_kg * 1000);
    let root = Math.cbrt(weight);
    let slaughter = endDay - Math.ceil(fish / biology.harvest.fish_per_day);
    for (let day = Math.min(...placed.map((it) => it.firstDay)); day < slaughter; day++) {
      const n = day - startDay;
      const warmth = effective(calendar.temperature[n] ?? 0, biology.growth.heat_stress);
      root += (calendar.rate[n] ?? 0) * warmth * factor;
      if (root >= target) slaughter = day;
    }
    const rings = placed.map(({ container, firstDay, lastDay }) => {
      return { key: hashKey(this.#keyOf(container), batchKey), firstDay, lastDay };
    });
    const { temperature } = this.#waters.atArea(batch.sea.area);
    const lastDay = slaughter - health.lice.withholding_days;
    const sea = { seed: this.#seed, batchKey, start, startDay, endDay, temperature, rings, lastDay };
    return liceOf(sea, health, incidents);
  }

  #stays(here: Here, placed: readonly Placed[], calendar: Calendar, lice: Lice | undefined): Stay[] {
    const { batch, batchKey, stage, next } = here;
    const { biology, health } = this.#outside;
    const paths = placed.map((it, index) => ({
      placed: it,
      path: this.#path(here, it, index, calendar, lice),
    }));
    const slaughters =
      next === undefined ? slaughterOf(paths, batch, lice?.delousings ?? [], biology, health) : [];
    const fcr =
      stage.biological_fcr * (1 + biology.batch.fcr_sd * this.#normal('feed conversion', batchKey, 0));
    return paths.map((it, index) => {
      const departures = here.movesOut.filter((move) => move.source === index);
      const stay = stayOf(it, departures, slaughters[index], lice?.females[index], this.#arena);
      if (stage.meals_per_day > 0) feed(stay, it.path, calendar.ration, here.startDay, fcr);
      return stay;
    });
  }

  #path(here: Here, placed: Placed, index: number, calendar: Calendar, lice: Lice | undefined): Path {
    const { batchKey, stage, startDay, next } = here;
    const { biology, climate, health } = this.#outside;
    const { noise } = biology.mortality;
    const { fasting_days } = biology.feeding;
    const isSea = stage.habitat === 'sea';
    const place = this.#keyOf(placed.container);
    const key = hashKey(place, batchKey);
    const spread = isSea ? noise.ring : noise.tank;
    const hazard =
      noise.batch * this.#normal('hazard', batchKey, 0) + spread * this.#normal('hazard', key, -1);
    return pathOf({
      placed,
      stage,
      startDay,
      calendar,
      procedures: this.#procedures(here, placed, index, lice),
      departures: here.movesOut.filter((it) => it.source === index),
      fastingBefore:
        next?.stage.habitat === 'sea' && !isSea ? fasting_days.sea_transfer : fasting_days.transfer,
      growth:
        (1 + biology.batch.growth_sd * this.#normal('growth factor', batchKey, 0)) *
        (1 + biology.batch.container_growth_sd * this.#normal('growth factor', key, 1)),
      hazard: Math.exp(hazard - (noise.batch ** 2 + spread ** 2) / 2),
      warmer: isSea ? climate.sea.temperature.ring_sd * this.#normal('container temperature', place, 0) : 0,
      arena: this.#arena,
      biology,
      health,
    });
  }

  /** What is done to a container: the arrival of its fish, vaccinations, delousings. */
  #procedures(
    { stage, startDay }: Here,
    { firstDay, lastDay }: Placed,
    index: number,
    lice: Lice | undefined,
  ): Procedure[] {
    const { biology, health } = this.#outside;
    const { pulses } = biology.mortality;
    const found: Procedure[] = [];
    const arrival = stage.habitat === 'sea' ? pulses.sea_entry : pulses.transfer;
    if (startDay > 0 && arrival) found.push({ ...arrival, day: firstDay, isDelousing: false });
    for (const day of biology.vaccination_days) {
      const isHere = day >= firstDay && day <= lastDay;
      if (isHere && pulses.injection) found.push({ ...pulses.injection, day, isDelousing: false });
    }
    for (const { method, isEmergency, days } of lice?.delousings ?? []) {
      const day = days[index];
      if (day === undefined) continue;
      const { hazard, tau } = health.delousing[method];
      const factor = isEmergency ? health.emergency.hazard_factor : 1;
      found.push({ hazard: hazard * factor, tau, day, isDelousing: true });
    }
    return found;
  }
}

/** The stages of a batch as they lie in the schedule. */
function placesOf(batch: ScheduleBatch, { biology }: Outside): Place[] {
  const { freshwater, sea } = lifeOf(biology);
  const halls = freshwater.flatMap(({ stage }): Place[] => {
    const stay = batch.freshwater[stage.key];
    if (stay === undefined) return [];
    return [{ stage, startDay: stay.start_day, endDay: stay.end_day, names: stay.containers }];
  });
  const { start_day: startDay, end_day: endDay, rings } = batch.sea;
  return [...halls, { stage: sea, startDay, endDay, names: rings }];
}

type First = Pick<Placed, 'fish' | 'weight' | 'firstDay'>;

/** What the moves bring to each container. */
function arrivals(count: number, sources: readonly Stay[], moves: readonly Move[]): (First | undefined)[] {
  const found: (First | undefined)[] = Array.from({ length: count });
  for (const { source, dest, day, share, weightFactor } of moves) {
    const stay = sources[source];
    if (stay === undefined) continue;
    // The fish at the end of the day before are what earlier moves have left.
    const yesterday = day - 1 - stay.firstDay;
    const left = leftAfter(moves, source, day - 1);
    const fish = left > 0 ? ((stay.fish[yesterday] ?? 0) / left) * share : 0;
    const mass = fish * (stay.weight[yesterday] ?? 0) * weightFactor;
    const earlier = found[dest] ?? { fish: 0, weight: 0, firstDay: day };
    const total = earlier.fish + fish;
    found[dest] = {
      fish: total,
      weight: (earlier.fish * earlier.weight + mass) / (total || 1),
      firstDay: Math.min(earlier.firstDay, day),
    };
  }
  return found;
}

/** The share of a container's fish that is left after the moves of a day. */
function leftAfter(moves: readonly Move[], source: number, day: number): number {
  let left = 1;
  for (const it of moves) if (it.source === source && it.day <= day) left -= it.share;
  return left < 1e-9 ? 0 : left;
}

/** The fish of a container with its moves and its harvest, before they are fed. */
function stayOf(
  { placed, path }: { placed: Placed; path: Path },
  departures: readonly Move[],
  slaughter: Slaughter | undefined,
  females: Float64Array | undefined,
  arena: Arena,
): Stay {
  const { no, container, firstDay } = placed;
  const days = slaughter === undefined ? path.alive.length : slaughter.before - firstDay;
  const fish = arena.floats(days);
  const weight = arena.floats(days);
  const deaths = arena.floats(days);
  let before = placed.fish;
  let fractionBefore = 1;
  let root = Math.cbrt(placed.weight);
  let rootBefore = root;
  let remaining = 1;
  const movesFrom = Math.min(...departures.map((it) => it.day), Number.POSITIVE_INFINITY);
  for (let n = 0; n < days; n++) {
    const day = firstDay + n;
    if (day >= movesFrom) remaining = leftAfter(departures, departures[0]?.source ?? 0, day);
    let fraction = 1;
    if (slaughter !== undefined && day >= slaughter.startDay) {
      const taken = (day - slaughter.startDay + 1) * slaughter.cap - slaughter.ahead;
      fraction = 1 - Math.min(1, Math.max(0, taken / slaughter.fish));
    }
    const alive = path.alive[n] ?? 0;
    fish[n] = Math.floor(alive * fraction * remaining);
    deaths[n] = (before - alive) * fractionBefore * remaining;
    const now = path.root[n] ?? 0;
    if (slaughter === undefined || day < slaughter.fastingFrom) root += now - rootBefore;
    rootBefore = now;
    weight[n] = root * root * root;
    before = alive;
    fractionBefore = fraction;
  }
  return {
    no,
    container,
    firstDay,
    days,
    weightIn: placed.weight,
    fish,
    weight,
    deaths,
    feed: arena.floats(days),
    isFed: arena.bytes(days),
    slaughter,
    females,
  };
}

/** The feed of a container: what its growth takes, on the days when it is fed. */
function feed(stay: Stay, path: Path, rations: Float64Array, startDay: number, fcr: number): void {
  const before = Math.min(
    stay.days,
    (stay.slaughter?.fastingFrom ?? Number.POSITIVE_INFINITY) - stay.firstDay,
  );
  let weight = stay.weightIn;
  for (let n = 0; n < before; n++) {
    const now = stay.weight[n] ?? 0;
    const fish = stay.fish[n] ?? 0;
    if (path.isFasting[n] !== 1 && fish >= 1) {
      stay.isFed[n] = 1;
      const ration = rations[stay.firstDay + n - startDay] ?? 1;
      stay.feed[n] = ((fcr * fish * (now - weight)) / 1000) * ration;
    }
    weight = now;
  }
}
