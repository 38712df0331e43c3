import type { Day } from '../days.ts';
import type { Area, AreaPlaces, Container, HallPlaces, Places } from '../farm/places.ts';
import type { Start } from '../request/starts.ts';
import type { ScheduleBatch } from '../schedule/schedule.ts';
import { FirstFit } from './first-fit.ts';
import { MinHeap } from './heap.ts';
import type { DaysAtSea } from './reserve.ts';

/** Where a batch lives: a hall for each freshwater stage in order, then rings of an area. */
export interface Allocation {
  halls: HallPlaces[];
  area: Area;
  rings: Container[];
  ringsInArea: number;
  /** Days that the rings are kept. */
  seaDays: number;
}

/** What stopped first fit: a resource without room for a batch on a day. */
export interface NoRoom {
  batch: Start;
  /** The letter of the halls, or null for the sea. */
  letter: string | null;
  day: Day;
  /** Free rings of each area on that day, when it is the sea. */
  freeRings: number[];
}

/** A batch that has its places already. */
export interface Placed {
  start: Start;
  batch: ScheduleBatch;
}

/**
 * Gives every batch its places for its whole life, in order of start, so that a batch depends on earlier
 * ones only. Halls: first fit from a start that rotates with the batch. Rings: one area, first fit from
 * one that rotates, for each ring count in turn. O(n log n).
 * @param earlier batches that stay where they are; none starts after the first of the others
 */
export function allocate(
  starts: readonly Start[],
  places: ReadonlyMap<number, Places>,
  daysAtSea: DaysAtSea,
  ringCounts: readonly number[],
  earlier: readonly Placed[] = [],
): { allocations: Allocation[] } | { noRoom: NoRoom } {
  const desks = new Map([...places].map(([id, it]) => [id, new Desk(it)]));
  for (const { start, batch } of earlier) {
    const desk = desks.get(start.geography.id);
    for (const { stage, startDay, keptUntil } of start.life.freshwater) {
      const hall = batch.freshwater[stage.key]?.hall;
      if (hall !== undefined)
        desk?.keepHall(stage.hall, hall, start.start + startDay, start.start + keptUntil);
    }
    const { area, rings, start_day, end_day } = batch.sea;
    desk?.keepRings(area, rings, start.start + start_day, start.start + end_day);
  }
  const allocations: Allocation[] = [];
  for (const batch of starts) {
    const desk = desks.get(batch.geography.id);
    const halls: HallPlaces[] = [];
    for (const { stage, startDay, keptUntil } of batch.life.freshwater) {
      const from = batch.start + startDay;
      const hall = desk?.takeHall(stage.hall, batch.indexInGeography, from, batch.start + keptUntil);
      if (hall === undefined) return { noRoom: { batch, letter: stage.hall, day: from, freeRings: [] } };
      halls.push(hall);
    }
    const from = batch.start + batch.life.seaEntry;
    const seaDays = daysAtSea(batch);
    const sea = desk?.takeRings(ringCounts, batch.indexInGeography, from, from + seaDays);
    if (sea === undefined) {
      return { noRoom: { batch, letter: null, day: from, freeRings: desk?.freeRings() ?? [] } };
    }
    allocations.push({ halls, ...sea, seaDays });
  }
  return { allocations };
}

/** Hands out the places of one geography. Calls for a letter, and for the sea, come in order of time. */
class Desk {
  readonly #halls: Map<string, { list: HallPlaces[]; free: FirstFit; leaving: MinHeap<number> }>;
  readonly #areas: AreaPlaces[];
  readonly #freeRings: FirstFit;
  readonly #taken: boolean[][];
  readonly #leaving = new MinHeap<{ area: number; rings: number[] }>();

  constructor({ halls, areas }: Places) {
    this.#halls = new Map(
      [...halls].map(([letter, list]) => [
        letter,
        { list, free: new FirstFit(list.map(() => 1)), leaving: new MinHeap<number>() },
      ]),
    );
    this.#areas = areas;
    this.#freeRings = new FirstFit(areas.map((it) => it.rings.length));
    this.#taken = areas.map((it) => it.rings.map(() => false));
  }

  takeHall(letter: string, turn: number, from: Day, to: Day): HallPlaces | undefined {
    const halls = this.#halls.get(letter);
    if (halls === undefined) return undefined;
    const { list, free, leaving } = halls;
    releaseHalls(free, leaving, from);
    const found = free.find(turn % list.length, 1);
    if (found === undefined) return undefined;
    free.set(found, 0);
    leaving.push(to, found);
    return list[found];
  }

  /** Notes a hall that a batch has already. */
  keepHall(letter: string, name: string, from: Day, to: Day): void {
    const halls = this.#halls.get(letter);
    const kept = halls?.list.findIndex((it) => it.hall.name === name) ?? -1;
    if (halls === undefined || kept < 0) return;
    releaseHalls(halls.free, halls.leaving, from);
    halls.free.set(kept, 0);
    halls.leaving.push(to, kept);
  }

  /** Notes rings that a batch has already. */
  keepRings(areaName: string, names: readonly string[], from: Day, to: Day): void {
    const index = this.#areas.findIndex((it) => it.area.name === areaName);
    const places = this.#areas[index];
    const taken = this.#taken[index];
    if (places === undefined || taken === undefined) return;
    this.#releaseRings(from);
    const wanted = new Set(names);
    const rings = places.rings.flatMap((ring, position) => (wanted.has(ring.name) ? [position] : []));
    this.#take(index, taken, rings, to);
  }

  /** Free rings of each area, as of the last call. */
  freeRings(): number[] {
    return this.#areas.map((_, index) => this.#freeRings.get(index));
  }

  #take(area: number, taken: boolean[], rings: number[], to: Day): void {
    for (const ring of rings) taken[ring] = true;
    this.#freeRings.set(area, this.#freeRings.get(area) - rings.length);
    this.#leaving.push(to, { area, rings });
  }

  takeRings(
    counts: readonly number[],
    turn: number,
    from: Day,
    to: Day,
  ): { area: Area; rings: Container[]; ringsInArea: number } | undefined {
    this.#releaseRings(from);
    for (const count of counts) {
      const found = this.#freeRings.find(turn % Math.max(this.#areas.length, 1), count);
      const area = found === undefined ? undefined : this.#areas[found];
      const taken = found === undefined ? undefined : this.#taken[found];
      if (found === undefined || area === undefined || taken === undefined) continue;
      const rings: number[] = [];
      for (let ring = 0; rings.length < count; ring++) {
        if (!taken[ring]) rings.push(ring);
      }
      this.#take(found, taken, rings, to);
      const containers = rings.flatMap((ring) => area.rings[ring] ?? []);
      return { area: area.area, rings: containers, ringsInArea: area.rings.length };
    }
    return undefined;
  }

  #releaseRings(day: Day): void {
    for (let left = this.#leaving.popUpTo(day); left !== undefined; left = this.#leaving.popUpTo(day)) {
      const taken = this.#taken[left.area];
      for (const ring of left.rings) if (taken) taken[ring] = false;
      this.#freeRings.set(left.area, this.#freeRings.get(left.area) + left.rings.length);
    }
  }
}

function releaseHalls(free: FirstFit, leaving: MinHeap<number>, day: Day): void {
  for (let left = leaving.popUpTo(day); left !== undefined; left = leaving.popUpTo(day)) free.set(left, 1);
}
