import { z } from 'zod';
import { amount, expectThat, integer, number, schemaVersion, share } from './fields.ts';
import type { Infrastructure } from './infrastructure.ts';

const MS_PER_DAY = 86_400_000;
/** Days since 1970-01-01, as the planner counts them. */
const dayOf = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day) / MS_PER_DAY;

// Every year has it: 2001 is no leap year.
const isMonthDay = (it: string) => {
  const date = new Date(`2001-${it}T00:00:00Z`);
  return !Number.isNaN(date.valueOf()) && date.toISOString().slice(5, 10) === it;
};

const daysOff = z
  .object({
    dates: z
      .array(
        z
          .string()
          .regex(/^\d\d-\d\d$/, 'is not written month-day, as 12-24')
          .refine(isMonthDay, 'is no day of every year'),
      )
      .max(100),
    easter: z.array(integer(-70, 250)).max(100),
    weekdays: z
      .array(
        z
          .object({
            month: integer(1, 12),
            weekday: integer(1, 7),
            nth: integer(-1, 4).refine((it) => it !== 0, 'is 1 to 4, or -1 for the last'),
          })
          .strict(),
      )
      .max(100),
  })
  .strict();

const task = z
  .object({ from: number(0, 24), to: number(0, 24), peaks: z.array(number(0, 24)).min(1).max(10) })
  .strict()
  .refine(({ from, to }) => from < to, 'from is not before to')
  .refine(
    ({ from, to, peaks }) => peaks.every((it) => it >= from && it <= to),
    'a peak is outside of from and to',
  );

const work = z
  .object({
    schema_version: schemaVersion,
    days_off: z.record(daysOff),
    spread_minutes: amount,
    tasks: z
      .object({
        egg_arrival: task,
        transfer: task,
        vaccination: task,
        delousing: task,
        harvest: task,
        sampling: task,
        lice_count: task,
        inspection: task,
        removal: task,
        office: task,
      })
      .strict(),
    entry: z
      .object({ same_day: share, next_day: share, three_days: share })
      .strict()
      .refine((it) => it.same_day + it.next_day + it.three_days <= 1 + 1e-9, 'shares sum to more than 1'),
    transfer_slips: z
      .object({
        share,
        days: z
          .object({ from: integer(1, 30), to: integer(1, 30) })
          .strict()
          .refine(({ from, to }) => from <= to, 'from is after to'),
      })
      .strict(),
    transfer_manner: z
      .object({ net: share, gravity: share, sample_sd: number(0, 0.3) })
      .strict()
      .refine(({ net, gravity }) => net + gravity <= 1 + 1e-9, 'shares sum to more than 1'),
    team: z.object({ operators: integer(1, 100), vets: integer(1, 100), managers: integer(1, 100) }).strict(),
  })
  .strict();

/** Schema of work.yaml, checked against the farm that it is for. */
export function workSchema(infrastructure: Infrastructure) {
  const names = infrastructure.geographies.map((it) => it.name);
  return work.superRefine((value, context) => {
    for (const name of Object.keys(value.days_off)) {
      expectThat(context, names.includes(name), ['days_off', name], `no geography is called ${name}`);
    }
  });
}

export type Work = z.output<ReturnType<typeof workSchema>>;

/** Easter Sunday of the Gregorian calendar (the method of Meeus, Jones and Butcher). */
export function easterSunday(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const epact =
    (19 * golden +
      century -
      Math.floor(century / 4) -
      Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) +
      15) %
    30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor((year % 100) / 4) - epact - (year % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const sum = epact + weekday - 7 * late + 114;
  return dayOf(year, Math.floor(sum / 31), (sum % 31) + 1);
}

/** ISO weekday of a day since 1970-01-01 (a Thursday): 1 is Monday. */
export function isoWeekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** Which days of a geography are worked on; the same rules as aquaseed._fill_work_days in the database. */
export class WorkCalendar {
  readonly #rules: Work['days_off'][string] | undefined;
  readonly #off = new Map<number, Set<number>>();

  constructor(work: Work, geography: string) {
    this.#rules = work.days_off[geography];
  }

  /** @param day days since 1970-01-01 */
  isWorkingDay(day: number): boolean {
    return isoWeekday(day) <= 5 && !this.#daysOff(new Date(day * MS_PER_DAY).getUTCFullYear()).has(day);
  }

  #daysOff(year: number): Set<number> {
    let found = this.#off.get(year);
    if (found === undefined) {
      const { dates, easter, weekdays } = this.#rules ?? { dates: [], easter: [], weekdays: [] };
      const sunday = easterSunday(year);
      found = new Set([
        ...dates.map((it) => dayOf(year, Number(it.slice(0, 2)), Number(it.slice(3)))),
        ...easter.map((it) => sunday + it),
        ...weekdays.map(({ month, weekday, nth }) => {
          // The first of them from the 1st of the month on, or from that of the next month a week back.
          const first = dayOf(year, nth > 0 ? month : month + 1, 1);
          return first + ((weekday - isoWeekday(first) + 7) % 7) + 7 * (nth > 0 ? nth - 1 : nth);
        }),
      ]);
      this.#off.set(year, found);
    }
    return found;
  }
}
