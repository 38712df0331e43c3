import { EXIT, UserError } from '../errors.ts';
import { type Day, formatDay, parseDay } from './days.ts';
import type { Schedule } from './schedule.ts';

/**
 * Days after the end of the last batch on which history may still end: its last invoices and results, and a year of
 * weather over an empty farm. As in aquaseed._check_span.
 */
const DAYS_AFTER = 365;

/** The first and the last day on which the history of a schedule can end. */
export function spanOf({ batches }: Schedule): { first: Day; last: Day } {
  const starts = batches.map((it) => parseDay(it.start_date) ?? 0);
  const ends = batches.map((it, index) => (starts[index] ?? 0) + it.effective_duration);
  return {
    first: starts.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) + 1,
    last: ends.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) + DAYS_AFTER,
  };
}

/** @throws UserError (exit 2) for an end of history before the first batch starts, or long after the last one ends */
export function requireWithinSpan(schedule: Schedule, asOf: string): void {
  const { first, last } = spanOf(schedule);
  const day = parseDay(asOf);
  if (day !== undefined && day >= first && day <= last) return;
  const ends = formatDay(last - DAYS_AFTER);
  throw new UserError(
    `history cannot end on ${asOf}: the first batch starts on ${formatDay(first - 1)} and the last one ends on ${ends}`,
    EXIT.usage,
    `as-of may be ${formatDay(first)} to ${formatDay(last)}; plan --extend goes on with new batches to a later day.`,
  );
}
