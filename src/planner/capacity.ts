import type { NoRoom, Places } from './allocate.ts';
import { type Day, formatDay } from './days.ts';
import type { Life } from './life.ts';
import type { Start } from './starts.ts';
import { peakOf } from './usage.ts';

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

/** A resource of a geography, the batch days that a batch needs it, and room for how many batches. */
interface Resource {
  name: string;
  letter: string | null;
  fromDay: number;
  toDay: number;
  capacity: number;
  explanation: string;
}

/** How a hall resource is called in messages and in the utilisation of a schedule. */
export function hallResource(letter: string, stageKey: string): string {
  return `halls ${letter} (${stageKey})`;
}

export const SEA_RESOURCE = 'sea rings';

function resourcesOf(places: Places, life: Life, reserve: number, ringCounts: readonly number[]): Resource[] {
  const halls = life.freshwater.map(({ stage, startDay, endDay }): Resource => {
    const capacity = places.halls.get(stage.hall)?.length ?? 0;
    return {
      name: hallResource(stage.hall, stage.key),
      letter: stage.hall,
      fromDay: startDay,
      toDay: endDay,
      capacity,
      explanation: `${capacity} halls`,
    };
  });
  return [...halls, seaResource(places, life, reserve, ringCounts)];
}

function seaResource(places: Places, life: Life, reserve: number, ringCounts: readonly number[]): Resource {
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
  return {
    name: SEA_RESOURCE,
    letter: null,
    fromDay: life.seaEntry,
    toDay: life.seaEntry + reserve,
    capacity: best.capacity,
    explanation: `room for ${best.capacity} (${each} with ${best.count} rings each${fewer})`,
  };
}

/**
 * The resources that cannot do, by counting: for halls this decides; for rings it is a bound, since rings
 * of one area may be left over that no batch fits in.
 */
export function shortages(
  starts: readonly Start[],
  places: ReadonlyMap<number, Places>,
  life: Life,
  reserve: number,
  ringCounts: readonly number[],
): Shortage[] {
  const found: Shortage[] = [];
  const geographies = new Map(starts.map((it) => [it.geography.id, it.geography.name]));
  for (const [id, geography] of geographies) {
    const here = places.get(id) ?? { halls: new Map(), areas: [] };
    const batches = starts.filter((it) => it.geography.id === id);
    for (const { name, fromDay, toDay, capacity, explanation } of resourcesOf(
      here,
      life,
      reserve,
      ringCounts,
    )) {
      const peak = peakOf(
        batches.map(({ start }) => ({ start: start + fromDay, end: start + toDay, amount: 1 })),
      );
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
