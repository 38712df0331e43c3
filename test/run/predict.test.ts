import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import { predictRows, readSchedule } from '../../src/planner/index.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, tinyFarm } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

/** The rows that the planner predicts, against those that a run makes. */

let database: TestDatabase;
let predicted: Record<string, number>;
let found: Record<string, number>;

beforeAll(async () => {
  const { config, file } = tinyFarm();
  predicted = predictRows(readSchedule(file), loadConfiguration(config));
  database = await generatedDatabase();
  const rows = await rowsOf<{ table_name: string; rows: string }>(
    database.url,
    'select table_name, rows from aquaseed.generated_rows(1)',
  );
  found = Object.fromEntries(rows.map((it) => [it.table_name, Number(it.rows)]));
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

describe('the prediction for the tiny farm', () => {
  it('is noted with the run', async () => {
    const [run] = await rowsOf<{ predicted: Record<string, number>; profiles: string[] }>(
      database.url,
      'select predicted, profiles from aquaseed.run',
    );
    expect(run).toEqual({ predicted, profiles: [] });
  });

  it('is for every table that the run fills, and no other', () => {
    const filled = Object.entries(found).filter(([, rows]) => rows > 0);
    expect(filled.map(([table]) => table).sort()).toEqual(
      Object.keys(predicted)
        .filter((table) => (predicted[table] ?? 0) > 0)
        .sort(),
    );
  });

  const EXACT = [
    'batch_batch',
    'batch_creationworkflow',
    'batch_creationaction',
    'batch_batchcontainerassignment',
    'batch_batchtransferworkflow',
    'environmental_stagetransitionenvironmental',
    'environmental_weatherdata',
    'environmental_photoperioddata',
    'planning_plannedactivity',
    'scenario',
    'scenario_projection_run',
    'scenario_scenarioprojection',
  ];
  // What growth does not decide: places, days in fresh water, moves.
  it.each(EXACT)('is exact for %s', (table) => {
    expect(predicted[table]).toBeGreaterThan(0);
    expect(predicted[table]).toBe(found[table]);
  });

  const CLOSE = [
    'environmental_environmentalreading',
    'inventory_feedingevent',
    'batch_growthsample',
    'batch_individualgrowthobservation',
    'batch_mortalityevent',
    'batch_actualdailyassignmentstate',
  ];
  // Two sites have been counted for long: how many types of lice are found on them goes by how many lice they have.
  const wide: Record<string, number> = { health_licecount: 0.25 };
  // Six batches of two containers: the days at sea of a few fish that grow as they happen to, not as the mean fish.
  it('is near for all others', () => {
    const others = Object.keys(predicted).filter((table) => !EXACT.includes(table));
    expect(others).toEqual(expect.arrayContaining(CLOSE));
    const off = others.flatMap((table) => {
      const [mine = 0, real = 0] = [predicted[table], found[table]];
      const isNear =
        mine > 0 && Math.abs(mine / real - 1) <= (CLOSE.includes(table) ? 0.03 : (wide[table] ?? 0.15));
      return isNear ? [] : [`${table}: ${mine} predicted, ${real} made`];
    });
    expect(off).toEqual([]);
  });
});
