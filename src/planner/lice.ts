import type { Health, Incidents } from '../config/index.ts';
import { type Day, monthOf } from './days.ts';
import { combine, type Key, normal, stream, uniform } from './draws.ts';

/** The methods in the order in which they are drawn. */
const METHODS = ['thermal', 'freshwater', 'mechanical', 'medicinal'] as const;
const MOST_ROUNDS = 50;

export interface Ring {
  /** Key of its assignment. */
  key: Key;
  /** Batch days, both included. */
  firstDay: number;
  lastDay: number;
}

export interface Delousing {
  method: (typeof METHODS)[number];
  isEmergency: boolean;
  /** By ring, the batch day of its treatment; undefined for a ring that is empty by then. */
  days: (number | undefined)[];
}

/** The lice of a batch at sea: its delousings, and adult females per fish by ring and day from its first day. */
export interface Lice {
  delousings: Delousing[];
  females: Float64Array[];
}

interface Sea {
  seed: number;
  batchKey: Key;
  /** Calendar day of batch day 0. */
  start: Day;
  /** Batch days at sea: from, before. */
  startDay: number;
  endDay: number;
  temperature: (day: Day) => number;
  /** The last batch day on which a delousing may begin. */
  lastDay: number;
  rings: readonly Ring[];
}

/** As the simulation plans it (aquaseed._plan_delousing). */
export function liceOf(sea: Sea, { lice, delousing, emergency }: Health, incidents: Incidents): Lice {
  const { seed, batchKey, startDay, rings } = sea;
  const { r, s, limit } = sums(sea, lice, incidents);
  const at = (day: number) => day - startDay;
  const methods = combine(stream(seed, 'delousing method'), batchKey);
  const ringKeys = rings.map((it) => combine(stream(seed, 'lice of a ring'), it.key));
  const factors = ringKeys.map((key) => Math.exp(lice.ring.mean + lice.ring.sd * normal(key, 0)));
  /** By ring: the day of its last treatment and what was left. */
  const last = rings.map((): { day: number; left: number } | undefined => undefined);
  const females = (ring: number, day: number) => {
    const before = last[ring];
    const left = before === undefined ? 0 : before.left * Math.exp(-(r[at(before.day)] ?? 0));
    const since = before === undefined ? 0 : (s[at(before.day)] ?? 0);
    return Math.exp(r[at(day)] ?? 0) * (left + (factors[ring] ?? 1) * ((s[at(day)] ?? 0) - since));
  };
  const levels = rings.map((it) => new Float64Array(Math.max(0, it.lastDay - it.firstDay + 1)));
  const fill = (ring: number, from: number, before: number) => {
    const { firstDay = 0 } = rings[ring] ?? {};
    const level = levels[ring];
    for (let day = Math.max(from, firstDay); day < before && day - firstDay < (level?.length ?? 0); day++) {
      if (level) level[day - firstDay] = females(ring, day);
    }
  };

  const delousings: Delousing[] = [];
  const filledTo = rings.map((it) => it.firstDay);
  let since = 0;
  let remaining = 0;
  while (delousings.length < MOST_ROUNDS) {
    const level = (n: number) =>
      Math.exp(r[n] ?? 0) * (remaining * Math.exp(-(r[since] ?? 0)) + (s[n] ?? 0) - (s[since] ?? 0));
    const day = nextDay(delousings.length, since, level, limit, sea, lice);
    if (day === undefined || day > sea.lastDay) break;
    const round = delousings.length + 1;
    const method = methodOf(uniform(methods, round), delousing);
    const { residual, residual_sd } = delousing[method];
    const isEmergency = level(at(day)) > emergency.above;
    const left = isEmergency ? emergency.residual : residual;
    const days = rings.map((ring, index) => {
      const on = day + Math.floor(index / lice.rings_per_day);
      if (on > ring.lastDay) return undefined;
      fill(index, filledTo[index] ?? 0, on);
      filledTo[index] = on;
      const drawn = residual_sd * normal(ringKeys[index] ?? batchKey, round) - residual_sd ** 2 / 2;
      last[index] = { day: on, left: females(index, on) * Math.min(0.95, left * Math.exp(drawn)) };
      return on;
    });
    delousings.push({ method, isEmergency, days });
    remaining = level(at(day)) * left;
    since = at(day);
  }
  for (const [index, ring] of rings.entries()) fill(index, filledTo[index] ?? 0, ring.lastDay + 1);
  return { delousings, females: levels };
}

/** By day at sea: R, the sum of the growth; S, that of what comes in times exp(-R); the threshold. */
function sums(
  { seed, batchKey, start, startDay, endDay, temperature }: Sea,
  lice: Health['lice'],
  incidents: Incidents,
) {
  const { growth, infection, threshold } = lice;
  const coming =
    infection.rate * Math.exp(infection.sd * normal(combine(stream(seed, 'lice infection'), batchKey), 0));
  const waves = incidents.enabled
    ? wavesOf(seed, batchKey, startDay + lice.free_days, incidents.lice_wave)
    : [];
  const length = Math.max(0, endDay - startDay);
  const [r, s, limit] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  let [sumR, sumS] = [0, 0];
  for (let n = 0; n < length; n++) {
    const day = start + startDay + n;
    if (n >= lice.free_days) {
      const rate = growth.rate * growth.q10 ** ((temperature(day) - growth.reference) / 10);
      sumR += Math.max(growth.min, Math.min(growth.max, rate));
      let females = coming;
      for (const wave of waves) {
        if (startDay + n >= wave.from && startDay + n <= wave.to) females += wave.females;
      }
      sumS += females * Math.exp(-sumR);
    }
    r[n] = sumR;
    s[n] = sumS;
    limit[n] = threshold.spring_months.includes(monthOf(day)) ? threshold.spring : threshold.other;
  }
  return { r, s, limit };
}

/** Waves of lice: batch days, both included, and females that come in a day. */
function wavesOf(
  seed: number,
  batchKey: Key,
  from: number,
  { per_batch_year, females, days }: Incidents['lice_wave'],
): { from: number; to: number; females: number }[] {
  const key = combine(stream(seed, 'lice wave'), batchKey);
  return Array.from({ length: 10 }, (_, year) => {
    const draw = (n: number) => uniform(key, year * 10 + n);
    if (draw(0) >= per_batch_year) return [];
    const first = from + year * 365 + Math.floor(draw(1) * 365);
    const length = days.from + Math.floor(draw(3) * (days.to - days.from + 1));
    const size = females.from + (females.to - females.from) * draw(2);
    return [{ from: first, to: first + length - 1, females: size / length }];
  }).flat();
}

/** The day on which the next round begins: a fixed one, or some days after the threshold is reached. */
function nextDay(
  round: number,
  since: number,
  level: (n: number) => number,
  limit: Float64Array,
  { startDay }: Sea,
  lice: Health['lice'],
): number | undefined {
  if (lice.treatment === 'fixed') {
    const day = [...lice.fixed_days].sort((a, b) => a - b)[round];
    return day === undefined ? undefined : startDay + day;
  }
  for (let n = since + 1; n < limit.length; n++) {
    if (Math.round(level(n) * 1e6) / 1e6 >= (limit[n] ?? 0)) return startDay + n + lice.response_days;
  }
  return undefined;
}

function methodOf(drawn: number, delousing: Health['delousing']): (typeof METHODS)[number] {
  let upto = 0;
  for (const method of METHODS) {
    upto += delousing[method].share;
    if (upto > drawn) return method;
  }
  return 'medicinal';
}
