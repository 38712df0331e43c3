import { describe, expect, it } from 'vitest';
import {
  formatDay,
  parseDay,
  plan,
  type Rule,
  type Schedule,
  type ScheduleBatch,
  validateSchedule,
} from '../../../src/planner/index.ts';
import { biology, climate, farm, work } from '../../support/planning.ts';

const { schedule } = plan(
  { batches: 6, stagger: 30, asOf: '2025-12-03', firstStart: '2024-01-01', seed: 42 },
  farm,
  biology,
  climate,
  work,
);

/** A copy of the schedule with a change by hand; gives the rules that are broken. */
function broken(change: (schedule: Schedule, first: ScheduleBatch, third: ScheduleBatch) => void): Set<Rule> {
  const copy = structuredClone(schedule);
  const [first, , third] = copy.batches;
  if (first === undefined || third === undefined) throw new Error('too few batches');
  change(copy, first, third);
  return new Set(validateSchedule(copy, farm, biology).map((it) => it.rule));
}

function stageOf(batch: ScheduleBatch, key: string) {
  const stage = batch.freshwater[key];
  if (stage === undefined) throw new Error(`no stage ${key}`);
  return stage;
}

/** Moves a stage to another hall of the same kind. */
function move(batch: ScheduleBatch, key: string, hall: string): void {
  const stage = stageOf(batch, key);
  stage.hall = hall;
  const prefix = hall.replace('-Hall', '');
  stage.containers = stage.containers.map((_, n) => `${prefix}-C${String(n + 1).padStart(2, '0')}`);
}

const cases: [Rule, string, (schedule: Schedule, first: ScheduleBatch, third: ScheduleBatch) => void][] = [
  ['double_booked', 'two batches in one hall', (_, a, b) => move(b, 'fry', stageOf(a, 'fry').hall)],
  ['hall_shared', 'two batches in one hall', (_, a, b) => move(b, 'fry', stageOf(a, 'fry').hall)],
  [
    'double_booked',
    'two batches in one ring',
    (_, a, b) => {
      b.sea.area = a.sea.area;
      b.sea.rings = [...a.sea.rings];
    },
  ],
  [
    'hall_shared',
    'a hall without a container in common',
    (_, a, b) => {
      stageOf(b, 'fry').hall = stageOf(a, 'fry').hall;
    },
  ],
  ['unknown_geography', 'a geography', (_, a) => (a.geography = 'Atlantis')],
  ['unknown_station', 'a station', (_, a) => (a.station = 'FI-FW-99')],
  ['wrong_station', 'a station that is not that of the first hall', (_, a) => (a.station = 'FI-FW-09')],
  ['unknown_hall', 'a hall', (_, a) => (stageOf(a, 'parr').hall = 'FI-FW-99-Hall-C')],
  ['unknown_area', 'an area', (_, a) => (a.sea.area = 'FI-SEA-99')],
  ['unknown_container', 'a tank', (_, a) => (stageOf(a, 'fry').containers[0] = 'FI-FW-99-B-C01')],
  ['unknown_container', 'a ring', (_, a) => (a.sea.rings[0] = 'FI-SEA-99-Ring-01')],
  [
    'not_production',
    'an unfinished area',
    (_, a) => {
      a.sea.area = 'FI-SEA-23';
      a.sea.rings = a.sea.rings.map((_, n) => `FI-SEA-23-Ring-${String(n + 1).padStart(2, '0')}`);
    },
  ],
  ['not_production', 'a legacy hall', (_, a) => (stageOf(a, 'fry').hall = 'FI-FW-Legacy-1-Hall-1')],
  ['wrong_geography', 'a hall in another geography', (_, a) => move(a, 'smolt', 'S-FW-09-Hall-D')],
  [
    'wrong_geography',
    'an area in another geography',
    (_, a) => {
      a.sea.area = 'S-SEA-15';
      a.sea.rings = a.sea.rings.map((ring) => ring.replace(/^FI-SEA-\d\d/, 'S-SEA-15'));
    },
  ],
  ['wrong_geography', 'a station in another geography', (_, a) => (a.station = 'S-FW-01')],
  ['wrong_type', 'a hall of another letter', (_, a) => move(a, 'fry', 'FI-FW-09-Hall-C')],
  ['wrong_type', 'a ring for a tank', (_, a) => (stageOf(a, 'fry').containers[0] = 'FI-SEA-22-Ring-20')],
  ['wrong_type', 'a tank for a ring', (_, a) => (a.sea.rings[0] = 'FI-FW-09-E-C01')],
  [
    'hall_mixed',
    'a container of another hall',
    (_, a) => (stageOf(a, 'fry').containers[9] = 'FI-FW-09-B-C10'),
  ],
  ['area_mixed', 'a ring of another area', (_, a) => (a.sea.rings[9] = 'FI-SEA-22-Ring-20')],
  ['container_count', 'nine containers', (_, a) => stageOf(a, 'fry').containers.pop()],
  ['container_count', 'a wrong rings_count', (_, a) => (a.sea.rings_count = 9)],
  [
    'container_repeated',
    'a container twice',
    (_, a) => {
      const { containers } = stageOf(a, 'fry');
      containers[1] = containers[0] ?? '';
    },
  ],
  ['container_repeated', 'a ring twice', (_, a) => (a.sea.rings[1] = a.sea.rings[0] ?? '')],
  ['stage_missing', 'no parr', (_, a) => delete a.freshwater.parr],
  ['stage_unknown', 'an invented stage', (_, a) => (a.freshwater.kelt = stageOf(a, 'fry'))],
  ['stage_length', 'a short stage', (_, a) => (stageOf(a, 'post_smolt').end_day -= 1)],
  ['stage_length', 'too long at sea', (_, a) => (a.sea.end_day += 1)],
  ['day_gap', 'a day between stages', (_, a) => (stageOf(a, 'parr').start_day += 1)],
  ['day_gap', 'a day before the sea', (_, a) => (a.sea.start_day += 1)],
  ['target_range', 'a giant', (_, a) => (a.harvest_target_kg = 6.501)],
  ['target_range', 'a dwarf', (_, a) => (a.harvest_target_kg = 4.4)],
  ['duration', 'a wrong duration', (_, a) => (a.duration += 1)],
  ['duration', 'a wrong effective_duration', (_, a) => (a.effective_duration -= 1)],
  ['duration', 'a start on as_of', (_, a) => (a.start_date = '2025-12-03')],
  ['batch_id', 'the same id twice', (_, a, b) => (b.batch_id = a.batch_id)],
  ['batch_id', 'the code of another geography', (_, a) => (a.batch_id = 'SCO-2024-001')],
  ['batch_order', 'a late first batch', (_, a) => (a.start_date = '2024-02-15')],
  ['metadata', 'a wrong total', (it) => (it.metadata.total_batches = 13)],
  ['partition', 'a hole', (it) => delete it.metadata.worker_partitions.worker_2],
  ['partition', 'a missing end', (it) => delete it.metadata.worker_partitions.worker_12],
  ['partition', 'wrong indices', (it) => it.metadata.worker_partitions.worker_3?.batch_indices.push(7)],
];

describe('the validator', () => {
  it('finds nothing in a good schedule', () => {
    expect(validateSchedule(schedule, farm, biology)).toEqual([]);
  });

  it.each(cases)('finds %s: %s', (rule, _, change) => {
    expect(broken(change)).toContain(rule);
  });

  it('allows a container to be taken over on the day it is left', () => {
    const rules = broken((_, a, b) => {
      // The third batch's fry move in when those of the first move out.
      const left = (parseDay(a.start_date) ?? 0) + stageOf(a, 'fry').end_day;
      b.start_date = formatDay(left - stageOf(b, 'fry').start_day);
      b.duration = 600;
      move(b, 'fry', stageOf(a, 'fry').hall);
    });
    expect(rules).not.toContain('double_booked');
    expect(rules).not.toContain('hall_shared');
  });

  it('names the batch, the other one, the place and the days', () => {
    const copy = structuredClone(schedule);
    const [first, , third] = copy.batches;
    if (first === undefined || third === undefined) throw new Error('too few batches');
    move(third, 'fry', stageOf(first, 'fry').hall);
    const found = validateSchedule(copy, farm, biology).find((it) => it.rule === 'double_booked');
    const from = formatDay((parseDay(third.start_date) ?? 0) + stageOf(third, 'fry').start_day);
    const to = formatDay((parseDay(first.start_date) ?? 0) + stageOf(first, 'fry').end_day - 1);
    expect(found).toEqual({
      rule: 'double_booked',
      batch: 'FAR-2024-002',
      message: `FI-FW-01-B-C01 is FAR-2024-001's too from ${from} to ${to}`,
    });
  });
});
