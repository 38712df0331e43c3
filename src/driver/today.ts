import { EXIT, UserError } from '../errors.ts';
import { parseDay } from '../planner/index.ts';

/** Days back from today that a dashboard still shows. */
const STALE_DAYS = 3;

/**
 * Today, UTC, YYYY-MM-DD: where history ends unless it is said. The only place that asks the clock for a day; what is
 * generated depends on it through the plan alone. `AQUASEED_TODAY` stands for the clock.
 */
export function today(env: Record<string, string | undefined> = process.env): string {
  return now(env).toISOString().slice(0, 10);
}

/** The present moment. `AQUASEED_TODAY` stands for it: a date, or a date with a time such as 2025-12-03T15:30 (UTC). */
export function now(env: Record<string, string | undefined> = process.env): Date {
  const stated = env.AQUASEED_TODAY;
  const clock = new Date();
  if (stated === undefined || stated === '') return clock;
  const [day = '', time] = stated.split('T');
  const moment = new Date(
    time === undefined ? `${day}${clock.toISOString().slice(10)}` : `${day}T${time}:00Z`,
  );
  if (parseDay(day) === undefined || Number.isNaN(moment.valueOf())) {
    throw new UserError(`AQUASEED_TODAY must be a date like 2025-12-03: ${stated}`, EXIT.usage);
  }
  return moment;
}

/** Whether a history ended so long ago that what counts back from today finds nothing. */
export function isStale(asOf: string): boolean {
  return (parseDay(today()) ?? 0) - (parseDay(asOf) ?? 0) > STALE_DAYS;
}

/** The line that begins a run whose end of history was chosen for it. */
export function endOfHistory(asOf: string, chosen: boolean): string {
  return `History ends on ${asOf}${chosen ? '' : ', today in UTC; --as-of <day> for another day'}`;
}
