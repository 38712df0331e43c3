import type { Biology, Health, Stage } from '../config/index.ts';
import type { Arena } from './arena.ts';
import type { Move } from './moves.ts';

/** What a container starts a stage with, and the batch days (both included) that it may be used for. */
export interface Placed {
  /** assignment_no. */
  no: number;
  container: string;
  firstDay: number;
  lastDay: number;
  fish: number;
  weight: number;
}

/** What a batch meets on each day of a stage, whatever the container. */
export interface Calendar {
  background: Float64Array;
  temperature: Float64Array;
  /** Growth of the cube root of the weight per degree-day, without heat stress. */
  rate: Float64Array;
  isFasting: Uint8Array;
  ration: Float64Array;
}

/** Something that is done to the fish and leaves extra deaths behind. */
export interface Procedure {
  hazard: number;
  tau: number;
  day: number;
  isDelousing: boolean;
}

/** A container's fish without moves and harvest: alive, and cube root of the weight, at the end of each day. */
export interface Path {
  alive: Float64Array;
  root: Float64Array;
  isFasting: Uint8Array;
}

export interface PathFacts {
  placed: Placed;
  stage: Stage;
  /** Batch day on which the stage begins. */
  startDay: number;
  calendar: Calendar;
  procedures: readonly Procedure[];
  departures: readonly Move[];
  /** Days without feed before a departure. */
  fastingBefore: number;
  /** Factors of the container on growth and on the hazard, and how much warmer its water is (deg C). */
  growth: number;
  hazard: number;
  warmer: number;
  arena: Arena;
  biology: Biology;
  health: Health;
}

/** Growth and survival of a container, day by day (aquaseed._daily_effects and _simulate_stage). */
export function pathOf(facts: PathFacts): Path {
  const { placed, stage, startDay, calendar, arena } = facts;
  const length = Math.max(0, placed.lastDay - placed.firstDay + 1);
  const isFasting = arena.bytes(length);
  const extra = arena.floats(length);
  const factor = arena.floats(length).fill(1);
  applyProcedures(facts, isFasting, extra, factor);
  for (const { day } of facts.departures) fill(isFasting, day - facts.fastingBefore, day, placed.firstDay);

  const { heat_stress } = facts.biology.growth;
  const { yolk } = stage;
  const yolkRise = yolk
    ? (Math.cbrt(yolk.weight_at_end_g) - Math.cbrt(placed.weight)) / (stage.days - yolk.from_day)
    : 0;
  const alive = arena.floats(length);
  const root = arena.floats(length);
  const isHungry = stage.meals_per_day > 0;
  let hazard = 0;
  let now = Math.cbrt(placed.weight);
  for (let n = 0, at = placed.firstDay - startDay; n < length; n++, at++) {
    hazard += ((calendar.background[at] ?? 0) + (extra[n] ?? 0)) * facts.hazard;
    alive[n] = placed.fish * Math.exp(-hazard);
    const fasts = isHungry && (calendar.isFasting[at] === 1 || isFasting[n] === 1);
    isFasting[n] = fasts ? 1 : 0;
    if (yolk !== undefined) {
      if (at >= yolk.from_day) now += yolkRise;
    } else if (!fasts) {
      const warmth = effective((calendar.temperature[at] ?? 0) + facts.warmer, heat_stress);
      now += (calendar.rate[at] ?? 0) * warmth * facts.growth * (factor[n] ?? 1);
    }
    root[n] = now;
  }
  return { alive, root, isFasting };
}

/** Extra deaths, days without feed and slower growth by what is done to the fish, and after sea entry. */
function applyProcedures(
  { placed, stage, startDay, procedures, biology, health }: PathFacts,
  isFasting: Uint8Array,
  extra: Float64Array,
  factor: Float64Array,
): void {
  const first = placed.firstDay;
  const { length } = extra;
  const { growth_from, growth_days, fasting_days } = health.after_delousing;
  for (const { hazard, tau, day, isDelousing } of procedures) {
    const fading = Math.exp(-1 / tau);
    let now = hazard * (1 - fading);
    for (let n = day - first; n < length && now > 1e-9; n++) {
      if (n >= 0) extra[n] = (extra[n] ?? 0) + now;
      now *= fading;
    }
    if (!isDelousing) continue;
    for (let n = Math.max(0, first - day); n < growth_days && day - first + n < length; n++) {
      const index = day - first + n;
      factor[index] = Math.min(factor[index] ?? 1, growth_from + ((1 - growth_from) * n) / growth_days);
    }
    fill(isFasting, day - fasting_days, day, first);
  }
  const { from, days } = biology.growth.sea_entry;
  if (stage.habitat !== 'sea' || startDay === 0) return;
  for (let n = 0; n < Math.min(days, length); n++) {
    factor[n] = (factor[n] ?? 1) * (from + ((1 - from) * n) / days);
  }
}

/** Marks the days from one to before another; the first mark is that of a day. */
export function fill(marks: Uint8Array, from: number, before: number, first: number): void {
  marks.fill(1, clamp(from - first, marks.length), clamp(before - first, marks.length));
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(length, index));
}

/** Degrees that count for growth: fewer in water that is too warm. */
export function effective(temperature: number, { start, range }: { start: number; range: number }): number {
  const excess = temperature > start ? (temperature - start) / range : 0;
  return temperature * (1 - excess * excess);
}
