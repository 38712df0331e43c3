import seedrandom from 'seedrandom';
import type { Biology, Climate, Farm } from '../config/index.ts';
import { contentDigest } from '../config/index.ts';
import { EXIT, UserError } from '../errors.ts';
import { type Allocation, allocate, type Places, productionPlaces } from './allocate.ts';
import { describeNoRoom, describeShortages, hallResource, SEA_RESOURCE, shortages } from './capacity.ts';
import { type Day, formatDay, parseDay } from './days.ts';
import { reserveDays } from './growth.ts';
import { type Life, lifeOf, productionGeographies } from './life.ts';
import { predictRows } from './predict.ts';
import type { Schedule, ScheduleBatch, Utilisation, WorkerPartition } from './schedule.ts';
import { type Start, staggeredStarts } from './starts.ts';
import { meanOf, peakOf, type Use } from './usage.ts';
import { type Violation, validateSchedule } from './validate.ts';

/** What to plan, in staggered mode. */
export interface PlanRequest {
  /** Batches per geography. */
  batches: number;
  /** Days between consecutive starts in the one sequence of all geographies. */
  stagger: number;
  /** YYYY-MM-DD; everything emitted lies before this day. */
  asOf: string;
  /** YYYY-MM-DD of the first batch; without it, counted back from asOf. */
  firstStart?: string | undefined;
  seed: number;
  /** Slices (worker partitions), 14 by default. */
  slices?: number | undefined;
  /** A fixed number of rings for every batch instead of the configured ones. */
  rings?: number | undefined;
  /** Most days at sea; the last stage of biology.yaml by default. */
  adultDuration?: number | undefined;
  /** A name for the file's metadata, `custom` by default. */
  profile?: string | undefined;
  /** The saturation that was asked for, 0 to 1; it is noted, not solved for. */
  saturation?: number | undefined;
}

export interface Plan {
  schedule: Schedule;
  /** What the validator found: nothing, for a plan that was accepted. */
  conflicts: Violation[];
  /** Estimated rows by table, as of the schedule's end. */
  predictedRows: Record<string, number>;
}

const DEFAULT_SLICES = 14;

/**
 * Plans a schedule and proves it. Pure: the same arguments give the same schedule, and a batch does not
 * depend on later ones.
 * @throws UserError (exit 2) for a request that makes no sense or does not fit the farm; the message names
 *   geography, resource, date, overlap and capacity
 */
export function plan(request: PlanRequest, farm: Farm, biology: Biology, climate: Climate): Plan {
  checkRequest(request, biology);
  const life = lifeOf(biology);
  const geographies = productionGeographies(farm);
  if (geographies.length === 0) {
    throw new UserError('the infrastructure has no production places to plan for', EXIT.usage);
  }
  const adultDuration = request.adultDuration ?? life.sea.days;
  const ringCounts = request.rings === undefined ? farm.allocation.ringCounts : [request.rings];
  const reserve = reserveDays(biology, climate, farm, adultDuration);
  const starts = staggeredStarts(request, geographies);
  const places = productionPlaces(farm);
  const allocations = place(request, starts, places, life, reserve, ringCounts);

  const asOf = parseDay(request.asOf) ?? 0;
  const batches = starts.flatMap((start, index) => {
    const allocation = allocations[index];
    return allocation ? [scheduleBatch(start, allocation, life, reserve, asOf, request.seed, biology)] : [];
  });
  const utilisation = measure(starts, allocations, places, life, reserve, asOf);
  const schedule: Schedule = {
    metadata: {
      schema_version: 1,
      profile: request.profile ?? 'custom',
      mode: 'staggered',
      as_of: request.asOf,
      first_start: batches[0]?.start_date ?? request.asOf,
      last_start: batches.at(-1)?.start_date ?? request.asOf,
      seed: request.seed,
      total_batches: batches.length,
      batches_per_geography: request.batches,
      stagger_days: request.stagger,
      adult_duration: adultDuration,
      target_saturation: request.saturation ?? null,
      config_digest: planningDigest(farm, biology, climate),
      binding_constraint: bindingConstraint(utilisation),
      utilisation,
      worker_partitions: partitions(batches, request.slices ?? DEFAULT_SLICES),
    },
    batches,
  };
  const conflicts = validateSchedule(schedule, farm, biology);
  if (conflicts.length > 0) {
    const lines = conflicts.slice(0, 5).map((it) => `${it.rule}: ${it.batch ?? ''} ${it.message}`);
    throw new Error(`the planner made a schedule that does not hold:\n${lines.join('\n')}`);
  }
  return { schedule, conflicts, predictedRows: predictRows(schedule, biology, climate, farm) };
}

function checkRequest(request: PlanRequest, biology: Biology): void {
  const most = lifeOf(biology).sea.days;
  const bounds: [string, number | undefined, number, number][] = [
    ['batches', request.batches, 1, 20_000],
    ['stagger', request.stagger, 1, 1000],
    ['seed', request.seed, 0, Number.MAX_SAFE_INTEGER],
    ['slices', request.slices, 1, 1000],
    ['rings', request.rings, 1, 1000],
    ['adult-duration', request.adultDuration, 1, most],
  ];
  for (const [option, value, min, max] of bounds) {
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) continue;
    throw new UserError(`${option} must be a whole number from ${min} to ${max}: ${value}`, EXIT.usage);
  }
  const { saturation } = request;
  if (saturation !== undefined && !(saturation > 0 && saturation <= 1)) {
    throw new UserError(`saturation must be above 0 and at most 1: ${saturation}`, EXIT.usage);
  }
}

/** Allocates, or refuses with what is short. */
function place(
  request: PlanRequest,
  starts: readonly Start[],
  places: ReadonlyMap<number, Places>,
  life: Life,
  reserve: number,
  ringCounts: readonly number[],
): Allocation[] {
  const short = shortages(starts, places, life, reserve, ringCounts);
  const result = short.length === 0 ? allocate(starts, places, life, reserve, ringCounts) : undefined;
  if (result !== undefined && 'allocations' in result) return result.allocations;

  const geographies = new Set(starts.map((it) => it.geography.id)).size;
  const lines = result ? [describeNoRoom(result.noRoom, ringCounts)] : describeShortages(short);
  const apart = request.stagger * geographies;
  const headline =
    `cannot plan ${request.batches} batches per geography with ${request.stagger} days between starts` +
    ` (${apart} days in one geography)`;
  throw new UserError([headline, ...lines.map((line) => `  ${line}`)].join('\n'), EXIT.usage);
}

function scheduleBatch(
  batch: Start,
  allocation: Allocation,
  life: Life,
  reserve: number,
  asOf: Day,
  seed: number,
  biology: Biology,
): ScheduleBatch {
  const { base, step, span } = biology.batch.eggs;
  const lifetime = life.seaEntry + reserve;
  const stages = life.freshwater.map(({ stage, startDay, endDay }, index) => {
    const hall = allocation.halls[index];
    const containers = hall?.containers.map((it) => it.name) ?? [];
    return [
      stage.key,
      { hall: hall?.hall.name ?? '', containers, start_day: startDay, end_day: endDay },
    ] as const;
  });
  return {
    batch_id: batch.id,
    start_date: formatDay(batch.start),
    eggs: base + ((batch.indexInGeography * step) % span),
    duration: Math.min(lifetime, asOf - batch.start),
    effective_duration: lifetime,
    harvest_target_kg: harvestTarget(seed, batch.id, biology),
    geography: batch.geography.name,
    station: allocation.halls[0]?.station ?? '',
    freshwater: Object.fromEntries(stages),
    sea: {
      area: allocation.area.name,
      rings: allocation.rings.map((it) => it.name),
      rings_count: allocation.rings.length,
      start_day: life.seaEntry,
      end_day: lifetime,
      note: `${allocation.rings.length} of ${allocation.ringsInArea} rings`,
    },
  };
}

/** Drawn evenly between the bounds, in kg to the gram; from the seed and the batch alone. */
function harvestTarget(seed: number, batchId: string, biology: Biology): number {
  const { min, max } = biology.batch.harvest_target_kg;
  return Math.round((min + (max - min) * seedrandom(`${seed}:${batchId}`)()) * 1000) / 1000;
}

function measure(
  starts: readonly Start[],
  allocations: readonly Allocation[],
  places: ReadonlyMap<number, Places>,
  life: Life,
  reserve: number,
  asOf: Day,
): Utilisation[] {
  const firstStart = starts[0]?.start ?? asOf;
  const geographies = new Map(starts.map((it) => [it.geography.id, it.geography.name]));
  const rows: Utilisation[] = [];
  for (const [id, geography] of geographies) {
    const here = starts.flatMap((it, index) => (it.geography.id === id ? [{ ...it, index }] : []));
    const add = (resource: string, unit: 'halls' | 'rings', capacity: number, uses: Use[]) => {
      const peak = peakOf(uses);
      rows.push({
        geography,
        resource,
        unit,
        capacity,
        peak: peak.amount,
        peak_share: threeDecimals(peak.amount / capacity),
        peak_date: formatDay(peak.day),
        mean_share: threeDecimals(meanOf(uses, firstStart, asOf) / capacity),
      });
    };
    for (const { stage, startDay, endDay } of life.freshwater) {
      const capacity = places.get(id)?.halls.get(stage.hall)?.length ?? 0;
      const uses = here.map(({ start }) => ({ start: start + startDay, end: start + endDay, amount: 1 }));
      add(hallResource(stage.hall, stage.key), 'halls', capacity, uses);
    }
    const rings = places.get(id)?.areas.reduce((sum, it) => sum + it.rings.length, 0) ?? 0;
    const uses = here.map(({ start, index }) => ({
      start: start + life.seaEntry,
      end: start + life.seaEntry + reserve,
      amount: allocations[index]?.rings.length ?? 0,
    }));
    add(SEA_RESOURCE, 'rings', rings, uses);
  }
  return rows;
}

/** The resource that is nearest to full at its peak. */
function bindingConstraint(utilisation: readonly Utilisation[]): string {
  const first = utilisation[0];
  if (first === undefined) return 'none';
  const it = utilisation.reduce((a, b) => (b.peak_share > a.peak_share ? b : a), first);
  return `${it.geography}, ${it.resource}: ${it.peak} of ${it.capacity} on ${it.peak_date}`;
}

/** Cuts the batches into contiguous slices of equal size, the first ones larger by one where needed. */
function partitions(batches: readonly ScheduleBatch[], slices: number): Record<string, WorkerPartition> {
  const count = Math.min(slices, batches.length);
  const size = Math.floor(batches.length / count);
  const larger = batches.length % count;
  const result: Record<string, WorkerPartition> = {};
  let from = 0;
  for (let slice = 0; slice < count; slice++) {
    const to = from + size + (slice < larger ? 1 : 0);
    result[`worker_${slice + 1}`] = {
      batch_range: `${from + 1}-${to}`,
      count: to - from,
      first_start: batches[from]?.start_date ?? '',
      last_start: batches[to - 1]?.start_date ?? '',
      batch_indices: Array.from({ length: to - from }, (_, index) => from + index),
    };
    from = to;
  }
  return result;
}

/** Digest of the configuration that a plan depends on; other numbers may change and the plan holds. */
function planningDigest(farm: Farm, biology: Biology, climate: Climate): string {
  const { batch, growth, stages, vaccination_days, feeding, harvest } = biology;
  const { fasting_days, storm } = feeding;
  const sea = Object.entries(climate.sea.geographies).map(([name, { sites }]) => [
    name,
    Object.entries(sites).map(([site, { temperature }]) => [site, temperature]),
  ]);
  const halls = Object.entries(climate.freshwater.stages).map(([key, { temperature, ramp }]) => [
    key,
    temperature,
    ramp,
  ]);
  return contentDigest({
    farm,
    batch: {
      eggs: batch.eggs,
      target: batch.harvest_target_kg,
      sd: [batch.growth_sd, batch.container_growth_sd],
    },
    growth,
    stages: stages.map(({ key, order, habitat, days, tgc, survival, survival_days, ...it }, index) => {
      const hall = 'hall' in it ? it.hall : null;
      const start = it.weight_at_start_g ?? stages[index - 1]?.yolk?.weight_at_end_g;
      return { key, order, habitat, hall, days, start, tgc, survival, survival_days };
    }),
    vaccination_days,
    feeding: { fasting_days, storm },
    harvest: harvest.fish_per_day,
    sea,
    halls,
  });
}

function threeDecimals(value: number): number {
  return Math.round(value * 1000) / 1000;
}
