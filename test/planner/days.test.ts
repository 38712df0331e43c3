import { describe, expect, it } from 'vitest';
import { dayOfYear, formatDay, monthOf, parseDay } from '../../src/planner/days.ts';

describe('days', () => {
  it.each(['2020-02-29', '2025-12-31', '1900-01-01', '2999-12-31'])('%s is a date', (date) => {
    expect(formatDay(parseDay(date) ?? 0)).toBe(date);
  });

  it.each([
    '2021-02-29',
    '2025-13-01',
    '2025-1-1',
    '2025-01-01T00:00',
    '',
    '1899-12-31',
    '25-01-01',
    ' 2025-01-01',
  ])('"%s" is none', (date) => {
    expect(parseDay(date)).toBeUndefined();
  });

  it('count within the year from 1', () => {
    expect(dayOfYear(parseDay('2024-12-31') ?? 0)).toBe(366);
    expect(dayOfYear(parseDay('2025-01-01') ?? 0)).toBe(1);
    expect(monthOf(parseDay('2025-12-31') ?? 0)).toBe(12);
  });
});
