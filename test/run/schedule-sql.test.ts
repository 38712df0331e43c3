import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import { install } from '../../src/driver/database/install.ts';
import { openPool } from '../../src/driver/database/pool.ts';
import { formatScheduleSql } from '../../src/driver/psql/schedule-sql.ts';
import { load } from '../../src/driver/stages/load.ts';
import { extend, predictRows, type Schedule, writeSchedule } from '../../src/planner/index.ts';
import { mustRun } from '../support/cli.ts';
import { createTestDatabase, ensureTemplate, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, scratchDirectory, tinyFarm } from '../support/generated.ts';
import { rowsOf, withClient } from '../support/run.ts';

/** The SQL form of a schedule does what the driver does. */

const TABLES = [
  'run',
  'run_step',
  'slice',
  'schedule_batch',
  'schedule_stay',
  'schedule_container',
  'container',
  'life_stage',
  'geography',
];

async function installedDatabase(): Promise<TestDatabase> {
  await ensureTemplate('installed', async (url) => {
    await withClient(url, async (client) => {
      await install(client);
    });
  });
  return await createTestDatabase({ template: 'installed' });
}

async function loadWithDriver(database: TestDatabase, schedule: Schedule, name: string): Promise<void> {
  const pool = await openPool(database.target, { connections: 1 });
  const configuration = loadConfiguration(tinyFarm().config);
  try {
    await load(pool, {
      schedule,
      scheduleName: name,
      asOf: schedule.metadata.as_of,
      configuration,
      predicted: predictRows(schedule, configuration),
      toolVersion: '1',
    });
  } finally {
    await pool.end();
  }
}

/** Every row of the tables that a load fills, without its clock. */
async function contents(url: string): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {};
  for (const table of TABLES) {
    const rows = await rowsOf<{ row: string }>(
      url,
      `select (to_jsonb(t) - 'started_at' - 'finished_at')::text as row from aquaseed.${table} t order by 1`,
    );
    result[table] = rows.map((it) => it.row);
  }
  return result;
}

const databases: TestDatabase[] = [];
async function database(): Promise<TestDatabase> {
  const made = await installedDatabase();
  databases.push(made);
  return made;
}
afterAll(async () => {
  for (const it of databases) await it.drop();
});

describe('the SQL form of a schedule', () => {
  let driver: TestDatabase;
  const name = "x'; drop schema aquaseed cascade; --\\ Æ 🐟.yaml";

  beforeAll(async () => {
    driver = await database();
    await loadWithDriver(driver, tinyFarm().schedule, name);
  }, GENERATION_TIMEOUT);

  it('loads the same rows as the driver, whatever the name holds', async () => {
    const other = await database();
    const text = formatScheduleSql({
      schedule: tinyFarm().schedule,
      name,
      configuration: loadConfiguration(tinyFarm().config),
      toolVersion: '1',
      command: 'aquaseed plan\n; drop schema aquaseed cascade',
    });
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(
      text
        .split('\n')
        .slice(0, 4)
        .every((it) => it.startsWith('--') || it === 'begin;'),
    ).toBe(true);
    await withClient(other.url, (client) => client.query(text));
    const expected = await contents(driver.url);
    expect(expected.schedule_container?.length).toBeGreaterThan(60);
    expect(await contents(other.url)).toEqual(expected);
  });

  it('is loaded as a whole or not at all, and once', async () => {
    const other = await database();
    const { config, file } = tinyFarm();
    const out = path.join(scratchDirectory(), 'tiny.sql');
    await mustRun(['plan', '--from', file, '--format', 'sql', '--out', out, '--config', config]);
    const text = readFileSync(out, 'utf8');
    const broken = text.replace(/p_as_of => date '[^']*'/, "p_as_of => date '1999-99-99'");
    await expect(withClient(other.url, (client) => client.query(broken))).rejects.toThrow(/date/);
    await withClient(other.url, (client) => client.query('rollback'));
    expect(await rowsOf(other.url, 'select from aquaseed.schedule_batch')).toHaveLength(0);
    expect(await rowsOf(other.url, 'select from public.infrastructure_geography')).toHaveLength(0);
    await withClient(other.url, (client) => client.query(text));
    const [run] = await rowsOf(other.url, 'select state, schedule_name, tool_version from aquaseed.run');
    expect(run).toMatchObject({ state: 'running', schedule_name: file });
    await expect(withClient(other.url, (client) => client.query(text))).rejects.toThrow(
      /already holds a run/,
    );
  });
});

describe('an extended schedule in the database', () => {
  it('has the days of the new end, but keeps durations that were cut by hand', async () => {
    const { farm, biology, climate, work } = loadConfiguration(tinyFarm().config);
    const earlier = structuredClone(tinyFarm().schedule);
    const cut = earlier.batches[1];
    if (cut === undefined) throw new Error('no batch to cut');
    cut.duration -= 30;
    const { schedule } = extend(earlier, { asOf: '2026-06-01' }, farm, biology, climate, work);
    const loaded = await database();
    await loadWithDriver(loaded, schedule, 'x.yaml');
    const rows = await rowsOf<{ batch_name: string; days: number }>(
      loaded.url,
      'select batch_name, days from aquaseed.schedule_batch order by batch_no',
    );
    const day = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
    const expected = schedule.batches.map((it) => ({
      batch_name: it.batch_id,
      days:
        it.batch_id === cut.batch_id
          ? cut.duration
          : Math.min(it.effective_duration, day('2026-06-01') - day(it.start_date)),
    }));
    expect(rows).toEqual(expected);
    expect(schedule.batches.length).toBeGreaterThan(earlier.batches.length);
    // The file, too, says so.
    const file = path.join(scratchDirectory(), 'extended.yaml');
    writeSchedule(file, schedule, 'test');
    const { stdout } = await mustRun(['validate', file, '--config', tinyFarm().config]);
    expect(stdout).toContain('no conflicts');
  });
});
