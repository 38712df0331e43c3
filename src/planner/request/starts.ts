import type { Farm } from '../../config/index.ts';
import { EXIT, UserError } from '../../errors.ts';
import { type Day, formatDay, parseDay } from '../days.ts';
import type { Life } from '../farm/life.ts';
import type { Timetable } from '../farm/timetable.ts';
import { MOST_SHIFT } from '../farm/week.ts';
import type { Window } from './request.ts';

type Geography = Farm['geographies'][number];

/** A batch before it has places. */
export interface Start {
  id: string;
  geography: Geography;
  /** 0 for the first batch of its geography. */
  indexInGeography: number;
  start: Day;
  /** The day that it was moved from, to one that is worked on. */
  planned: Day;
  /** Its stages, on the days on which they begin. */
  life: Life;
}

/** Least days from the last start to as_of when no first start is given: the youngest batch is eggs. */
const AGE_OF_YOUNGEST = 5;
const FIRST_DAY = parseDay('1900-01-01') ?? 0;

/** Why the batches cannot all start in the time there is. */
export interface Late {
  /** The last start with all batches, when the first one is fixed. */
  lastStart: Day | undefined;
  /** Days that the starts need from the first to the last. */
  needed: number;
  /** Days that there are. */
  available: number;
}

/** Days from the first to the last start that the window leaves, or undefined when it is open. */
export function daysForStarts({ asOf, first, earliest }: Window): number | undefined {
  if (first !== undefined) return asOf - 1 - first;
  return earliest === undefined ? undefined : asOf - AGE_OF_YOUNGEST - earliest;
}

/** The same; an open window begins with the calendar. */
function daysAtMost(window: Window): number {
  return daysForStarts(window) ?? window.asOf - AGE_OF_YOUNGEST - FIRST_DAY;
}

/** Most batches per geography that can start in the window. */
export function mostInTime(
  window: Window,
  stagger: number,
  geographies: number,
  timetable: Timetable,
): number {
  const days = daysAtMost(window);
  if (days < 0) return 0;
  // The last start may be moved back into the window.
  let batches = Math.floor((Math.floor((days + MOST_SHIFT) / stagger) + 1) / geographies);
  while (batches > 0 && lateness(window, batches * geographies, stagger, timetable)) batches -= 1;
  return batches;
}

/** The most days between starts at which so many batches can start in the window. */
export function widestInTime(window: Window, total: number, timetable: Timetable): number {
  const days = daysAtMost(window);
  if (days < 0) return 0;
  if (total === 1) return Number.POSITIVE_INFINITY;
  let stagger = Math.floor((days + MOST_SHIFT) / (total - 1));
  while (stagger > 0 && lateness(window, total, stagger, timetable)) stagger -= 1;
  return stagger;
}

/**
 * The nth day of a sequence: its first day and so many times the stagger, then the nearest on which a batch may start.
 * Batches with little between them may come to start on one day.
 */
function nthStart(first: Day, stagger: number, n: number, { week }: Timetable): Day {
  return n === 0 ? first : week.nearest(first + n * stagger);
}

/** The first start of so many batches: not before the day that was asked for, or so that the last one is in time. */
export function firstStartOf(window: Window, total: number, stagger: number, timetable: Timetable): Day {
  const { week } = timetable;
  if (window.first !== undefined) return week.onOrAfter(window.first);
  const last = window.asOf - AGE_OF_YOUNGEST;
  let first = week.onOrBefore(last - (total - 1) * stagger);
  while (nthStart(first, stagger, total - 1, timetable) > last) first = week.onOrBefore(first - 1);
  return first;
}

/** A sequence of starts as far as it has come: its first day, and how many staggers after it the last start is. */
export interface Sequence {
  first: Day;
  n: number;
}

/** The next start of a sequence, not before the last one. */
export function nextStart(
  { first, n }: Sequence,
  stagger: number,
  last: Day,
  timetable: Timetable,
): Pick<Start, 'start' | 'planned'> {
  const start = nthStart(first, stagger, n, timetable);
  if (start >= last) return { start, planned: first + n * stagger };
  const later = timetable.week.onOrAfter(last);
  return { start: later, planned: later };
}

/**
 * The sequence that starts belong to, some of it perhaps left out: a day and its multiples of the stagger, moved to days
 * that are worked on, or not moved in schedules of before there was a working week.
 * @returns undefined when they are no such sequence
 */
export function sequenceOf(
  starts: readonly Day[],
  stagger: number,
  timetable: Timetable,
): Sequence | undefined {
  const first = starts[0];
  if (first === undefined) return undefined;
  let n = 0;
  for (const start of starts.slice(1)) {
    do n += 1;
    while (
      first + n * stagger !== start &&
      nthStart(first, stagger, n, timetable) !== start &&
      first + n * stagger <= start + MOST_SHIFT
    );
    if (first + n * stagger > start + MOST_SHIFT) return undefined;
  }
  return { first, n };
}

/** Whether the batches do not fit into the window, and why. */
export function lateness(
  window: Window,
  total: number,
  stagger: number,
  timetable: Timetable,
): Late | undefined {
  const available = daysAtMost(window);
  const first = firstStartOf(window, total, stagger, timetable);
  if (window.first === undefined) {
    const needed = window.asOf - AGE_OF_YOUNGEST - first;
    return needed <= available ? undefined : { lastStart: undefined, needed, available };
  }
  const lastStart = nthStart(first, stagger, total - 1, timetable);
  const needed = lastStart - window.first;
  return needed <= available ? undefined : { lastStart, needed, available };
}

/**
 * The starts of the staggered mode: the geographies take turns in one sequence, `stagger` days apart but for the days
 * by which a start is moved to one that is worked on.
 */
export function staggeredStarts(
  window: Window,
  geographies: readonly Geography[],
  batches: number,
  stagger: number,
  timetable: Timetable,
): Start[] {
  const total = batches * geographies.length;
  const first = firstStartOf(window, total, stagger, timetable);
  const starts: Start[] = [];
  for (let index = 0; index < total; index++) {
    const geography = geographies[index % geographies.length];
    if (geography === undefined) break;
    const indexInGeography = Math.floor(index / geographies.length);
    const start = nthStart(first, stagger, index, timetable);
    starts.push(startOf(geography, { start, planned: first + index * stagger }, indexInGeography, timetable));
  }
  return starts;
}

/** Ages in days on as_of, but for days off: every stage, several batches within days of a transfer or a harvest. */
const LADDER_AGES = [
  [25, 45, 65, 82, 88],
  [105, 130, 155, 177],
  [195, 220, 245, 267],
  [285, 315, 345, 358],
  [375, 405, 435, 448],
  [480, 550, 650, 720, 786, 820, 860],
].flat();
/** Days between the completed batches before a ladder. */
const COMPLETED_STEP = 30;

/** The starts of a ladder: in every geography one batch of each age, and so many finished ones before. */
export function ladderStarts(
  asOf: Day,
  geographies: readonly Geography[],
  lifetime: number,
  completed: number,
  timetable: Timetable,
): Start[] {
  const finished = Array.from(
    { length: completed },
    (_, index) => lifetime + (completed - index) * COMPLETED_STEP,
  );
  const ages = [...finished, ...LADDER_AGES.filter((age) => age < lifetime).sort((a, b) => b - a)];
  if (asOf - (ages[0] ?? 0) < FIRST_DAY) {
    throw new UserError(
      'the first batch of the ladder would start before 1900: fewer completed ones',
      EXIT.usage,
    );
  }
  return ages.flatMap((age, index) => {
    const planned = asOf - age;
    const start = timetable.week.nearest(planned);
    return geographies.map((it) => startOf(it, { start, planned }, index, timetable));
  });
}

export function startOf(
  geography: Geography,
  { start, planned }: Pick<Start, 'start' | 'planned'>,
  indexInGeography: number,
  timetable: Timetable,
): Start {
  // FAR-2020-001: code of the geography, year of the start, number of the batch within its geography.
  const number = String(indexInGeography + 1).padStart(3, '0');
  const id = `${geography.code}-${formatDay(start).slice(0, 4)}-${number}`;
  return { id, geography, indexInGeography, start, planned, life: timetable.lifeOf(start, planned) };
}
