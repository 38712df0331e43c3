import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import {
  extend,
  formatSchedule,
  type PlanRequest,
  plan,
  type Schedule,
  validateSchedule,
} from '../../src/planner/index.ts';
import { biology, climate, farm, smallFarm, work } from '../support/planning.ts';

const REQUEST: PlanRequest = { batches: 8, stagger: 40, asOf: '2025-12-03', seed: 42 };
const ROOM = { moveDays: 5, seaMoveDays: 25 };

const planned = (changes: Partial<PlanRequest> = {}) =>
  plan({ ...REQUEST, ...changes }, farm, biology, climate, work).schedule;

/** Days that each stage's hall is kept after the next stage has begun. */
function roomsOf({ batches }: Schedule): number[][] {
  return batches.map(({ freshwater, sea }) => {
    const stays = Object.values(freshwater);
    return stays.map((it, index) => it.end_day - (stays[index + 1]?.start_day ?? sea.start_day));
  });
}

describe('room for staggered transfers', () => {
  it('keeps the halls longer, and those before the sea longest; no stage starts later', () => {
    const schedule = planned(ROOM);
    expect(new Set(roomsOf(schedule).map((it) => it.join(' ')))).toEqual(new Set(['5 5 5 5 25']));
    const without = planned();
    for (const [index, batch] of schedule.batches.entries()) {
      const other = without.batches[index];
      const daysOf = (it: typeof batch | undefined) =>
        it && [...Object.values(it.freshwater).map((stay) => stay.start_day), it.sea.start_day];
      expect(daysOf(batch)).toEqual(daysOf(other));
      expect([batch.effective_duration, batch.duration]).toEqual([
        other?.effective_duration,
        other?.duration,
      ]);
    }
    expect(schedule.metadata).toMatchObject({ move_days: 5, sea_move_days: 25 });
  });

  it('leaves no trace in a schedule that has none', () => {
    expect(formatSchedule(planned({ moveDays: 0, seaMoveDays: 0 }), 'x')).toBe(
      formatSchedule(planned(), 'x'),
    );
    expect(formatSchedule(planned(), 'x')).not.toContain('move_days');
  });

  it('counts in the use of the halls', () => {
    const hall = (schedule: Schedule) =>
      schedule.metadata.utilisation.find((it) => it.resource === 'halls E (post_smolt)')?.mean_share ?? 0;
    expect(hall(planned(ROOM))).toBeGreaterThan(hall(planned()));
  });

  it('decides what fits: halls that are free again on the day the next batch comes are not when they are kept', () => {
    const small = smallFarm([{ stations: 1, areas: [20, 20, 20, 20] }]);
    const request: PlanRequest = {
      batches: 5,
      stagger: 90,
      firstStart: '2022-01-01',
      asOf: '2025-12-03',
      seed: 1,
    };
    const tight = plan(request, small.farm, small.biology, small.climate, work).schedule;
    expect(tight.batches).toHaveLength(5);
    const roomy = () => plan({ ...request, ...ROOM }, small.farm, small.biology, small.climate, work);
    expect(roomy).toThrow(UserError);
    expect(roomy).toThrow(/halls A \(egg_alevin\): 2 batches overlap from 2022-04-\d\d, 1 halls/);
    expect(roomy).toThrow(/feasible instead: 1(1[5-9]|2\d) days between starts \(--stagger 1\d\d\)/);
  });

  it('goes on when the end moves', () => {
    const longer = extend(planned(ROOM), { asOf: '2026-09-01' }, farm, biology, climate, work).schedule;
    expect(longer.batches.length).toBeGreaterThan(16);
    expect(new Set(roomsOf(longer).map((it) => it.join(' ')))).toEqual(new Set(['5 5 5 5 25']));
    expect(longer.metadata).toMatchObject({ move_days: 5, sea_move_days: 25 });
  });

  it.each([
    [{ moveDays: 90 }, 'move-days must be a whole number from 0 to 89: 90'],
    [{ seaMoveDays: 201 }, 'sea-move-days must be a whole number from 0 to 200: 201'],
    [{ moveDays: -1 }, 'move-days must be a whole number from 0 to 89: -1'],
    [{ seaMoveDays: 2.5 }, 'sea-move-days must be a whole number from 0 to 200: 2.5'],
  ])('%j is refused', (changes, message) => {
    expect(() => planned(changes)).toThrow(message);
  });

  it('is checked by the validator: more than the schedule allows, and less than the stage lasts', () => {
    const rulesOf = (change: (schedule: Schedule) => void) => {
      const schedule = structuredClone(planned(ROOM));
      change(schedule);
      return validateSchedule(schedule, farm, biology);
    };
    const stay = (schedule: Schedule, key: string) => {
      const found = schedule.batches[0]?.freshwater[key];
      if (found === undefined) throw new Error(`no stage ${key}`);
      return found;
    };
    expect(rulesOf(() => undefined)).toEqual([]);
    expect(rulesOf((it) => (stay(it, 'fry').end_day -= 3))).toEqual([]);
    const days = stay(planned(ROOM), 'parr').start_day - stay(planned(ROOM), 'fry').start_day;
    expect(rulesOf((it) => (stay(it, 'fry').end_day += 1))[0]?.message).toBe(
      `fry lasts ${days + 6} days, not ${days} to ${days + 5} (move_days)`,
    );
    expect(rulesOf((it) => (stay(it, 'fry').end_day -= 6))[0]?.rule).toBe('stage_length');
    expect(rulesOf((it) => (stay(it, 'parr').start_day += 6)).map((it) => it.rule)).toContain('day_gap');
    expect(rulesOf((it) => delete it.metadata.sea_move_days)[0]?.message).toMatch(
      /^post_smolt lasts 1\d\d days, not \d\d$/,
    );
  });

  it('never lets two batches meet, whatever the request', () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.record({
          stations: fc.integer({ min: 1, max: 4 }),
          areas: fc.array(fc.integer({ min: 8, max: 24 }), { minLength: 1, maxLength: 6 }),
          batches: fc.integer({ min: 1, max: 12 }),
          stagger: fc.integer({ min: 10, max: 130 }),
          moveDays: fc.integer({ min: 0, max: 20 }),
          seaMoveDays: fc.integer({ min: 0, max: 60 }),
          seed: fc.nat(1000),
        }),
        ({ stations, areas, ...request }) => {
          const small = smallFarm([{ stations, areas }]);
          try {
            const { schedule } = plan(
              { ...request, asOf: '2025-12-03' },
              small.farm,
              small.biology,
              small.climate,
              work,
            );
            expect(validateSchedule(schedule, small.farm, small.biology)).toEqual([]);
            const { moveDays, seaMoveDays } = request;
            for (const rooms of roomsOf(schedule)) {
              expect(rooms).toEqual([moveDays, moveDays, moveDays, moveDays, seaMoveDays]);
            }
            accepted++;
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        },
      ),
      { numRuns: 60, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(8);
  });
});
