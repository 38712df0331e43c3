import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstFit } from '../../../src/planner/allocate/first-fit.ts';
import { MinHeap } from '../../../src/planner/allocate/heap.ts';
import { meanOf, peakOf } from '../../../src/planner/allocate/usage.ts';

describe('first fit', () => {
  it('finds what a scan finds', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        amounts,
        fc.nat(),
        fc.integer({ min: 1, max: 21 }),
        fc.nat(),
        (values, from, amount, changed) => {
          const fit = new FirstFit(values.map(() => 3));
          for (const [index, value] of values.entries()) fit.set(index, value);
          fit.set(changed % values.length, 7);
          const now = values.map((it, index) => (index === changed % values.length ? 7 : it));
          const start = from % values.length;
          const order = [...now.keys()].map((step) => (start + step) % now.length);
          expect(fit.find(start, amount)).toBe(order.find((index) => (now[index] ?? 0) >= amount));
        },
      ),
    );
  });
});

describe('the heap', () => {
  it('gives items in order of rank, up to a limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (ranks, limit) => {
        const heap = new MinHeap<number>();
        for (const rank of ranks) heap.push(rank, rank);
        const taken: number[] = [];
        for (let it = heap.popUpTo(limit); it !== undefined; it = heap.popUpTo(limit)) taken.push(it);
        expect(taken).toEqual(ranks.filter((it) => it <= limit).sort((a, b) => a - b));
      }),
    );
  });
});

describe('use over time', () => {
  const uses = [
    { start: 0, end: 10, amount: 2 },
    { start: 10, end: 20, amount: 3 },
    { start: 15, end: 18, amount: 1 },
  ];

  it('has a peak, and an end makes room on the same day', () => {
    expect(peakOf(uses)).toEqual({ amount: 4, day: 15 });
    expect(peakOf(uses.slice(0, 2))).toEqual({ amount: 3, day: 10 });
    expect(peakOf([])).toEqual({ amount: 0, day: 0 });
  });

  it('has a mean over a span', () => {
    expect(meanOf(uses, 0, 20)).toBe((20 + 30 + 3) / 20);
    expect(meanOf(uses, 5, 15)).toBe((10 + 15) / 10);
    expect(meanOf(uses, 5, 5)).toBe(0);
  });
});
