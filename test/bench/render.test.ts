import { expect, test } from 'vitest';
import { renderResults } from '../../bench/render.ts';
import { type Entry, putEntry, type Results } from '../../bench/results.ts';
import { spread } from '../../bench/spread.ts';

/** A run of `medium` with 2 workers: emit takes so many seconds, the rest 10. */
function run(emit: number): Entry['runs'][number] {
  return {
    wall: emit + 10,
    start_up: 2,
    seconds: { load: 1, emit, assimilate: 4 },
    wal: { load: 1e6, emit: 2e6 },
    temp: {},
    temp_files: 0,
    driver_bytes: 149e6,
    helper_bytes: 0,
    failed_checks: 0,
    phases: [],
  };
}

function medium(): Entry {
  const replay = { copy_before: 10, copy_within: 8, seal: 5, index: 4, tables: {} };
  return {
    server: 'embedded',
    size: 'medium',
    workers: 2,
    date: '2026-01-02',
    machine: 'a machine',
    versions: { aquaseed: '1', node: '2', postgres: '3' },
    settings: { fsync: 'off' },
    batches: 40,
    rows: { environmental_environmentalreading: 1_000_000, batch_actualdailyassignmentstate: 100_000 },
    stage_rows: { emit: 1_000_000 },
    database_bytes: 3e8,
    bytes: { environmental_environmentalreading: { heap: 120e6, indexes: 90e6 } },
    runs: [run(12), run(20), run(11)],
    floor: {
      rows: 1_000_000,
      file_bytes: 1e8,
      replays: [12, 20, 11].map((emit) => ({ ...replay, emit })),
    },
  };
}

test('the median decides whether a target is met, and what was not measured is neither', () => {
  const text = renderResults({ entries: [medium()] });
  const line = (start: string): string | undefined =>
    text.split('\n').find((it) => it.startsWith(`| ${start}`));
  expect(line('emit / replay')).toMatch(/<= 1\.30 \| 1\.20 \(1\.10–2\.00\) \| met \|$/);
  expect(line('growth assimilation')).toMatch(/>= 15,000 \| 25,000 \| met \|$/);
  expect(line('bytes a reading')).toMatch(/<= 200 \| 210 \| \*\*missed\*\* \|$/);
  expect(line('resident memory')).toMatch(/149 MB \| met \|$/);
  expect(line('whole generate of guide-144')).toMatch(/not measured \|$/);
  expect(line('2 workers / 1, emit')).toMatch(/not measured \|$/);
});

test('the gain of a second worker is taken run by run', () => {
  const one = { ...medium(), workers: 1, runs: [run(24), run(30), run(22)] };
  const text = renderResults({ entries: [one, medium()] });
  expect(text).toContain('| 2 workers / 1, emit, medium | >= 1.70 | 2.00 (1.50–2.00) | met |');
});

test('an entry replaces the one for the same server, size and number of workers', () => {
  const results: Results = { entries: [medium(), { ...medium(), workers: 4 }] };
  putEntry(results, { ...medium(), batches: 41 });
  putEntry(results, { ...medium(), server: 'given' });
  expect(results.entries.map((it) => [it.server, it.workers, it.batches])).toEqual([
    ['embedded', 2, 41],
    ['embedded', 4, 40],
    ['given', 2, 40],
  ]);
});

test('a median of an even number lies between the middle two', () => {
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, least: 1, most: 4 });
  expect(() => spread([])).toThrow('nothing');
});
