import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import { STAGES } from '../../src/driver/stages/work.ts';
import { mustRun } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  demoDatabase,
  GENERATION_TIMEOUT,
  generateArguments,
  generatedDatabase,
  tinyFarm,
} from '../support/generated.ts';
import { type Digests, digestsOf, migratedDatabase, rowsOf, withClient } from '../support/run.ts';
import { startDebianServer, type TestServer } from '../support/servers.ts';

let database: TestDatabase;
let twoWorkers: Digests;

beforeAll(async () => {
  database = await generatedDatabase();
  twoWorkers = await digestsOf(database.url);
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

async function dropAfter<T>(use: TestDatabase, work: (url: string) => Promise<T>): Promise<T> {
  try {
    return await work(use.url);
  } finally {
    await use.drop();
  }
}

describe('the same schedule gives the same rows', () => {
  it.each([1, 4])('with %i workers as with 2', { timeout: GENERATION_TIMEOUT }, async (workers) => {
    expect(await dropAfter(await generatedDatabase({ workers }), digestsOf)).toEqual(twoWorkers);
  });

  it('with the units of every stage in reverse order', { timeout: GENERATION_TIMEOUT }, async () => {
    const digests = await dropAfter(await migratedDatabase(), async (url) => {
      await generateBackwards(url);
      return await digestsOf(url);
    });
    expect(digests).toEqual(twoWorkers);
  });

  it('as other rows with another seed', { timeout: GENERATION_TIMEOUT }, async () => {
    const digests = await dropAfter(await migratedDatabase(), async (url) => {
      await generateBackwards(url, 43);
      return await digestsOf(url);
    });
    const table = 'environmental_environmentalreading';
    expect(digests.tables[table]?.digest).not.toBe(twoWorkers.tables[table]?.digest);
    expect(digests.tables.infrastructure_container).toEqual(twoWorkers.tables.infrastructure_container);
  });
});

describe("on Debian's PostgreSQL 15", () => {
  let server: TestServer | null = null;
  beforeAll(async () => {
    server = await startDebianServer(15);
  });
  afterAll(() => server?.remove());

  it('the digest is that of PostgreSQL 18', { timeout: GENERATION_TIMEOUT }, async (context) => {
    if (server === null) return context.skip('PostgreSQL 15 of Debian is not installed');
    const [version] = await rowsOf<{ server_version: string }>(database.url, 'show server_version');
    if (version?.server_version.startsWith('15'))
      return context.skip('the server of this run is PostgreSQL 15');

    await rowsOf(server.url('postgres'), 'create database farm');
    const url = server.url('farm');
    await mustRun(generateArguments(url, { workers: 2 }));
    const [old] = await rowsOf<{ server_version: string }>(url, 'show server_version');
    expect(old?.server_version).toMatch(/^15/);
    expect(await digestsOf(url)).toEqual(twoWorkers);
  });
});

describe('checksum', () => {
  it('prints the digest and those of all tables', async () => {
    const { stdout, json } = await mustRun(['checksum', '--database-url', database.url, '--json']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(json()).toEqual(twoWorkers);
  });

  it('changes with a single value of a single row, and back again', async () => {
    const change = (sign: string): Promise<unknown> =>
      rowsOf(
        database.url,
        `update batch_mortalityevent set count = count ${sign} 1
         where id = (select max(id) from batch_mortalityevent)`,
      );
    await change('+');
    const changed = await digestsOf(database.url);
    await change('-');
    expect(changed.digest).not.toBe(twoWorkers.digest);
    expect(changed.tables.batch_mortalityevent?.rows).toBe(twoWorkers.tables.batch_mortalityevent?.rows);
    expect(await digestsOf(database.url)).toEqual(twoWorkers);
  });
});

/**
 * The rows of earlier versions, to the bit. A change of configuration, planner or SQL that changes rows on
 * purpose renews the files: npx vitest run test/run/determinism.test.ts -t golden --update
 */
describe('golden digests', () => {
  it('of the tiny farm', async () => {
    await expect(listing(twoWorkers)).toMatchFileSnapshot('golden/tiny.txt');
  });

  it('of the demo farm', { timeout: GENERATION_TIMEOUT }, async () => {
    const digests = await dropAfter(await demoDatabase(), digestsOf);
    await expect(listing(digests)).toMatchFileSnapshot('golden/demo.txt');
  });
});

function listing({ digest, tables }: Digests): string {
  const lines = Object.entries(tables)
    .filter(([, { rows }]) => rows > 0)
    .map(([name, it]) => `${it.digest} ${String(it.rows).padStart(9)} ${name}`);
  return `${[...lines, `digest ${digest}`].join('\n')}\n`;
}

/** Generates the tiny farm by calling the functions of the ledger, each phase from its last unit to its first. */
async function generateBackwards(url: string, seed?: number): Promise<void> {
  const { config, schedule } = tinyFarm();
  const { farm, biology, climate, health, incidents, masterData, work } = loadConfiguration(config);
  await withClient(url, async (client) => {
    await client.query("set timezone = 'UTC'");
    await client.query('select aquaseed.load_configuration($1, $2, $3, $4, $5, $6, $7, $8)', [
      JSON.stringify(farm),
      JSON.stringify(masterData),
      JSON.stringify(biology),
      JSON.stringify(climate),
      JSON.stringify(health),
      JSON.stringify(incidents),
      JSON.stringify(work),
      '',
    ]);
    await client.query(`select aquaseed.create_run($1, $2, $3, 'backwards', '', '', '')`, [
      seed ?? schedule.metadata.seed,
      schedule.metadata.as_of,
      JSON.stringify(schedule),
    ]);
    for (const stage of STAGES) {
      const { rows: units } = await client.query<{ phase: number; unit: string }>(
        'select phase, unit from aquaseed.run_step where stage = $1 order by phase, unit_no desc, unit desc',
        [stage],
      );
      expect(units.length).toBeGreaterThan(0);
      for (const { phase, unit } of units) {
        const key = [stage, phase, unit];
        const which = 's.stage = $1 and s.phase = $2 and s.unit = $3';
        await client.query('begin');
        await client.query(`select aquaseed._run_unit(s) from aquaseed.run_step s where ${which}`, key);
        await client.query(`update aquaseed.run_step s set state = 'done' where ${which}`, key);
        await client.query('commit');
      }
    }
  });
}
