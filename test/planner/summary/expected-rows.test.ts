import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CONFIG_DIR, loadConfiguration } from '../../../src/config/index.ts';
import { predictRows, readSchedule } from '../../../src/planner/index.ts';

const configuration = loadConfiguration(CONFIG_DIR);
const demo = readSchedule(path.join(CONFIG_DIR, 'schedules', 'demo.yaml'));

/** Rows by table of the demo farm as it is generated. */
const golden = fileURLToPath(new URL('../../run/golden/demo.txt', import.meta.url));
const made = readFileSync(golden, 'utf8')
  .split('\n')
  .map((line) => line.split(/ +/))
  .flatMap(([, rows, table]) => (table === undefined ? [] : [{ table, rows: Number(rows) }]));

describe('the rows that are predicted', () => {
  const predicted = predictRows(demo, configuration);

  it.each(made.filter((it) => it.rows >= 50_000))('come within 3 %: $rows of $table', ({ table, rows }) => {
    expect(Math.abs((predicted[table] ?? 0) / rows - 1)).toBeLessThanOrEqual(0.03);
  });

  it('are fewer up to an earlier end, and none before the first batch', () => {
    const { first_start } = demo.metadata;
    expect(Object.values(predictRows(demo, configuration, first_start)).every((it) => it === 0)).toBe(true);
    const earlier = predictRows(demo, configuration, '2024-12-03');
    for (const [table, rows] of Object.entries(earlier))
      expect(rows).toBeLessThanOrEqual(predicted[table] ?? 0);
    expect(earlier.environmental_environmentalreading).toBeGreaterThan(0);
  });

  it('are those of the days that a batch was cut to by hand', () => {
    const [batch] = demo.batches;
    if (batch === undefined) throw new Error('the demo has no batch');
    const calm = { ...configuration, incidents: { ...configuration.incidents, enabled: false } };
    const alone = (duration: number) => predictRows({ ...demo, batches: [{ ...batch, duration }] }, calm);
    const { sensors, containers } = configuration.farm;
    const rooms = new Set(Object.values(batch.freshwater)[0]?.containers);
    const ids = new Set(containers.filter((it) => rooms.has(it.name)).map((it) => it.id));
    const perDay =
      sensors.filter((it) => ids.has(it.containerId)).length * configuration.climate.readings.hours.length;
    expect(alone(10).environmental_environmentalreading).toBe(10 * perDay);
    expect(alone(10).batch_actualdailyassignmentstate).toBe(10 * rooms.size);
  });
});
