import { EXIT, UserError } from '../../errors.ts';
import { type Day, parseDay } from '../days.ts';
import type { Setting } from '../farm/setting.ts';

/** How long rings are kept: for the slowest batch there may be, or for each batch's own prediction. */
export type ReserveMode = 'worst' | 'predicted';

/**
 * What to plan. In staggered mode `years` (or firstStart) and two of batches, stagger and saturation decide
 * the third; without a span of time, batches and stagger do, or batches and saturation.
 */
export interface PlanRequest {
  mode?: 'staggered' | 'ladder' | undefined;
  /** Batches per geography. */
  batches?: number | undefined;
  /** Days between consecutive starts in the one sequence of all geographies. */
  stagger?: number | undefined;
  /** Share (0 to 1) of the sea rings of the busiest geography that is reserved at the peak. */
  saturation?: number | undefined;
  /** Years from the first start to asOf. */
  years?: number | undefined;
  /** YYYY-MM-DD; everything emitted lies before this day. May be left out with firstStart and years. */
  asOf?: string | undefined;
  /** YYYY-MM-DD: the first batch starts then, or on the next working day; without it, counted back from asOf. */
  firstStart?: string | undefined;
  seed: number;
  /** Slices (worker partitions), 14 by default. */
  slices?: number | undefined;
  /** Only in this geography. */
  geography?: string | undefined;
  /** A fixed number of rings for every batch instead of the configured ones. */
  rings?: number | undefined;
  /** Most days at sea; the last stage of biology.yaml by default. */
  adultDuration?: number | undefined;
  /** `worst` by default. */
  reserve?: ReserveMode | undefined;
  /** In ladder mode: harvested batches per geography before the ladder. */
  completed?: number | undefined;
  /** Days that a hall is kept after the start of the next stage, for transfers that take longer; 0 by default. */
  moveDays?: number | undefined;
  /** The same for the last freshwater stage, whose fish go to sea. */
  seaMoveDays?: number | undefined;
  /** What the schedule is called in its metadata, `custom` by default. */
  name?: string | undefined;
  /** Profiles of the configuration it is planned for, for its metadata. */
  profiles?: readonly string[] | undefined;
}

/** When batches may start. */
export interface Window {
  asOf: Day;
  /** The day of the first start, when it was given. */
  first?: Day | undefined;
  /** The first day on which a batch may start, when the years were given. */
  earliest?: Day | undefined;
}

/** What is needed to place batches, besides their starts. */
export interface Choice {
  seed: number;
  ringCounts: readonly number[];
  adultDuration: number;
  reserve: ReserveMode;
}

export const DEFAULT_SLICES = 14;
export const MOST_BATCHES = 20_000;
export const MOST_STAGGER = 1000;
const MOST_YEARS = 200;
const MOST_ROOM = 200;
export const DAYS_PER_YEAR = 365.25;

/** @throws UserError (exit 2), one line, for a number out of bounds or options that do not go together */
export function checkRequest(request: PlanRequest, setting: Setting): void {
  const most = setting.life.sea.days;
  const bounds: [string, number | undefined, number, number][] = [
    ['batches', request.batches, 1, MOST_BATCHES],
    ['stagger', request.stagger, 1, MOST_STAGGER],
    ['seed', request.seed, 0, Number.MAX_SAFE_INTEGER],
    ['slices', request.slices, 1, 1000],
    ['rings', request.rings, 1, 1000],
    ['adult-duration', request.adultDuration, 1, most],
    ['completed', request.completed, 0, 1000],
    ['move-days', request.moveDays, 0, mostRoom(setting, false)],
    ['sea-move-days', request.seaMoveDays, 0, mostRoom(setting, true)],
  ];
  for (const [option, value, min, max] of bounds) {
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) continue;
    throw new UserError(`${option} must be a whole number from ${min} to ${max}: ${value}`, EXIT.usage);
  }
  const { saturation, years } = request;
  if (saturation !== undefined && !(saturation > 0 && saturation <= 1)) {
    throw new UserError(`saturation must be above 0 and at most 1: ${saturation}`, EXIT.usage);
  }
  if (years !== undefined && !(years > 0 && years <= MOST_YEARS)) {
    throw new UserError(`years must be above 0 and at most ${MOST_YEARS}: ${years}`, EXIT.usage);
  }
  const problem = request.mode === 'ladder' ? ladderProblem(request) : staggeredProblem(request);
  if (problem !== undefined) throw new UserError(problem, EXIT.usage);
}

function ladderProblem(request: PlanRequest): string | undefined {
  const given = (['batches', 'stagger', 'saturation', 'years'] as const).filter(
    (it) => request[it] !== undefined,
  );
  if (request.firstStart !== undefined) return 'a ladder is built back from as-of: leave out first-start';
  return given.length > 0 ? `a ladder has its own ages: leave out ${given.join(', ')}` : undefined;
}

function staggeredProblem(request: PlanRequest): string | undefined {
  const { batches, stagger, saturation, years, firstStart, asOf } = request;
  if (request.completed !== undefined) return 'completed belongs to a ladder';
  if (years !== undefined && firstStart !== undefined && asOf !== undefined) {
    return 'years, first-start and as-of: any two fix the third, leave one out';
  }
  if (batches !== undefined && stagger !== undefined && saturation !== undefined) {
    return 'batches, stagger and saturation: any two fix the third, leave one out';
  }
  const hasSpan = years !== undefined || firstStart !== undefined;
  if (batches === undefined && !hasSpan) {
    return 'without batches, plan needs years (or first-start) to know how many fit';
  }
  if (stagger === undefined && saturation === undefined && !(batches !== undefined && hasSpan)) {
    return 'plan needs stagger or saturation as well';
  }
  return undefined;
}

/** Most days of room: the fish must have moved before the next stage ends, at sea before the harvest. */
function mostRoom({ life }: Setting, toSea: boolean): number {
  const next = toSea ? [life.sea] : life.freshwater.slice(1).map((it) => it.stage);
  return Math.min(...next.map((it) => it.days), MOST_ROOM + 1) - 1;
}

/** @throws UserError (exit 2) for a date that is none */
export function windowOf(request: PlanRequest): Window {
  const first = request.firstStart === undefined ? undefined : requireDay(request.firstStart, 'first-start');
  const length = request.years === undefined ? undefined : Math.round(request.years * DAYS_PER_YEAR);
  if (request.asOf === undefined) {
    if (first === undefined || length === undefined) {
      throw new UserError('plan needs as-of, or first-start and years', EXIT.usage);
    }
    return { asOf: first + length, first };
  }
  const asOf = requireDay(request.asOf, 'as-of');
  const earliest = length === undefined ? undefined : asOf - length;
  return { asOf, first, earliest };
}

export function requireDay(date: string, option: string): Day {
  const day = parseDay(date);
  if (day === undefined) {
    throw new UserError(`${option} must be a date, YYYY-MM-DD, 1900 to 2999: ${date}`, EXIT.usage);
  }
  return day;
}

export function choiceOf(request: PlanRequest, setting: Setting): Choice {
  return {
    seed: request.seed,
    ringCounts: request.rings === undefined ? setting.farm.allocation.ringCounts : [request.rings],
    adultDuration: request.adultDuration ?? setting.life.sea.days,
    reserve: request.reserve ?? 'worst',
  };
}
