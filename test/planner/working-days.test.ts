import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoWeekday, WorkCalendar } from '../../src/config/work.ts';
import { Week } from '../../src/planner/farm/week.ts';
import {
  daysOff,
  extend,
  formatDay,
  parseDay,
  plan,
  type Schedule,
  validateSchedule,
} from '../../src/planner/index.ts';
import { biology, climate, farm, work } from '../support/planning.ts';

const names = ['Faroe Islands', 'Scotland'];
const calendars = names.map((it) => new WorkCalendar(work, it));
const isFree = (day: number) => isoWeekday(day) <= 4 && calendars.every((it) => it.isWorkingDay(day));
const day = fc.integer({ min: parseDay('1990-01-01') ?? 0, max: parseDay('2060-01-01') ?? 0 });

describe('a day moved to a working day', () => {
  const week = new Week(work, names);

  it('is Monday to Thursday, worked on in both countries, the nearest of them, and always the same', () => {
    fc.assert(
      fc.property(day, (it) => {
        const moved = week.nearest(it);
        expect(isFree(moved), formatDay(moved)).toBe(true);
        expect(new Week(work, names).nearest(it)).toBe(moved);
        const distance = Math.abs(moved - it);
        for (let less = 0; less < distance; less++) {
          expect(isFree(it - less) || isFree(it + less)).toBe(false);
        }
        expect(week.nearest(moved)).toBe(moved);
        expect(week.onOrBefore(it)).toBeLessThanOrEqual(it);
        expect(week.onOrAfter(it)).toBeGreaterThanOrEqual(it);
        expect([week.onOrBefore(it), week.onOrAfter(it)].every(isFree)).toBe(true);
      }),
    );
  });

  it('never passes a later one', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 30 }), (it, later) => {
        expect(week.nearest(it)).toBeLessThanOrEqual(week.nearest(it + later));
      }),
    );
  });
});

const planned = (stagger: number, batches = 6): Schedule =>
  plan({ batches, stagger, asOf: '2025-12-03', seed: 42 }, farm, biology, climate, work).schedule;

describe('a planned schedule', () => {
  it('starts and moves on working days only, whatever the stagger, in order and near the days asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (stagger) => {
        const { batches, metadata } = planned(stagger);
        expect(daysOff({ batches, metadata }, work)).toEqual([]);
        const first = parseDay(metadata.first_start) ?? 0;
        for (const [index, batch] of batches.entries()) {
          const start = parseDay(batch.start_date) ?? 0;
          expect(Math.abs(start - first - index * stagger)).toBeLessThanOrEqual(4);
          const begins = [...Object.values(batch.freshwater).map((it) => it.start_day), batch.sea.start_day];
          for (const [stage, begin] of begins.entries()) {
            expect(Math.abs(start + begin - first - index * stagger - 90 * stage)).toBeLessThanOrEqual(4);
          }
        }
        expect(batches.map((it) => it.start_date)).toEqual(batches.map((it) => it.start_date).sort());
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('has several starts on one day where they are a day or two apart', () => {
    const starts = planned(1).batches.map((it) => it.start_date);
    expect(new Set(starts).size).toBeLessThan(starts.length);
  });

  it('is extended in one step or in many, with the stagger of the file or another', () => {
    for (const stagger of [undefined, 20]) {
      const on = (from: Schedule, asOf: string) =>
        extend(from, { asOf, stagger }, farm, biology, climate, work).schedule;
      const days = ['2026-01-05', '2026-01-06', '2026-04-04', '2026-12-28', '2027-03-01'];
      const places = ({ batches }: Schedule) => batches.map(({ duration, ...rest }) => rest);
      const steps = days.reduce(on, planned(17));
      const one = on(planned(17), '2027-03-01');
      expect(places(steps)).toEqual(places(one));
      expect(daysOff(one, work)).toEqual([]);
    }
  });
});

describe('a schedule with other days', () => {
  it('is valid, as those of before there was a working week, and every such day is named', () => {
    const schedule = structuredClone(planned(30));
    const [batch] = schedule.batches;
    if (batch === undefined) throw new Error('no batch');
    const start = parseDay(batch.start_date) ?? 0;
    const toSaturday = ((6 - isoWeekday(start + batch.sea.start_day) + 7) % 7) - 7;
    batch.sea.start_day += toSaturday;
    batch.sea.end_day = batch.effective_duration;
    const last = Object.values(batch.freshwater).at(-1);
    if (last !== undefined) last.end_day = batch.sea.start_day;
    const lengths = batch.sea.end_day - batch.sea.start_day > 450 ? ['stage_length'] : [];
    expect(validateSchedule(schedule, farm, biology).map((it) => it.rule)).toEqual(lengths);
    const on = formatDay(start + batch.sea.start_day);
    expect(daysOff(schedule, work)).toEqual([
      { batch: batch.batch_id, message: `moves to sea on Saturday, ${on}, which is not Monday to Thursday` },
    ]);
  });
});
