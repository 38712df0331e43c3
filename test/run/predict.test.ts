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

  // What growth does not decide: places, days in fresh water, moves.
  it.each([
    'batch_batch',
    'batch_creationworkflow',
    'batch_creationaction',
    'batch_batchcontainerassignment',
    'batch_batchtransferworkflow',
    'batch_transferaction',
    'environmental_stagetransitionenvironmental',
    'environmental_weatherdata',
    'environmental_photoperioddata',
    'planning_plannedactivity',
    'scenario',
    'scenario_projection_run',
    'scenario_scenarioprojection',
  ])('is exact for %s', (table) => {
    expect(predicted[table]).toBeGreaterThan(0);
    expect(predicted[table]).toBe(found[table]);
  });

  // Six batches of two containers: the days at sea of a few fish that grow as they happen to, not as the mean fish.
  it.each([
    ['environmental_environmentalreading', 0.03],
    ['inventory_feedingevent', 0.03],
    ['batch_growthsample', 0.03],
    ['batch_individualgrowthobservation', 0.03],
    ['batch_mortalityevent', 0.03],
    ['batch_actualdailyassignmentstate', 0.03],
    ['health_treatment', 0.15],
    ['health_licecount', 0.15],
    ['health_journalentry', 0.15],
    ['health_healthsamplingevent', 0.15],
    ['health_individualfishobservation', 0.15],
    ['health_fishparameterscore', 0.15],
    ['health_healthlabsample', 0.15],
    ['inventory_containerfeedingsummary', 0.15],
    ['inventory_batchfeedingsummary', 0.15],
    ['inventory_feedpurchase', 0.15],
    ['inventory_feedcontainerstock', 0.15],
    ['harvest_harvestevent', 0.15],
    ['harvest_harvestlot', 0.15],
    ['harvest_harvestwaste', 0.15],
    ['finance_factharvest', 0.15],
    ['finance_intercompanytransaction', 0.15],
  ])('is near for %s', (table, tolerance) => {
    const [mine = 0, real = 0] = [predicted[table], found[table]];
    expect(mine).toBeGreaterThan(0);
    expect(Math.abs(mine / real - 1), `${mine} predicted, ${real} made`).toBeLessThanOrEqual(tolerance);
  });
});
