import { describe, expect, it } from 'vitest';
import { type PlanRequest, plan } from '../../../src/planner/index.ts';
import { largest, smallest } from '../../../src/planner/solve/search.ts';
import { biology, climate, farm, work } from '../../support/planning.ts';

const AS_OF = '2025-12-03';

function metadataOf(request: Omit<PlanRequest, 'seed'>) {
  return plan({ asOf: AS_OF, ...request, seed: 42 }, farm, biology, climate, work).schedule.metadata;
}

function rings(metadata: ReturnType<typeof metadataOf>, geography = 'Scotland') {
  return metadata.utilisation.find((it) => it.geography === geography && it.unit === 'rings');
}

describe('solving', () => {
  it('gives the batches that fit in the years, and says that time binds', () => {
    const metadata = metadataOf({ years: 4, stagger: 13, saturation: 0.85 });
    // 1,461 days less the 5 of the youngest: 113 starts, 56 in each geography.
    expect(metadata.batches_per_geography).toBe(56);
    expect(metadata.binding_constraint).toMatch(/^time: 56 of 56 batches per geography/);
    expect(metadata.first_start >= '2021-12-03').toBe(true);
  });

  it('gives the batches that fit in the sea up to the target', () => {
    const metadata = metadataOf({ years: 20, stagger: 6, saturation: 0.5 });
    expect(rings(metadata)?.peak).toBe(200);
    expect(metadata.batches_per_geography).toBe(20);
    expect(metadata.binding_constraint).toMatch(
      /^saturation, Scotland, sea rings: 210 of 400 \(52.5 %\) on 20.* with one more batch/,
    );
  });

  it('gives the batches that fit in the halls, and names the halls, the date and the overlap', () => {
    // A fifth of the stay at sea: the halls are the limit.
    const metadata = metadataOf({ years: 3, stagger: 4, adultDuration: 90 });
    expect(metadata.batches_per_geography).toBe(10);
    expect(metadata.binding_constraint).toMatch(
      /^Scotland, halls A \(egg_alevin\): 11 batches overlap from 20\d\d-\d\d-\d\d, 10 halls, with one more/,
    );
  });

  it('gives the widest stagger that reaches the saturation', () => {
    const metadata = metadataOf({ years: 5.2, saturation: 0.7 });
    expect(metadata.stagger_days).toBe(8);
    expect(rings(metadata)?.peak_share).toBe(0.725);
    expect(metadata.binding_constraint).toMatch(/^saturation, Scotland, sea rings: 290 of 400 \(72.5 %\)/);
    // A day more is too little.
    const wider = metadataOf({ years: 5.2, stagger: 9 });
    expect(rings(wider)?.peak_share).toBeLessThan(0.7);
  });

  it('gives the tightest stagger and names what binds where the saturation is out of reach', () => {
    const metadata = metadataOf({ years: 5, saturation: 1 });
    expect(metadata.stagger_days).toBe(6);
    expect(metadata.binding_constraint).toMatch(
      /^Faroe Islands, sea rings: 45 batches overlap from .*, room for 44 .*, with 5 days between starts$/,
    );
  });

  it('gives the stagger for so many batches', () => {
    expect(metadataOf({ batches: 60, saturation: 0.7 }).stagger_days).toBe(8);
    // 144 batches in 1,456 days.
    const spread = metadataOf({ years: 4, batches: 72 });
    expect(spread.stagger_days).toBe(10);
    expect(spread.binding_constraint).toMatch(/^time: 144 batches in 1456 days leave 10 days/);
    const few = metadataOf({ batches: 10, saturation: 0.9 });
    expect(few.binding_constraint).toMatch(/^batches: Scotland, sea rings: 100 of 400 \(25.0 %\)/);
  });

  it('counts the years from a first start', () => {
    const metadata = metadataOf({ asOf: undefined, firstStart: '2020-01-06', years: 2, stagger: 10 });
    expect(metadata).toMatchObject({ first_start: '2020-01-06', as_of: '2022-01-06' });
    expect(metadata.batches_per_geography).toBe(37);
  });

  it('says when one batch passes the target already', () => {
    const metadata = metadataOf({ years: 3, stagger: 30, saturation: 0.02 });
    expect(metadata.batches_per_geography).toBe(1);
    expect(metadata.binding_constraint).toContain('one batch per geography already passes the target');
  });

  it('keeps rings for a shorter time with predictions', () => {
    const request = { batches: 40, stagger: 20, asOf: AS_OF, seed: 42 };
    const worst = plan(request, farm, biology, climate, work).schedule;
    const predicted = plan({ ...request, reserve: 'predicted' }, farm, biology, climate, work).schedule;
    const longest = worst.batches.map((it) => it.effective_duration);
    // But for days off.
    for (const days of longest) expect(Math.abs(days - 900)).toBeLessThanOrEqual(8);
    const short = predicted.batches.filter((it, index) => it.effective_duration < (longest[index] ?? 0));
    expect(predicted.batches.every((it, index) => it.effective_duration <= (longest[index] ?? 0))).toBe(true);
    expect(short.length).toBeGreaterThan(10);
    expect(Math.max(...short.map((it) => it.harvest_target_kg))).toBeLessThan(6.3);
    expect(predicted.metadata.reserve).toBe('predicted');
  });

  it.each([
    [{ batches: 5 }, /needs stagger or saturation/],
    [{ stagger: 5 }, /without batches, plan needs years/],
    [{ saturation: 0.5 }, /without batches, plan needs years/],
    [{ batches: 5, stagger: 5, saturation: 0.5 }, /any two fix the third/],
    [{ years: 2, firstStart: '2020-01-01', stagger: 5 }, /years, first-start and as-of/],
    [{ years: 0, stagger: 5 }, /years must be above 0/],
    [{ mode: 'ladder' as const, stagger: 5 }, /a ladder has its own ages: leave out stagger/],
    [{ mode: 'ladder' as const, firstStart: '2020-01-01' }, /a ladder is built back/],
    [{ batches: 5, stagger: 5, completed: 1 }, /completed belongs to a ladder/],
    [{ asOf: undefined, batches: 5, stagger: 5 }, /needs as-of/],
  ])('refuses %j in one line', (request, message) => {
    expect(() => metadataOf(request)).toThrow(message);
  });
});

describe('a ladder', () => {
  const { schedule } = plan(
    { mode: 'ladder', completed: 3, asOf: AS_OF, seed: 42 },
    farm,
    biology,
    climate,
    work,
  );

  it('has one active batch per geography of each age, and completed ones before', () => {
    for (const geography of ['Faroe Islands', 'Scotland']) {
      const here = schedule.batches.filter((it) => it.geography === geography);
      const active = here.filter((it) => it.duration < it.effective_duration).map((it) => it.duration);
      const ages = [
        ...[860, 820, 786, 720, 650, 550, 480, 448, 435, 405, 375, 358, 345, 315, 285],
        ...[267, 245, 220, 195, 177, 155, 130, 105, 88, 82, 65, 45, 25],
      ];
      expect(active).toHaveLength(ages.length);
      for (const [index, age] of ages.entries()) {
        expect(Math.abs((active[index] ?? 0) - age)).toBeLessThanOrEqual(4);
      }
      expect(here).toHaveLength(31);
    }
    expect(schedule.metadata).toMatchObject({ mode: 'ladder', stagger_days: 0, batches_per_geography: 31 });
  });
});

describe('the searches', () => {
  it('find the border, or nothing', () => {
    expect(smallest(1, 100, (it) => it >= 37)).toBe(37);
    expect(smallest(1, 100, () => true)).toBe(1);
    expect(smallest(1, 100, () => false)).toBeUndefined();
    expect(smallest(5, 4, () => true)).toBeUndefined();
    expect(largest(1, 100, (it) => it <= 37)).toBe(37);
    expect(largest(0, 0, () => true)).toBe(0);
  });
});
