import type { Farm } from '../config/index.ts';
import { EXIT, UserError } from '../errors.ts';
import { type Day, formatDay, parseDay } from './days.ts';
import type { PlanRequest } from './plan.ts';

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

/**
 * The starts of the staggered mode: the geographies take turns in one sequence, `stagger` days apart.
 * @throws UserError (exit 2) for a bad date, or when the last batch would not start before as_of
 */
export function staggeredStarts(request: PlanRequest, geographies: readonly Geography[]): Start[] {
  const asOf = requireDay(request.asOf, 'as-of');
  const total = request.batches * geographies.length;
  const span = (total - 1) * request.stagger;
  const first =
    request.firstStart === undefined
      ? asOf - AGE_OF_YOUNGEST - span
      : requireDay(request.firstStart, 'first-start');
  if (first + span >= asOf) {
    const fitting = Math.max(0, Math.ceil((asOf - first) / request.stagger));
    const per = Math.floor(fitting / geographies.length);
    throw new UserError(
      `cannot plan ${total} batches: with ${request.stagger} days between starts the last one starts on ` +
        `${formatDay(first + span)}, which is not before ${request.asOf}`,
      EXIT.usage,
      per > 0
        ? `time is the limit: at most ${per} batches per geography fit; else start earlier`
        : 'start earlier, or choose a later end',
    );
  }
  const starts: Start[] = [];
  for (let index = 0; index < total; index++) {
    const geography = geographies[index % geographies.length];
    if (geography === undefined) break;
    const indexInGeography = Math.floor(index / geographies.length);
    const start = first + index * request.stagger;
    starts.push({ id: batchId(geography.code, start, indexInGeography), geography, indexInGeography, start });
  }
  return starts;
}

/** FAR-2020-001: code of the geography, year of the start, number of the batch within its geography. */
function batchId(code: string, start: Day, indexInGeography: number): string {
  return `${code}-${formatDay(start).slice(0, 4)}-${String(indexInGeography + 1).padStart(3, '0')}`;
}

function requireDay(date: string, option: string): Day {
  const day = parseDay(date);
  if (day === undefined) {
    throw new UserError(`${option} must be a date, YYYY-MM-DD, 1900 to 2999: ${date}`, EXIT.usage);
  }
  return day;
}
