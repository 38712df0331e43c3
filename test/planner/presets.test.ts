import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { contentDigest } from '../../src/config/index.ts';
import {
  formatDay,
  formatSchedule,
  PRESETS,
  type PresetName,
  parseDay,
  plan,
  predictRows,
  presetCommand,
  presetUpTo,
  readSchedule,
  type ScheduleBatch,
  validateSchedule,
  writeSchedule,
} from '../../src/planner/index.ts';
import { expectation } from '../../src/planner/summary/expected-life.ts';
import { biology, climate, configuration, farm, work } from '../support/planning.ts';

const names = Object.keys(PRESETS) as PresetName[];
const fileOf = (name: string) =>
  fileURLToPath(new URL(`../../config/schedules/${name}.yaml`, import.meta.url));
const planned = (name: PresetName) => plan(PRESETS[name], farm, biology, climate, work);

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

/** A day in every second week of a year, so that every weekday, month and end of month is among them. */
const DAYS = Array.from({ length: 25 }, (_, index) => formatDay((parseDay('2026-01-01') ?? 0) + index * 15));
const plannedUpTo = (name: PresetName, asOf: string) =>
  plan(presetUpTo(name, asOf), farm, biology, climate, work).schedule;
const agesOf = (batches: readonly ScheduleBatch[], asOf: string) =>
  batches.map((it) => (parseDay(asOf) ?? 0) - (parseDay(it.start_date) ?? 0));

describe('a preset up to another day', () => {
  it('is the committed one on its own day', () => {
    for (const name of names) expect(presetUpTo(name, PRESETS[name].asOf)).toEqual(PRESETS[name]);
  });

  it.each(['demo', 'medium', 'uat'] as const)('keeps the shape of %s', (name) => {
    const committed = planned(name).schedule;
    const ages = agesOf(committed.batches, PRESETS[name].asOf);
    for (const asOf of DAYS) {
      const { batches, metadata } = plannedUpTo(name, asOf);
      expect(metadata.as_of).toBe(asOf);
      // But for days off: the first start moves on to one that is worked on, the others to the nearest.
      for (const [index, age] of agesOf(batches, asOf).entries()) {
        expect(Math.abs(age - (ages[index] ?? 0))).toBeLessThanOrEqual(8);
      }
      expect(batches.map((it) => it.station)).toEqual(committed.batches.map((it) => it.station));
    }
  });

  it('shows every stage and a harvest of each geography in the demo, on any day', () => {
    const lifeOf = expectation(configuration);
    for (const asOf of DAYS) {
      const { batches } = plannedUpTo('demo', asOf);
      const stages = new Set(batches.map(stageOf));
      for (const { key } of biology.stages) expect(stages, asOf).toContain(key);
      const harvested = batches.filter(
        (it) => lifeOf(it).harvest.from < (parseDay(asOf) ?? 0) - (parseDay(it.start_date) ?? 0),
      );
      expect(new Set(harvested.map((it) => it.geography)).size, asOf).toBe(2);
    }
  });
});

// What AquaMind's acceptance script wants of the day on which it runs.
const NEAR_A_TRANSITION = [
  [82, 95],
  [172, 185],
  [262, 275],
  [352, 365],
  [442, 455],
  [780, 900],
] as const;

describe('the ladder on the day it is planned up to', () => {
  it.each(DAYS)('has enough batches of every age on %s and the day after', (asOf) => {
    const lifeOf = expectation(configuration);
    const { batches } = plannedUpTo('ladder', asOf);
    for (const later of [0, 1]) {
      const living = batches.flatMap((it) => {
        const age = (parseDay(asOf) ?? 0) - (parseDay(it.start_date) ?? 0) + later;
        const { stays, harvest } = lifeOf(it);
        const stay = stays.find(({ from, before }) => from <= age && age < before);
        return age < harvest.from && stay !== undefined ? [{ age, stage: stay.stage.key }] : [];
      });
      expect(living.length).toBeGreaterThanOrEqual(30);
      for (const { key } of biology.stages) {
        expect(living.filter((it) => it.stage === key).length, key).toBeGreaterThanOrEqual(4);
      }
      for (const [from, to] of NEAR_A_TRANSITION) {
        const near = living.filter((it) => it.age >= from && it.age <= to);
        expect(near.length, `age ${from} to ${to}`).toBeGreaterThanOrEqual(2);
      }
    }
  });
});
