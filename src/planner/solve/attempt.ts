import { type Allocation, allocate, type NoRoom, type Placed } from '../allocate/allocate.ts';
import { type Shortage, shortages } from '../allocate/capacity.ts';
import { type DaysAtSea, daysAtSeaOf } from '../allocate/reserve.ts';
import { type Peak, peakOf } from '../allocate/usage.ts';
import type { Setting } from '../farm/setting.ts';
import type { Choice, Window } from '../request/request.ts';
import { type Late, ladderStarts, lateness, type Start, staggeredStarts } from '../request/starts.ts';

/** Starts with places for all of them. */
export interface Success {
  ok: true;
  starts: Start[];
  allocations: Allocation[];
}

/** Why there is no plan: too little time, too few places by counting, or no place that first fit finds. */
export interface Failure {
  ok: false;
  late?: Late;
  shortages: Shortage[];
  noRoom?: NoRoom;
}

export type Outcome = Success | Failure;

/** How much of the sea a plan takes in a geography at its peak. */
export interface RingPeak {
  geography: string;
  peak: Peak;
  capacity: number;
  share: number;
}

/** Tries out plans for one farm, within one window of time. */
export class Planner {
  readonly setting: Setting;
  readonly window: Window;
  readonly #reserves = new Map<string, DaysAtSea>();

  constructor(setting: Setting, window: Window) {
    this.setting = setting;
    this.window = window;
  }

  /** The same farm within another window. */
  within(window: Window): Planner {
    return new Planner(this.setting, window);
  }

  /** So many batches per geography, so many days apart. */
  staggered(choice: Choice, batches: number, stagger: number): Outcome {
    const { geographies, timetable } = this.setting;
    const late = lateness(this.window, batches * geographies.length, stagger, timetable);
    if (late !== undefined) return { ok: false, late, shortages: [] };
    return this.place(choice, staggeredStarts(this.window, geographies, batches, stagger, timetable));
  }

  ladder(choice: Choice, completed: number): Outcome {
    const { geographies, life, timetable } = this.setting;
    const lifetime = life.seaEntry + choice.adultDuration;
    return this.place(choice, ladderStarts(this.window.asOf, geographies, lifetime, completed, timetable));
  }

  /** Places for the starts, beside batches that have theirs already. */
  place(choice: Choice, starts: Start[], earlier: readonly Placed[] = []): Outcome {
    const { places, life } = this.setting;
    const days = this.#daysAtSea(choice);
    const result = allocate(starts, places, days, choice.ringCounts, earlier);
    if ('allocations' in result) return { ok: true, starts, allocations: result.allocations };
    const short = shortages(starts, places, life, days, choice.ringCounts, earlier);
    return { ok: false, shortages: short, ...(short.length === 0 ? { noRoom: result.noRoom } : {}) };
  }

  /** The geography whose rings are reserved to the highest share. */
  ringPeak({ starts, allocations }: Success): RingPeak {
    const { geographies, places } = this.setting;
    const peaks = geographies.map(({ id, name }): RingPeak => {
      const uses = starts.flatMap(({ geography, start, life }, index) => {
        const it = allocations[index];
        if (it === undefined || geography.id !== id) return [];
        const from = start + life.seaEntry;
        return [{ start: from, end: from + it.seaDays, amount: it.rings.length }];
      });
      const capacity = places.get(id)?.areas.reduce((sum, it) => sum + it.rings.length, 0) ?? 0;
      const peak = peakOf(uses);
      return { geography: name, peak, capacity, share: capacity > 0 ? peak.amount / capacity : 0 };
    });
    return peaks.reduce((a, b) => (b.share > a.share ? b : a));
  }

  #daysAtSea(choice: Choice): DaysAtSea {
    const key = `${choice.reserve} ${choice.adultDuration} ${choice.seed}`;
    let found = this.#reserves.get(key);
    if (found === undefined) {
      const days = daysAtSeaOf(choice, this.setting);
      const known = new Map<string, number>();
      // Predictions cost; attempts ask for the same batches again and again.
      found =
        choice.reserve === 'worst'
          ? days
          : (batch) => {
              const name = `${batch.id} ${batch.start} ${batch.planned}`;
              const before = known.get(name) ?? days(batch);
              known.set(name, before);
              return before;
            };
      this.#reserves.set(key, found);
    }
    return found;
  }
}
