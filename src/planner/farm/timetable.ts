import type { Biology, Farm } from '../../config/index.ts';
import type { Work } from '../../config/work.ts';
import type { Day } from '../days.ts';
import { type Life, lifeOf, type Room } from './life.ts';
import { MOST_SHIFT, Week } from './week.ts';

/** Stages of less than this begin and end on their own days: moved ones might meet. */
const LEAST_DAYS = 2 * MOST_SHIFT + 1;

/**
 * When batches start and move: everything a plan knows of days that are worked on. One week for the whole farm, and every
 * day moved by the same rule: batches that would not meet without it do not meet with it, and keep their order.
 */
export class Timetable {
  readonly week: Week;
  readonly #biology: Biology;
  readonly #room: Room;
  readonly #seaEntry: number;
  readonly #lives = new Map<string, Life>();

  constructor(biology: Biology, work: Work, geographies: Farm['geographies'], room: Room) {
    this.#biology = biology;
    this.#room = room;
    this.#seaEntry = lifeOf(biology).seaEntry;
    const names = geographies.map((it) => it.name);
    this.week = new Week(work, names);
  }

  /**
   * The life of a batch that starts on a day and was to start on another: each stage begins on the day nearest to the one
   * that biology.yaml says, counted from the planned start, so that nothing adds up.
   */
  lifeOf(start: Day, planned: Day): Life {
    const key = `${start} ${planned}`;
    let found = this.#lives.get(key);
    if (found === undefined) {
      const moved = (day: number, before: number, after: number) =>
        Math.min(before, after) < LEAST_DAYS ? day : this.week.nearest(planned + day) - start;
      found = lifeOf(this.#biology, this.#room, moved);
      this.#lives.set(key, found);
    }
    return found;
  }

  /** Days for which rings are kept: as many as are asked for, or less, so that they are free when the next batch comes. */
  daysAtSea({ start, planned, life }: { start: Day; planned: Day; life: Life }, days: number): number {
    const end = this.week.nearest(planned + this.#seaEntry + days);
    return Math.max(1, Math.min(days, end - start - life.seaEntry));
  }
}
