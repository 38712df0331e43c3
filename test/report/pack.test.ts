import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineJson } from '../../src/report/html.ts';
import { pack, unpack } from '../../src/report/pack.ts';

const day = fc
  .integer({ min: -10_000, max: 30_000 })
  .map((it) => new Date(it * 86_400_000).toISOString().slice(0, 10));

describe('rows as columns', () => {
  it('come back as they were', () => {
    const row = fc.record({
      text: fc.option(fc.string()),
      day: fc.option(day),
      count: fc.option(fc.integer()),
      flag: fc.option(fc.boolean()),
      measure: fc.option(fc.integer({ min: -99_999, max: 99_999 }).map((it) => it / 1000)),
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        expect(unpack(JSON.parse(JSON.stringify(pack(rows))))).toEqual(rows);
      }),
    );
  });

  it('keep five digits of a measurement and all of a count', () => {
    expect(unpack(pack([{ kg: 12_345.678, fish: 12_345_678 }]))).toEqual([{ kg: 12_346, fish: 12_345_678 }]);
  });

  it('are shorter as differences where they rise', () => {
    const rows = Array.from({ length: 100 }, (_, n) => ({ id: 1_000_000 + n }));
    expect(JSON.stringify(pack(rows)).length).toBeLessThan(400);
  });
});

describe('data inside a page', () => {
  it('cannot end its element or break a line, and stays the same data', () => {
    const data = { name: '</script><script>alert(1)</script>', more: '<!-- \u2028 \u2029' };
    const text = inlineJson(data);
    expect(text).not.toMatch(/[<\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(data);
  });
});
