import { type Day, formatDay } from '../days.ts';
import type { Life } from '../farm/life.ts';
import type { Places } from '../farm/places.ts';
import type { Start } from '../request/starts.ts';
import type { NoRoom, Placed } from './allocate.ts';
import type { DaysAtSea } from './reserve.ts';
import { peakOf, type Use } from './usage.ts';

/** A resource that more batches need at one time than it has room for. */
export interface Shortage {
  geography: string;
  /** As in messages: `halls B (fry)`, `sea rings`. */
  resource: string;
  /** The first day of the highest overlap. */
  day: Day;
  overlap: number;
  capacity: number;
  /** How the capacity is counted. */
  explanation: string;
}

/** A resource of a geography, with room for how many batches. */
interface Resource {
  name: string;
  /** The days on which a batch needs it. */
  useOf: (start: Start) => Use;
  capacity: number;
  explanation: string;
}

/** How a hall resource is called in messages and in the utilisation of a schedule. */
export function hallResource(letter: string, stageKey: string): string {
  return `halls ${letter} (${stageKey})`;
}

export const SEA_RESOURCE = 'sea rings';

function resourcesOf(
  places: Places,
  life: Life,
  daysAtSea: DaysAtSea,
  ringCounts: readonly number[],
): Resource[] {
  const halls = life.freshwater.map(({ stage }, index): Resource => {
    const capacity = places.halls.get(stage.hall)?.length ?? 0;
    return {
      name: hallResource(stage.hall, stage.key),
      useOf: ({ start, life: { freshwater } }) => {
        const { startDay = 0, keptUntil = 0 } = freshwater[index] ?? {};
        return { start: start + startDay, end: start + keptUntil, amount: 1 };
      },
      capacity,
      explanation: `${capacity} halls`,
    };
  });
  const useOf = (batch: Start): Use => {
    const start = batch.start + batch.life.seaEntry;
    return { start, end: start + daysAtSea(batch), amount: 1 };
  };
  return [...halls, { name: SEA_RESOURCE, useOf, ...roomAtSea(places, ringCounts) }];
}

/** For how many batches the areas of a geography have room at one time, at most. */
function roomAtSea(
  places: Places,
  ringCounts: readonly number[],
): Pick<Resource, 'capacity' | 'explanation'> {
  const room = (count: number) =>
    places.areas.reduce((sum, it) => sum + Math.floor(it.rings.length / count), 0);
  const rooms = ringCounts.map((count) => ({ count, capacity: room(count) }));
  const first = rooms[0] ?? { count: 1, capacity: 0 };
  const best = rooms.reduce((a, b) => (b.capacity > a.capacity ? b : a), first);
  const areas = places.areas.length;
  const each =
    areas > 0 && best.capacity % areas === 0 ? `${areas} areas x ${best.capacity / areas}` : `${areas} areas`;
  const fewest = Math.min(...ringCounts);
  const fewer = fewest < best.count ? `; ${fewest} rings each is no better` : '';
  const explanation = `room for ${best.capacity} (${each} with ${best.count} rings each${fewer})`;
  return { capacity: best.capacity, explanation };
}

/**
 * The resources that cannot do, by counting: for halls this decides; for rings it is a bound, since rings
 * of one area may be left over that no batch fits in.
 * @param earlier batches that have their places already
 */
export function shortages(
  starts: readonly Start[],
  places: ReadonlyMap<number, Places>,
  life: Life,
  daysAtSea: DaysAtSea,
  ringCounts: readonly number[],
  earlier: readonly Placed[] = [],
): Shortage[] {
  const found: Shortage[] = [];
  const all = [...earlier.map((it) => it.start), ...starts];
  const stays = new Map(earlier.map(({ start, batch }) => [start, batch.sea.end_day - batch.sea.start_day]));
  const days: DaysAtSea = (batch) => stays.get(batch) ?? daysAtSea(batch);
  const geographies = new Map(all.map((it) => [it.geography.id, it.geography.name]));
  for (const [id, geography] of geographies) {
    const here = places.get(id) ?? { halls: new Map(), areas: [] };
    const batches = all.filter((it) => it.geography.id === id);
    for (const { name, useOf, capacity, explanation } of resourcesOf(here, life, days, ringCounts)) {
      const peak = peakOf(batches.map(useOf));
      if (peak.amount <= capacity) continue;
      found.push({ geography, resource: name, day: peak.day, overlap: peak.amount, capacity, explanation });
    }
  }
  return found;
}

/** One line for each shortage: `Scotland, halls B (fry): 15 batches overlap from 2024-01-05, 10 halls`. */
export function describeShortages(found: readonly Shortage[]): string[] {
  return found.map(
    (it) =>
      `${it.geography}, ${it.resource}: ${it.overlap} batches overlap from ${formatDay(it.day)}, ${it.explanation}`,
  );
}

/** The line for a failure of first fit where counting allows the plan. */
export function describeNoRoom({ batch, letter, day }: NoRoom, ringCounts: readonly number[]): string {
  const what =
    letter === null ? `area has ${ringCounts.join(', or ')} free rings` : `hall of letter ${letter} is free`;
  return `${batch.geography.name}: no ${what} for ${batch.id} on ${formatDay(day)}, although the count allows it (first fit)`;
}
