const MS_PER_DAY = 86_400_000;

/** A day as a count from 1970-01-01 (UTC), so that arithmetic needs no clock and no time zone. */
export type Day = number;

/**
 * The day of a date written YYYY-MM-DD.
 * @returns undefined when it is not written so or is no date of the calendar (1900 to 2999)
 */
export function parseDay(date: string): Day | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  if (year < 1900 || year > 2999) return undefined;
  const count = Date.UTC(year, month - 1, day) / MS_PER_DAY;
  return formatDay(count) === date ? count : undefined;
}

/** The date of a day, YYYY-MM-DD. */
export function formatDay(day: Day): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Days from 1 January (1) to the day, as PostgreSQL's extract(doy) counts. */
export function dayOfYear(day: Day): number {
  const year = new Date(day * MS_PER_DAY).getUTCFullYear();
  return day - Date.UTC(year, 0, 1) / MS_PER_DAY + 1;
}

/** The month of the day, 1 to 12. */
export function monthOf(day: Day): number {
  return new Date(day * MS_PER_DAY).getUTCMonth() + 1;
}
