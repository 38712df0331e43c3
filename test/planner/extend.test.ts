import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  extend,
  formatExtended,
  formatSchedule,
  PlanRefusal,
  plan,
  readSchedule,
  type Schedule,
  validateSchedule,
} from '../../src/planner/index.ts';
import { biology, climate, farm, work } from '../support/planning.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'aquaseed-extend-'));
afterAll(() => rmSync(dir, { recursive: true }));

const request = { batches: 20, stagger: 13, asOf: '2025-12-03', seed: 42 };
const { schedule } = plan(request, farm, biology, climate, work);
const extended = (from: Schedule, asOf: string, stagger?: number) =>
  extend(from, { asOf, stagger }, farm, biology, climate, work).schedule;

/** Where and when each batch is, without how far it is emitted. */
const places = ({ batches }: Schedule) => batches.map(({ duration, ...rest }) => rest);

describe('an extended schedule', () => {
  const later = extended(schedule, '2026-06-01');

  it('has every earlier batch, unchanged, and new ones in turn up to the new end', () => {
    expect(later.batches.slice(0, 40)).toEqual(schedule.batches);
    const added = later.batches.slice(40);
    expect(added[0]).toMatchObject({ batch_id: 'FAR-2025-021', start_date: '2025-12-11' });
    expect(added[1]).toMatchObject({ batch_id: 'SCO-2025-021', start_date: '2025-12-23' });
    expect(added.at(-1)?.start_date).toBe('2026-05-28');
    expect(added.every((it) => it.start_date >= '2025-12-03' && it.start_date < '2026-06-01')).toBe(true);
    expect(later.metadata).toMatchObject({
      as_of: '2026-06-01',
      first_start: schedule.metadata.first_start,
      total_batches: 54,
      extended: [{ as_of: '2025-12-03', batches: 40 }],
    });
    expect(validateSchedule(later, farm, biology)).toEqual([]);
  });

  it('is where a longer plan would be', () => {
    const longer = plan(
      { batches: 27, stagger: 13, firstStart: schedule.metadata.first_start, asOf: '2026-06-01', seed: 42 },
      farm,
      biology,
      climate,
      work,
    ).schedule;
    expect(places(later)).toEqual(places(longer));
  });

  it('is the same in one step or in many', () => {
    let step = schedule;
    for (const asOf of ['2025-12-04', '2025-12-12', '2025-12-30', '2026-03-01', '2026-06-01']) {
      step = extended(step, asOf);
    }
    expect(places(step)).toEqual(places(later));
    expect(step.metadata.worker_partitions).toEqual(later.metadata.worker_partitions);
    expect(step.metadata.extended).toEqual([
      { as_of: '2025-12-03', batches: 40 },
      { as_of: '2025-12-12', batches: 41 },
      { as_of: '2025-12-30', batches: 42 },
      { as_of: '2026-03-01', batches: 47 },
    ]);
    expect(extended(step, '2026-06-01')).toEqual(step);
  });

  it('leaves every earlier batch in its slice', () => {
    const sliceOf = (it: Schedule) =>
      Object.values(it.metadata.worker_partitions).flatMap(({ batch_indices }, slice) =>
        batch_indices.map(() => slice),
      );
    expect(sliceOf(later).slice(0, 40)).toEqual(sliceOf(schedule));
    const sizes = Object.values(later.metadata.worker_partitions).map((it) => it.count);
    expect(Math.max(...sizes)).toBe(3);
  });

  it('writes no past anew when the batches had ended before', () => {
    const old = plan(
      { batches: 2, stagger: 30, firstStart: '2023-01-01', asOf: '2025-12-03', seed: 1 },
      farm,
      biology,
      climate,
      work,
    ).schedule;
    const added = extended(old, '2026-02-01').batches.slice(4);
    expect(added.map((it) => it.start_date)).toEqual(['2025-12-18', '2026-01-19']);
  });

  it('is a file with the earlier batches byte for byte, comments included', () => {
    const file = path.join(dir, 'x.yaml');
    const text = formatSchedule(schedule, 'aquaseed plan').replace(
      '    eggs: 3000000\n',
      '    eggs: 3000000   # counted twice\n',
    );
    writeFileSync(file, text);
    const result = formatExtended(later, 'aquaseed plan --extend x.yaml', file);
    const batches = text.slice(text.indexOf('\nbatches:\n'));
    expect(batches).toContain('# counted twice');
    expect(result).toContain(batches);
    const other = path.join(dir, 'y.yaml');
    writeFileSync(other, result);
    expect(readSchedule(other)).toEqual(later);
  });

  it('is written whole when the keys of the file are in another order', () => {
    const file = path.join(dir, 'z.yaml');
    const text = formatSchedule(schedule, 'x');
    const at = text.indexOf('metadata:\n');
    const to = text.indexOf('batches:\n');
    writeFileSync(file, `${text.slice(to)}# the metadata\n${text.slice(at, to)}`);
    expect(readSchedule(file)).toEqual(schedule);
    const other = path.join(dir, 'y.yaml');
    writeFileSync(other, formatExtended(later, 'x', file));
    expect(readSchedule(other)).toEqual(later);
    expect(readFileSync(other, 'utf8')).toContain(text.slice(to));
  });

  it('is refused with ways out when the farm is full', () => {
    const full = plan(
      { batches: 60, stagger: 6, asOf: '2025-12-03', seed: 42 },
      farm,
      biology,
      climate,
      work,
    ).schedule;
    let refused: unknown;
    try {
      extended(full, '2027-12-03', 4);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(PlanRefusal);
    if (!(refused instanceof PlanRefusal)) return;
    expect(refused.message).toMatch(/^cannot add 18\d batches 4 days apart up to 2027-12-03\n/);
    expect(refused.message).toMatch(/Scotland, halls A \(egg_alevin\): \d+ batches overlap from/);
    const { alternatives } = refused.certificate;
    expect(alternatives).toHaveLength(2);
    for (const { request } of alternatives) {
      expect(() => extended(full, request.asOf ?? '', request.stagger)).not.toThrow();
    }
  });

  it('cannot end earlier, nor be made of a ladder or of a schedule with conflicts', () => {
    expect(() => extended(schedule, '2025-12-02')).toThrow(/before the end of the schedule, 2025-12-03/);
    const ladder = plan(
      { mode: 'ladder', asOf: '2025-12-03', seed: 1 },
      farm,
      biology,
      climate,
      work,
    ).schedule;
    expect(() => extended(ladder, '2026-01-01')).toThrow(/a ladder belongs to one date/);
    const bad = structuredClone(schedule);
    for (const batch of bad.batches.slice(0, 1)) batch.harvest_target_kg = 9;
    expect(() => extended(bad, '2026-01-01')).toThrow(/1 conflicts: FAR-\d{4}-001: target_range/);
  });
});
