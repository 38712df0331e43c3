import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { contentDigest } from '../../src/config/index.ts';
import {
  formatSchedule,
  PRESETS,
  type PresetName,
  plan,
  predictRows,
  presetCommand,
  readSchedule,
  type ScheduleBatch,
  validateSchedule,
  writeSchedule,
} from '../../src/planner/index.ts';
import { biology, climate, configuration, farm } from '../support/planning.ts';

const names = Object.keys(PRESETS) as PresetName[];
const fileOf = (name: string) =>
  fileURLToPath(new URL(`../../config/schedules/${name}.yaml`, import.meta.url));
const planned = (name: PresetName) => plan(PRESETS[name], farm, biology, climate);

/** The stage a batch is in on the last day before as_of. */
function stageOf(batch: ScheduleBatch): string {
  if (batch.duration >= batch.effective_duration) return 'completed';
  const day = batch.duration - 1;
  const stage = Object.entries(batch.freshwater).find(([, it]) => it.start_day <= day && day < it.end_day);
  return stage?.[0] ?? 'adult';
}

describe.each(names)('preset %s', (name) => {
  it('is committed byte for byte (UPDATE_PRESETS=1 writes it anew)', () => {
    const { schedule } = planned(name);
    if (process.env.UPDATE_PRESETS === '1') writeSchedule(fileOf(name), schedule, presetCommand(name));
    const committed = readFileSync(fileOf(name), 'utf8');
    // Compared by digest: a diff of a file this long says nothing.
    expect(contentDigest(committed)).toBe(contentDigest(formatSchedule(schedule, presetCommand(name))));
  });

  it('reads back as planned, without a violation', () => {
    const schedule = readSchedule(fileOf(name));
    expect(schedule).toEqual(planned(name).schedule);
    expect(validateSchedule(schedule, farm, biology)).toEqual([]);
  });

  it('shows every stage and a completed batch of each geography', () => {
    const { batches } = planned(name).schedule;
    const stages = new Set(batches.map(stageOf));
    for (const { key } of biology.stages) expect(stages).toContain(key);
    for (const geography of ['Faroe Islands', 'Scotland']) {
      const completed = batches.filter((it) => it.geography === geography && stageOf(it) === 'completed');
      expect(completed.length).toBeGreaterThan(0);
    }
  });
});

describe('the sizes of the presets', () => {
  it('are a demo of about two million readings, and about ten million rows', () => {
    const rows = predictRows(planned('demo').schedule, configuration);
    expect(rows.batch_batch).toBe(12);
    expect(rows.environmental_environmentalreading).toBeGreaterThan(1_500_000);
    expect(rows.environmental_environmentalreading).toBeLessThan(3_000_000);
    const medium = Object.values(predictRows(planned('medium').schedule, configuration)).reduce(
      (sum, it) => sum + it,
      0,
    );
    expect(medium).toBeGreaterThan(8_000_000);
    expect(medium).toBeLessThan(12_000_000);
  });

  it('are 144 batches for guide-144', () => {
    const { schedule } = planned('guide-144');
    expect(schedule.batches).toHaveLength(144);
    expect(schedule.batches.filter((it) => it.geography === 'Scotland')).toHaveLength(72);
  });
});
