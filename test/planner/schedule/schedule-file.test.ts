import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  formatSchedule,
  plan,
  readSchedule,
  validateSchedule,
  writeSchedule,
} from '../../../src/planner/index.ts';
import { biology, climate, farm, smallFarm, work } from '../../support/planning.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'aquaseed-schedule-'));
afterAll(() => rmSync(dir, { recursive: true }));
const file = path.join(dir, 'made', 'x.yaml');

const { schedule } = plan(
  { batches: 3, stagger: 30, asOf: '2025-12-03', firstStart: '2024-01-08', seed: 42 },
  farm,
  biology,
  climate,
  work,
);

function edited(from: string | RegExp, to: string): string {
  const text = formatSchedule(schedule, 'x');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to change: ${from}`);
  const other = path.join(dir, 'edited.yaml');
  writeFileSync(other, changed);
  return other;
}

describe('a schedule file', () => {
  it('is read back as it was written, with the command at its top', () => {
    writeSchedule(file, schedule, 'aquaseed plan --batches 3');
    expect(readSchedule(file)).toEqual(schedule);
    expect(readFileSync(file, 'utf8')).toMatch(/^(# .*\n)*# aquaseed plan --batches 3\nmetadata:\n/);
    expect(readdirSync(path.dirname(file))).toEqual(['x.yaml']);
  });

  it('has a line for each stage, in the order of a life', () => {
    const text = formatSchedule(schedule, 'x');
    expect(text).toContain('  - batch_id: FAR-2024-001\n    start_date: 2024-01-08\n    eggs: 3000000\n');
    expect(text).toMatch(
      /\n {6}egg_alevin: \{ hall: FI-FW-01-Hall-A, containers: \[FI-FW-01-A-C01, .*\], start_day: 0, end_day: 91 \}\n/,
    );
    expect(text).toMatch(/worker_1: \{ batch_range: 1-1, count: 1, first_start: 2024-01-08, /);
    const stages = Object.keys(schedule.batches[0]?.freshwater ?? {});
    expect(stages).toEqual(['egg_alevin', 'fry', 'parr', 'smolt', 'post_smolt']);
  });

  it('keeps names that YAML would read as something else', () => {
    const small = smallFarm([{ stations: 1, areas: [10] }]);
    for (const name of ['yes', '1e3', 'a: b', '# x', "d'Or", 'Ærø {1}', '2020-01-01x', '~', '1-x']) {
      for (const it of small.farm.geographies) it.name = name;
      const sites = Object.values(small.climate.sea.geographies)[0];
      if (sites) small.climate.sea.geographies[name] = sites;
      const request = { batches: 1, stagger: 1, asOf: '2025-12-03', seed: 1 };
      const { schedule } = plan(request, small.farm, small.biology, small.climate, work);
      writeSchedule(file, schedule, 'x');
      expect(readSchedule(file)).toEqual(schedule);
    }
  });

  it.each([
    [
      'a date that is none',
      '2024-01-08\n    eggs',
      '2024-02-30\n    eggs',
      /batches\.0\.start_date: must be a date/,
    ],
    ['an unknown key', '    eggs:', '    legs: 4\n    eggs:', /batches\.0\.legs: unknown key/],
    ['half an egg', 'eggs: 3000000', 'eggs: 3000000.5', /batches\.0\.eggs: /],
    ['a missing area', /area: [^,]*, /, '', /batches\.0\.sea\.area: missing/],
    ['another version', 'schema_version: 1', 'schema_version: 2', /metadata\.schema_version: /],
    ['a bad range', 'batch_range: 1-1', 'batch_range: 1 to 1', /worker_1\.batch_range: must be like 1-11/],
  ])('with %s is refused with its line', (_, from, to, message) => {
    const other = edited(from, to);
    expect(() => readSchedule(other)).toThrow(message);
    expect(() => readSchedule(other)).toThrow(/edited\.yaml:\d+:\d+: /);
  });

  it('gives findings the line of their batch', () => {
    const read = readSchedule(edited('harvest_target_kg: ', 'harvest_target_kg: 1'));
    const [found] = validateSchedule(read, farm, biology);
    const lines = formatSchedule(schedule, 'x').split('\n');
    expect(found?.rule).toBe('target_range');
    expect(found?.line).toBe(lines.findIndex((it) => it.includes('batch_id: FAR-2024-001')) + 1);
  });
});
