import type { Farm } from '../../config/index.ts';
import { EXIT, UserError } from '../../errors.ts';
import { type Day, formatDay, parseDay } from '../days.ts';
import type { Window } from './request.ts';

type Geography = Farm['geographies'][number];

/** A batch before it has places. */
export interface Start {
  id: string;
  geography: Geography;
  /** 0 for the first batch of its geography. */
  indexInGeography: number;
  start: Day;
}

/** Days from the last start to as_of when no first start is given: the youngest batch is eggs. */
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
export function mostInTime(window: Window, stagger: number, geographies: number): number {
  const days = daysAtMost(window);
  return days < 0 ? 0 : Math.floor((Math.floor(days / stagger) + 1) / geographies);
}

/** The most days between starts at which so many batches can start in the window. */
export function widestInTime(window: Window, total: number): number {
  const days = daysAtMost(window);
  return days < 0 ? 0 : total === 1 ? Number.POSITIVE_INFINITY : Math.floor(days / (total - 1));
}

/** The first start of so many batches. */
export function firstStartOf(window: Window, total: number, stagger: number): Day {
  return window.first ?? window.asOf - AGE_OF_YOUNGEST - (total - 1) * stagger;
}

/** Whether the batches do not fit into the window, and why. */
export function lateness(window: Window, total: number, stagger: number): Late | undefined {
  const available = daysAtMost(window);
  const needed = (total - 1) * stagger;
  if (needed <= available) return undefined;
  return { lastStart: window.first === undefined ? undefined : window.first + needed, needed, available };
}

/** The starts of the staggered mode: the geographies take turns in one sequence, `stagger` days apart. */
export function staggeredStarts(
  window: Window,
  geographies: readonly Geography[],
  batches: number,
  stagger: number,
): Start[] {
  const total = batches * geographies.length;
  const first = firstStartOf(window, total, stagger);
  const starts: Start[] = [];
  for (let index = 0; index < total; index++) {
    const geography = geographies[index % geographies.length];
    if (geography === undefined) break;
    const indexInGeography = Math.floor(index / geographies.length);
    starts.push(startOf(geography, first + index * stagger, indexInGeography));
  }
  return starts;
}

/** Ages in days on as_of: every stage, several batches a day or two before a transfer or a harvest. */
const LADDER_AGES = [
  [25, 45, 65, 82, 88],
  [105, 130, 155, 175],
  [195, 220, 245, 265],
  [285, 315, 345, 358],
  [375, 405, 435, 448],
  [480, 550, 650, 720, 780, 820, 860],
].flat();
/** Days between the completed batches before a ladder. */
const COMPLETED_STEP = 30;

/** The starts of a ladder: in every geography one batch of each age, and so many finished ones before. */
export function ladderStarts(
  asOf: Day,
  geographies: readonly Geography[],
  lifetime: number,
  completed: number,
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
  return ages.flatMap((age, index) => geographies.map((it) => startOf(it, asOf - age, index)));
}

export function startOf(geography: Geography, start: Day, indexInGeography: number): Start {
  // FAR-2020-001: code of the geography, year of the start, number of the batch within its geography.
  const number = String(indexInGeography + 1).padStart(3, '0');
  const id = `${geography.code}-${formatDay(start).slice(0, 4)}-${number}`;
  return { id, geography, indexInGeography, start };
}
