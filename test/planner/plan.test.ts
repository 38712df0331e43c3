import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import {
  formatSchedule,
  type PlanRequest,
  plan,
  predictRows,
  summarise,
  validateSchedule,
} from '../../src/planner/index.ts';
import { biology, climate, configuration, farm, smallFarm, work } from '../support/planning.ts';

const REQUEST: PlanRequest = { batches: 10, stagger: 20, asOf: '2025-12-03', seed: 42 };

function planned(changes: Partial<PlanRequest> = {}) {
  return plan({ ...REQUEST, ...changes }, farm, biology, climate, work).schedule;
}

function refusal(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a staggered plan', () => {
  it('interleaves the geographies, so many days apart but for days off', () => {
    const { batches } = planned({ firstStart: '2024-12-20', asOf: '2026-06-01' });
    expect(batches.slice(0, 4).map((it) => [it.batch_id, it.start_date])).toEqual([
      // From 20 December, a Friday, on: 23 December, then Sunday the 12th, Saturday, Friday.
      ['FAR-2024-001', '2024-12-23'],
      ['SCO-2025-001', '2025-01-13'],
      ['FAR-2025-002', '2025-02-03'],
      ['SCO-2025-002', '2025-02-20'],
    ]);
    expect(batches).toHaveLength(20);
  });

  it('ends with eggs a few days before as_of when no first start is given', () => {
    const last = planned().batches.at(-1);
    // 28 November is a Friday.
    expect(last?.start_date).toBe('2025-11-27');
    expect(last?.duration).toBe(6);
  });

  it('has the eggs of the rule, and targets within the bounds to the gram', () => {
    const { batches } = planned();
    const faroe = batches.filter((it) => it.geography === 'Faroe Islands');
    expect(faroe.slice(0, 2).map((it) => it.eggs)).toEqual([3_000_000, 3_123_456]);
    expect(faroe[7]?.eggs).toBe(3_000_000 + ((7 * 123_456) % 800_000));
    for (const { harvest_target_kg } of batches) {
      expect(harvest_target_kg).toBeGreaterThanOrEqual(4.5);
      expect(harvest_target_kg).toBeLessThanOrEqual(6.5);
      expect(Math.round(harvest_target_kg * 1000) / 1000).toBe(harvest_target_kg);
    }
    expect(new Set(batches.map((it) => it.harvest_target_kg)).size).toBeGreaterThan(10);
  });

  it('uses all stations and areas in turn', () => {
    const { batches } = planned({ batches: 30, stagger: 25 });
    const used = (geography: string) => batches.filter((it) => it.geography === geography);
    expect(new Set(used('Faroe Islands').map((it) => it.station)).size).toBe(12);
    expect(new Set(used('Scotland').map((it) => it.sea.area)).size).toBe(20);
  });

  it('gives no batch the legacy, test or unfinished places', () => {
    const text = formatSchedule(planned({ batches: 60, stagger: 15 }), 'x');
    expect(text).not.toMatch(/Legacy|T-FW|FI-SEA-23/);
  });

  it('changes no earlier batch when more are added', () => {
    const few = planned({ firstStart: '2020-08-30', batches: 40, stagger: 13 });
    const more = planned({ firstStart: '2020-08-30', batches: 70, stagger: 13 });
    expect(more.batches.slice(0, 80)).toEqual(few.batches);
  });

  it('changes only durations when as_of moves', () => {
    const strip = (schedule: ReturnType<typeof planned>) =>
      schedule.batches.map(({ duration, ...rest }) => rest);
    const early = planned({ firstStart: '2023-01-01' });
    const late = planned({ firstStart: '2023-01-01', asOf: '2026-06-01' });
    expect(strip(late)).toEqual(strip(early));
  });

  it('changes only targets with the seed', () => {
    const strip = (schedule: ReturnType<typeof planned>) =>
      schedule.batches.map(({ harvest_target_kg, ...rest }) => rest);
    const other = planned({ seed: 7 });
    expect(strip(other)).toEqual(strip(planned()));
    expect(other.batches).not.toEqual(planned().batches);
  });

  it('cuts contiguous slices, 14 unless said otherwise and never more than batches', () => {
    const slices = planned({ batches: 72, stagger: 13, firstStart: '2020-08-30' }).metadata.worker_partitions;
    expect(Object.keys(slices)).toHaveLength(14);
    expect(slices.worker_1).toEqual({
      batch_range: '1-11',
      count: 11,
      first_start: '2020-08-31',
      last_start: '2021-01-07',
      batch_indices: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    });
    expect(slices.worker_14?.batch_range).toBe('135-144');
    expect(Object.keys(planned({ batches: 2 }).metadata.worker_partitions)).toHaveLength(4);
    expect(Object.keys(planned({ slices: 3 }).metadata.worker_partitions)).toHaveLength(3);
  });

  it('takes a fixed number of rings, and shortens the adult stage, on request', () => {
    const { batches } = planned({ rings: 8, adultDuration: 360 });
    expect(batches.every((it) => it.sea.rings.length === 8)).toBe(true);
    for (const { sea, effective_duration } of batches) {
      expect(effective_duration).toBe(sea.end_day);
      expect(sea.end_day - sea.start_day).toBeLessThanOrEqual(360);
      expect(Math.abs(effective_duration - 810)).toBeLessThanOrEqual(8);
    }
  });

  it('gives the same bytes in another time zone and locale', () => {
    const script = `
      import { loadConfiguration } from './src/config/index.ts';
      import { formatSchedule, plan } from './src/planner/index.ts';
      const { farm, biology, climate, work } = loadConfiguration();
      const request = { batches: 10, stagger: 20, asOf: '2025-12-03', seed: 42 };
      process.stdout.write(formatSchedule(plan(request, farm, biology, climate, work).schedule, 'x'));
    `;
    const cwd = fileURLToPath(new URL('../../', import.meta.url));
    const run = (TZ: string, LANG: string) =>
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        cwd,
        encoding: 'utf8',
        env: { ...process.env, TZ, LANG, LC_ALL: LANG },
      });
    const here = formatSchedule(planned(), 'x');
    expect(run('Pacific/Kiritimati', 'da_DK.UTF-8')).toBe(here);
    expect(run('America/St_Johns', 'tr_TR.UTF-8')).toBe(here);
  });

  it('measures use and names the resource nearest to its limit', () => {
    const { metadata } = planned({ batches: 72, stagger: 13, firstStart: '2020-08-30' });
    const rings = metadata.utilisation.find((it) => it.geography === 'Scotland' && it.unit === 'rings');
    // 450 days at sea, one batch of 10 rings every 26 days: 18 at a time.
    expect(rings).toMatchObject({ capacity: 400, peak: 180, peak_share: 0.45 });
    expect(metadata.binding_constraint).toMatch(/^Scotland, sea rings: 180 of 400 on 20/);
  });
});

describe('a plan that does not fit', () => {
  it('is refused with geography, resource, date, overlap and capacity', () => {
    const error = refusal(() => planned({ batches: 292, stagger: 3 }));
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain('cannot plan 292 batches per geography with 3 days between starts');
    expect(error.message).toMatch(
      /Scotland, halls B \(fry\): 15 batches overlap from \d{4}-\d\d-\d\d, 10 halls/,
    );
    expect(error.message).toMatch(
      /Scotland, sea rings: 75 batches overlap from .*, room for 40 \(20 areas x 2/,
    );
  });

  it('is refused when the last batch would not start before as_of', () => {
    const error = refusal(() => planned({ firstStart: '2025-10-01' }));
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain('2026-10-15, which is not before 2025-12-03');
    expect(error.hint).toContain('at most 2 batches per geography');
    expect(() => planned({ firstStart: '2025-10-01', batches: 2 })).not.toThrow();
  });

  it('counts the room of areas that are too small for the first ring count', () => {
    const small = smallFarm([{ stations: 9, areas: [8] }], [10, 8]);
    const request = { batches: 2, stagger: 100, asOf: '2025-12-03', seed: 1 };
    const error = refusal(() => plan(request, small.farm, small.biology, small.climate, work));
    expect(error.message).toMatch(/Coast 1, sea rings: 2 batches overlap from .*, room for 1 /);
  });

  it.each([
    [{ batches: 0 }, /batches must be a whole number/],
    [{ batches: 1.5 }, /batches must be a whole number/],
    [{ stagger: 0 }, /stagger must be/],
    [{ seed: -1 }, /seed must be/],
    [{ slices: 0 }, /slices must be/],
    [{ adultDuration: 451 }, /adult-duration must be a whole number from 1 to 450/],
    [{ asOf: '2025-02-30' }, /as-of must be a date/],
    [{ firstStart: '30.08.2020' }, /first-start must be a date/],
    [{ saturation: 1.5 }, /saturation must be/],
    [{ rings: 25 }, /sea rings: .* room for 0/],
  ] as [Partial<PlanRequest>, RegExp][])('refuses %j', (changes, message) => {
    const error = refusal(() => planned(changes));
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(2);
  });
});

describe('other farms', () => {
  it('may have one geography with areas of different size', () => {
    const small = smallFarm([{ stations: 2, areas: [7, 24, 11] }]);
    const request = { batches: 9, stagger: 150, asOf: '2025-12-03', seed: 1 };
    const { batches } = plan(request, small.farm, small.biology, small.climate, work).schedule;
    expect(new Set(batches.map((it) => it.sea.area))).toEqual(new Set(['G1 fjord 2', 'G1 fjord 3']));
  });

  it('falls back to the ring counts that are tried last', () => {
    const small = smallFarm([{ stations: 2, areas: [18] }], [10, 8]);
    const request = { batches: 2, stagger: 100, asOf: '2025-12-03', seed: 1 };
    const { batches } = plan(request, small.farm, small.biology, small.climate, work).schedule;
    expect(batches.map((it) => it.sea.note)).toEqual(['10 of 18 rings', '8 of 18 rings']);
  });

  it('are planned without a violation or refused, whatever they look like', () => {
    const geography = fc.record({
      stations: fc.integer({ min: 0, max: 4 }),
      areas: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
    });
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(geography, { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
        fc.record({
          batches: fc.integer({ min: 1, max: 12 }),
          stagger: fc.integer({ min: 5, max: 200 }),
          seed: fc.nat(),
          slices: fc.integer({ min: 1, max: 20 }),
        }),
        (geographies, ringCounts, sizes) => {
          const small = smallFarm(geographies, ringCounts);
          try {
            const request = { ...sizes, asOf: '2025-12-03' };
            const { schedule } = plan(request, small.farm, small.biology, small.climate, work);
            accepted += 1;
            expect(validateSchedule(schedule, small.farm, small.biology)).toEqual([]);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        },
      ),
      { numRuns: 150, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});

describe('the summary', () => {
  it('is text for people and JSON for programs', () => {
    const made = plan(REQUEST, farm, biology, climate, work);
    const { text, json } = summarise(made, { predictedRows: predictRows(made.schedule, configuration) });
    expect(json).toMatchObject({ batches: 20, conflicts: 0 });
    expect(json.utilisation).toHaveLength(12);
    expect(json.predicted_rows.batch_batch).toBe(20);
    expect(text).toContain('20 batches (10 per geography), 20 days between starts');
    expect(text).toMatch(/environmental_environmentalreading +\d+,\d{3},\d{3}/);
  });
});
