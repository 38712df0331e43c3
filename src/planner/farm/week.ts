import { isoWeekday, type Work, WorkCalendar } from '../../config/work.ts';
import type { Day } from '../days.ts';

/** How far a day is moved at most. Weekends and holidays together take less; where a configuration has more, a day stays. */
export const MOST_SHIFT = 7;
/** Fish arrive and move from Monday to this day, so that the work they make is done by the weekend. */
const THURSDAY = 4;

/**
 * The days on which batches start and fish move: Monday to Thursday, worked on in all of the geographies. Whatever
 * it does to two days, the later one never comes before the other.
 */
export class Week {
  readonly #calendars: WorkCalendar[];
  readonly #known = new Map<Day, boolean>();

  constructor(work: Work, geographies: readonly string[]) {
    this.#calendars = geographies.map((it) => new WorkCalendar(work, it));
  }

  has(day: Day): boolean {
    let known = this.#known.get(day);
    if (known === undefined) {
      known = isoWeekday(day) <= THURSDAY && this.#calendars.every((it) => it.isWorkingDay(day));
      this.#known.set(day, known);
    }
    return known;
  }

  /** The nearest of its days, the later one of two. */
  nearest(day: Day): Day {
    for (let shift = 0; shift <= MOST_SHIFT; shift++) {
      if (this.has(day + shift)) return day + shift;
      if (this.has(day - shift)) return day - shift;
    }
    return day;
  }

  /** The day itself or the next of its days. */
  onOrAfter(day: Day): Day {
    for (let shift = 0; shift <= 2 * MOST_SHIFT; shift++) if (this.has(day + shift)) return day + shift;
    return day;
  }

  /** The day itself or the last of its days before. */
  onOrBefore(day: Day): Day {
    for (let shift = 0; shift <= 2 * MOST_SHIFT; shift++) if (this.has(day - shift)) return day - shift;
    return day;
  }
}
