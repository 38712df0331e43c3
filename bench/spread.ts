export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** @throws when there are no numbers */
export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (index: number): number => {
    const value = sorted[index];
    if (value === undefined) throw new Error('a median of nothing');
    return value;
  };
  const half = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
  return { median, least: at(0), most: at(sorted.length - 1) };
}

export function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const it of numbers) total += it;
  return total;
}

/** Seconds since a moment of performance.now(), to the millisecond. */
export function secondsSince(startedAt: number): number {
  return Math.round(performance.now() - startedAt) / 1000;
}
