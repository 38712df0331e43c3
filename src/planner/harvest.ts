import type { Biology, Health } from '../config/index.ts';
import type { Delousing } from './lice.ts';
import type { Path, Placed } from './path.ts';
import type { ScheduleBatch } from './schedule/schedule.ts';

/** How a ring is emptied; batch days. */
export interface Slaughter {
  /** It is put on fasting on this day. */
  fastingFrom: number;
  /** The first day on which fish are taken, and the first without fish. */
  from: number;
  before: number;
  /** Day on which the harvest of the batch begins; fish a day; fish of the rings before this one, and of this one. */
  startDay: number;
  cap: number;
  ahead: number;
  fish: number;
}

/** A ring with its fish if they were not slaughtered. */
export interface RingPath {
  placed: Placed;
  path: Path;
}

/**
 * The rings of a batch are emptied one after the other, so that the mean weight at slaughter is the target, after the
 * withholding days of a delousing, and in time for the end of the reserve (aquaseed._simulate_stage).
 * @returns for each ring; undefined where nothing is left to slaughter
 */
export function slaughterOf(
  rings: readonly RingPath[],
  batch: ScheduleBatch,
  delousings: readonly Delousing[],
  biology: Biology,
  health: Health,
): (Slaughter | undefined)[] {
  const { fish_per_day } = biology.harvest;
  const fasting = biology.feeding.fasting_days.harvest;
  const startDay = startOf(rings, batch, delousings, biology, health);
  if (startDay === undefined) return rings.map(() => undefined);
  const cap = Math.floor(fish_per_day) - rings.length;
  let ahead = 0;
  return rings.map(({ path, placed }) => {
    const fish = Math.floor(path.alive[startDay - placed.firstDay] ?? 0);
    if (fish <= 0) return undefined;
    const from = startDay + Math.floor(ahead / cap);
    const before = Math.min(startDay + Math.ceil((ahead + fish) / cap), placed.lastDay + 1);
    const found = { fastingFrom: from - fasting, from, before, startDay, cap, ahead, fish };
    ahead += fish;
    return found;
  });
}

/** The first day of the harvest. */
function startOf(
  rings: readonly RingPath[],
  batch: ScheduleBatch,
  delousings: readonly Delousing[],
  biology: Biology,
  health: Health,
): number | undefined {
  const fishPerDay = Math.floor(biology.harvest.fish_per_day);
  const fasting = biology.feeding.fasting_days.harvest;
  const target = batch.harvest_target_kg * 1000;
  const firstDay = Math.min(...rings.map((it) => it.placed.firstDay));
  const endDay = batch.sea.end_day;
  const { alive, weight, count } = totals(rings, firstDay, endDay);
  let ready: number | undefined;
  let latest: number | undefined;
  for (let day = firstDay; day < endDay; day++) {
    const fish = alive[day - firstDay] ?? 0;
    const present = count[day - firstDay] ?? 0;
    const days = Math.ceil(fish / (fishPerDay - present));
    if (day + days <= endDay) latest = day;
    if (ready !== undefined) continue;
    const middle = roundHalfEven(day + days / 2 - days / (2 * present) - fasting);
    if ((weight[Math.min(endDay - 1, middle) - firstDay] ?? 0) >= target) ready = day;
  }
  const treated = delousings.flatMap((it) => it.days.flatMap((day) => day ?? []));
  const allowed = treated.length > 0 ? Math.max(...treated) + health.lice.withholding_days : 0;
  const wanted = ready === undefined ? undefined : Math.max(ready, allowed);
  return wanted === undefined || latest === undefined ? (wanted ?? latest) : Math.min(wanted, latest);
}

/** Fish, their mean weight and the rings that hold them, by day. */
function totals(rings: readonly RingPath[], firstDay: number, endDay: number) {
  const length = Math.max(0, endDay - firstDay);
  const alive = new Float64Array(length);
  const weight = new Float64Array(length);
  const count = new Float64Array(length);
  for (const { path, placed } of rings) {
    const offset = placed.firstDay - firstDay;
    const days = Math.min(path.alive.length, length - offset);
    for (let n = 0; n < days; n++) {
      const root = path.root[n] ?? 0;
      const fish = path.alive[n] ?? 0;
      alive[offset + n] = (alive[offset + n] ?? 0) + fish;
      weight[offset + n] = (weight[offset + n] ?? 0) + fish * root * root * root;
      count[offset + n] = (count[offset + n] ?? 0) + 1;
    }
  }
  for (let n = 0; n < length; n++) weight[n] = (weight[n] ?? 0) / (alive[n] || 1);
  return { alive, weight, count };
}

/** As PostgreSQL rounds a double. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
