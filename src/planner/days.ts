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
  return partsOf(day).dayOfYear;
}

/** The month of the day, 1 to 12. */
export function monthOf(day: Day): number {
  return partsOf(day).month;
}

interface Parts {
  month: number;
  dayOfYear: number;
}

/** Days that were asked for: growth asks for the same ones again and again. */
const parts = new Map<Day, Parts>();

function partsOf(day: Day): Parts {
  let found = parts.get(day);
  if (found === undefined) {
    const date = new Date(day * MS_PER_DAY);
    const newYear = Date.UTC(date.getUTCFullYear(), 0, 1) / MS_PER_DAY;
    found = { month: date.getUTCMonth() + 1, dayOfYear: day - newYear + 1 };
    parts.set(day, found);
  }
  return found;
}
