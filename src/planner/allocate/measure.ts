import { type Day, formatDay, parseDay } from '../days.ts';
import type { Places } from '../farm/places.ts';
import type { Setting } from '../farm/setting.ts';
import type { Schedule, ScheduleBatch, Utilisation } from '../schedule/schedule.ts';
import { hallResource, SEA_RESOURCE } from './capacity.ts';
import { meanOf, peakOf, type Use, usePerDay } from './usage.ts';

/** A resource of a geography and its use by a schedule over the whole life of its batches. */
interface ResourceUse {
  geography: string;
  resource: string;
  unit: 'halls' | 'rings';
  capacity: number;
  uses: Use[];
}

/** Use of the halls of each stage and of the sea rings, of every geography that has a batch. */
function resourceUses(
  batches: readonly ScheduleBatch[],
  { geographies, places, life }: Setting,
): ResourceUse[] {
  return geographies.flatMap(({ id, name }): ResourceUse[] => {
    const here = batches
      .filter((it) => it.geography === name)
      .map((batch) => ({ batch, start: parseDay(batch.start_date) ?? 0 }));
    if (here.length === 0) return [];
    const place: Places = places.get(id) ?? { halls: new Map(), areas: [] };
    const halls = life.freshwater.map(
      ({ stage }): ResourceUse => ({
        geography: name,
        resource: hallResource(stage.hall, stage.key),
        unit: 'halls',
        capacity: place.halls.get(stage.hall)?.length ?? 0,
        uses: here.flatMap(({ batch, start }) => {
          const stay = batch.freshwater[stage.key];
          return stay ? [{ start: start + stay.start_day, end: start + stay.end_day, amount: 1 }] : [];
        }),
      }),
    );
    const sea: ResourceUse = {
      geography: name,
      resource: SEA_RESOURCE,
      unit: 'rings',
      capacity: place.areas.reduce((sum, it) => sum + it.rings.length, 0),
      uses: here.map(({ batch: { sea }, start }) => ({
        start: start + sea.start_day,
        end: start + sea.end_day,
        amount: sea.rings.length,
      })),
    };
    return [...halls, sea];
  });
}

/** Peak over the whole plan, and mean over the history up to as_of, of every resource. */
export function measure(batches: readonly ScheduleBatch[], setting: Setting, asOf: Day): Utilisation[] {
  const firstStart = parseDay(batches[0]?.start_date ?? '') ?? asOf;
  return resourceUses(batches, setting).map(({ uses, capacity, ...facts }) => {
    const peak = peakOf(uses);
    return {
      geography: facts.geography,
      resource: facts.resource,
      unit: facts.unit,
      capacity,
      peak: peak.amount,
      peak_share: threeDecimals(peak.amount / capacity),
      peak_date: formatDay(peak.day),
      mean_share: threeDecimals(meanOf(uses, firstStart, asOf) / capacity),
    };
  });
}

/** The use of a resource on every day. */
export interface DailyUse {
  geography: string;
  resource: string;
  unit: 'halls' | 'rings';
  capacity: number;
  used: number[];
}

/** Utilisation per day, from the first start to the end of the last batch's reservations. */
export interface Timeline {
  first_day: string;
  as_of: string;
  resources: DailyUse[];
}

export function timelineOf({ batches, metadata }: Schedule, setting: Setting): Timeline {
  const from = parseDay(metadata.first_start) ?? 0;
  const ends = batches.map((it) => (parseDay(it.start_date) ?? 0) + it.effective_duration);
  const to = ends.reduce((a, b) => Math.max(a, b), from);
  return {
    first_day: metadata.first_start,
    as_of: metadata.as_of,
    resources: resourceUses(batches, setting).map(({ uses, ...facts }) => ({
      ...facts,
      used: usePerDay(uses, from, to),
    })),
  };
}

/** The resource that is nearest to full at its peak. */
export function nearestToFull(utilisation: readonly Utilisation[]): string {
  const first = utilisation[0];
  if (first === undefined) return 'none';
  const it = utilisation.reduce((a, b) => (b.peak_share > a.peak_share ? b : a), first);
  return `${it.geography}, ${it.resource}: ${it.peak} of ${it.capacity} on ${it.peak_date}`;
}

function threeDecimals(value: number): number {
  return Math.round(value * 1000) / 1000;
}
