import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { checksSchema } from '../../src/config/checks.ts';
import { CONFIG_DIR, readYaml } from '../../src/config/index.ts';
import type { TestDatabase } from './database.ts';
import { demoDatabase, GENERATION_TIMEOUT } from './generated.ts';

export type Result = { id: string; measured: number | null; pass: boolean | null; detail: string };

export const bounds = readYaml(path.join(CONFIG_DIR, 'checks.yaml'), checksSchema);

/** The demo farm of a test file and what its tests do with it. */
export type Farm = {
  url: () => string;
  query: <T extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<T[]>;
  /** Runs one check and reads its metrics. */
  runCheck: (name: string) => Promise<Result[]>;
  /** The ids of the metrics that fail, of one or more checks ('a, b'). */
  failures: (names: string) => Promise<string[]>;
  /** The ids of the metrics of all checks that fail. */
  allFailures: () => Promise<string[]>;
  /** What a check measured, by metric; rounded, null where there was not enough data. */
  measured: (name: string) => Promise<Record<string, number | null>>;
  /** Breaks or makes data: statements that must touch rows. */
  change: (sql: string) => Promise<void>;
};

/** A copy of the demo farm for a test file. Each test breaks what it likes: it is rolled back afterwards. */
export function useDemoFarm(): Farm {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await demoDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('select aquaseed.load_check_bounds($1)', [JSON.stringify(bounds)]);
  }, GENERATION_TIMEOUT);
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });
  beforeEach(async () => {
    await client.query('begin');
  });
  afterEach(async () => {
    await client.query('rollback');
  });

  async function runCheck(name: string): Promise<Result[]> {
    const { rows } = await client.query<Result>(
      'select id, measured, pass, detail from aquaseed.run_check((select run_id from aquaseed.run), $1) order by id',
      [name],
    );
    return rows;
  }
  return {
    url: () => database.url,
    query: async (sql, values) => (await client.query(sql, values)).rows,
    runCheck,
    failures: async (names) => {
      const failed: string[] = [];
      for (const name of names.split(', ')) {
        failed.push(...(await runCheck(name)).filter((it) => it.pass === false).map((it) => it.id));
      }
      return failed;
    },
    allFailures: async () => {
      const { rows } = await client.query<{ id: string }>(
        `select id from aquaseed.verify((select run_id from aquaseed.run)) where verdict = 'FAIL' order by line`,
      );
      return rows.map((it) => it.id);
    },
    measured: async (name) => {
      const rows = await runCheck(name);
      return Object.fromEntries(
        rows.map((it) => [it.id, it.measured === null ? null : Number(it.measured.toFixed(4))]),
      );
    },
    change: async (sql) => {
      // Several statements give several results.
      for (const { rowCount } of [await client.query(sql)].flat()) {
        expect(rowCount, 'rows that were changed').toBeGreaterThan(0);
      }
    },
  };
}
