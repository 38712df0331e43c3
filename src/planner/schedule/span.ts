import { EXIT, UserError } from '../../errors.ts';
import { type Day, formatDay, parseDay } from '../days.ts';
import type { Schedule } from './schedule.ts';

/**
 * Days after the end of the last batch on which history may still end: its last invoices and results, and a year of
 * weather over an empty farm. As in aquaseed._check_span.
 */
const DAYS_AFTER = 365;
/** The same for the as_of of the schedule itself: whoever planned it may have left the farm idle. 30 years. */
const DAYS_IDLE = 10_958;

/** The first and the last day on which the history of a schedule can end, and the last day its own as_of may be. */
export function spanOf({ batches, metadata }: Schedule): { first: Day; last: Day; latest: Day } {
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { start_date, effective_duration } of batches) {
    const day = parseDay(start_date) ?? 0;
    start = Math.min(start, day);
    end = Math.max(end, day + effective_duration);
  }
  const latest = end + DAYS_IDLE;
  const planned = Math.min(parseDay(metadata.as_of) ?? end, latest);
  return { first: start + 1, last: Math.max(end + DAYS_AFTER, planned), latest };
}

/** @throws UserError (exit 2) for an end of history before the first batch starts, or long after the last one ends */
export function requireWithinSpan(schedule: Schedule, asOf: string): void {
  const { first, last, latest } = spanOf(schedule);
  const day = parseDay(asOf);
  if (day !== undefined && day >= first && day <= last) return;
  throw new UserError(
    `history cannot end on ${asOf}: the first batch starts on ${formatDay(first - 1)} and the last one ends on ${formatDay(latest - DAYS_IDLE)}`,
    EXIT.usage,
    `as-of may be ${formatDay(first)} to ${formatDay(last)}; plan --extend goes on with new batches to a later day.`,
  );
}
