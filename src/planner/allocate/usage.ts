import type { Day } from '../days.ts';

/** An amount of something in use from a day, and free again on the end day. */
export interface Use {
  start: Day;
  end: Day;
  amount: number;
}

export interface Peak {
  amount: number;
  /** The first day of the highest use. */
  day: Day;
}

/** The highest use at one time. A use that ends on a day makes room for one that starts on it. */
export function peakOf(uses: readonly Use[]): Peak {
  const changes = uses.flatMap(({ start, end, amount }) => [
    { day: start, amount },
    { day: end, amount: -amount },
  ]);
  changes.sort((a, b) => a.day - b.day || a.amount - b.amount);
  const peak = { amount: 0, day: changes[0]?.day ?? 0 };
  let inUse = 0;
  for (const { day, amount } of changes) {
    inUse += amount;
    if (inUse > peak.amount) {
      peak.amount = inUse;
      peak.day = day;
    }
  }
  return peak;
}

/** Use per day on average from one day to before another. */
export function meanOf(uses: readonly Use[], from: Day, to: Day): number {
  if (to <= from) return 0;
  let total = 0;
  for (const { start, end, amount } of uses) {
    total += amount * Math.max(0, Math.min(end, to) - Math.max(start, from));
  }
  return total / (to - from);
}

/** The use on every day from one to before another. */
export function usePerDay(uses: readonly Use[], from: Day, to: Day): number[] {
  const changes = new Array<number>(Math.max(0, to - from) + 1).fill(0);
  const change = (day: Day, amount: number) => {
    const at = Math.min(Math.max(day - from, 0), changes.length - 1);
    changes[at] = (changes[at] ?? 0) + amount;
  };
  for (const { start, end, amount } of uses) {
    change(start, amount);
    change(end, -amount);
  }
  let inUse = 0;
  const used = changes.map((it) => {
    inUse += it;
    return inUse;
  });
  return used.slice(0, -1);
}
