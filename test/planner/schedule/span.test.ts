import { describe, expect, it } from 'vitest';
import { CONFIG_DIR, loadConfiguration } from '../../../src/config/index.ts';
import { formatDay, parseDay } from '../../../src/planner/days.ts';
import { extend, plan, type Schedule, validateSchedule } from '../../../src/planner/index.ts';
import { requireWithinSpan, spanOf } from '../../../src/planner/schedule/span.ts';

const { farm, biology, climate, work } = loadConfiguration(CONFIG_DIR);
const { schedule } = plan(
  { batches: 2, stagger: 50, firstStart: '2023-01-10', asOf: '2025-06-01', seed: 1 },
  farm,
  biology,
  climate,
  work,
);
const ends = schedule.batches.map((it) => (parseDay(it.start_date) ?? 0) + it.effective_duration);
const lastEnd = Math.max(...ends);
const under = (asOf: string): Schedule => ({ ...schedule, metadata: { ...schedule.metadata, as_of: asOf } });

describe('the span in which history can end', () => {
  it('is from the day after the first start to a year after the last end', () => {
    const { first, last } = spanOf(schedule);
    expect(formatDay(first)).toBe('2023-01-11');
    expect(last).toBe(lastEnd + 365);
    for (const day of [first, lastEnd, last]) {
      expect(() => requireWithinSpan(schedule, formatDay(day))).not.toThrow();
    }
  });

  it.each([
    '2023-01-10',
    formatDay(lastEnd + 366),
    '0001-01-01',
    '1899-12-31',
    '9999-12-31',
    '2025-02-30',
    'today',
  ])('refuses %s with both ends and the way out', (asOf) => {
    expect(() => requireWithinSpan(schedule, asOf)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          /^history cannot end on .*: the first batch starts on 2023-01-10 and /,
        ),
        hint: expect.stringContaining('as-of may be 2023-01-11 to '),
      }),
    );
  });

  it('holds the end that was planned, unless it is absurd', () => {
    const later = formatDay(lastEnd + 1000);
    expect(() => requireWithinSpan(under(later), later)).not.toThrow();
    const rules = (asOf: string) => validateSchedule(under(asOf), farm, biology).map((it) => it.message);
    expect(rules(later)).toEqual([]);
    for (const asOf of ['2999-12-31', formatDay(lastEnd + 10_959)]) {
      expect(rules(asOf)).toEqual([expect.stringMatching(/^as_of is .*, the last day it may be is /)]);
      expect(() => requireWithinSpan(under(asOf), asOf)).toThrow(/history cannot end on/);
    }
  });

  it('is kept by plan and extend', () => {
    const request = { batches: 1, stagger: 5, firstStart: '1900-01-01', asOf: '2999-12-31', seed: 1 };
    expect(() => plan(request, farm, biology, climate, work)).toThrow(/history cannot end on 2999-12-31/);
    expect(() => extend(schedule, { asOf: '2999-12-31' }, farm, biology, climate, work)).toThrow(
      /more than 30 years/,
    );
  });
});
