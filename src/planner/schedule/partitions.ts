import type { ScheduleBatch, WorkerPartition } from './schedule.ts';

type Partitions = Record<string, WorkerPartition>;

/** Cuts the batches into contiguous slices of equal size, the first ones larger by one where needed. */
export function cutPartitions(batches: readonly ScheduleBatch[], slices: number): Partitions {
  const count = Math.min(slices, batches.length);
  const size = Math.floor(batches.length / count);
  const larger = batches.length % count;
  const result: Partitions = {};
  let from = 0;
  for (let slice = 0; slice < count; slice++) {
    const to = from + size + (slice < larger ? 1 : 0);
    result[`worker_${slice + 1}`] = partition(batches, from, to);
    from = to;
  }
  return result;
}

/**
 * Adds the batches behind those of the slices there are: the last slice is filled up to the size of the
 * largest one, then new slices of that size follow. No batch changes its slice.
 */
export function extendPartitions(earlier: Partitions, batches: readonly ScheduleBatch[]): Partitions {
  const sorted = Object.values(earlier).sort((a, b) => firstOf(a) - firstOf(b));
  const size = Math.max(1, ...sorted.map((it) => it.count));
  const bounds = sorted.map((it) => [firstOf(it) - 1, firstOf(it) - 1 + it.count] as const);
  const last = bounds.pop() ?? [0, 0];
  for (let from = last[0]; from < batches.length; from += size) {
    bounds.push([from, Math.min(from + size, batches.length)]);
  }
  const slices = bounds.map(
    ([from, to], slice) => [`worker_${slice + 1}`, partition(batches, from, to)] as const,
  );
  return Object.fromEntries(slices);
}

function firstOf({ batch_range }: WorkerPartition): number {
  return Number(batch_range.split('-')[0]);
}

function partition(batches: readonly ScheduleBatch[], from: number, to: number): WorkerPartition {
  return {
    batch_range: `${from + 1}-${to}`,
    count: to - from,
    first_start: batches[from]?.start_date ?? '',
    last_start: batches[to - 1]?.start_date ?? '',
    batch_indices: Array.from({ length: to - from }, (_, index) => from + index),
  };
}
