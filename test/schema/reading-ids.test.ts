import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_GRADES, MOST_PARAMETERS } from '../../src/config/master-data.ts';
import { SQL_DIR } from '../../src/driver/database/function-files.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT } from '../support/generated.ts';
import { migratedDatabase, rowsOf, withClient } from '../support/run.ts';

/** Ids of readings: every batch has room for all that the tables allow, and no two readings share one. */

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

/** The highest number that the CHECK of a column allows. */
async function most(table: string, column: string): Promise<number> {
  const [row] = await rowsOf<{ most: number }>(
    database.url,
    `select substring(pg_get_constraintdef(c.oid) from '${column} <= (\\d+)')::int as most from pg_constraint c
     where c.conrelid = 'aquaseed.${table}'::regclass and pg_get_constraintdef(c.oid) ~ '${column} <= \\d+'`,
  );
  return row?.most ?? Number.NaN;
}

async function readingNo(...numbers: [number, number, number, number]): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(
    database.url,
    'select aquaseed.reading_no($1, $2, $3, $4) as n',
    numbers,
  );
  return row?.n ?? Number.NaN;
}

describe('the ids of readings', () => {
  it('follow one another in the order assignment, parameter, day, slot, and fit the block of a batch', async () => {
    const assignment = await most('schedule_container', 'assignment_no');
    const parameter = await most('parameter', 'parameter_no');
    const day = (await most('schedule_batch', 'life_days')) - 1;
    const slot = await most('reading_hour', 'slot');
    expect(await readingNo(0, 0, 0, 0)).toBe(0);
    expect(await readingNo(0, 0, 1, 0)).toBe((await readingNo(0, 0, 0, slot)) + 1);
    expect(await readingNo(0, 1, 0, 0)).toBe((await readingNo(0, 0, day, slot)) + 1);
    expect(await readingNo(1, 0, 0, 0)).toBe((await readingNo(0, parameter, day, slot)) + 1);
    const [row] = await rowsOf<{ block: string; application: string }>(
      database.url,
      `select aquaseed.id_block(t) as block, aquaseed.application_id(t) as application
       from (values ('environmental_environmentalreading')) v(t)`,
    );
    expect(await readingNo(assignment, parameter, day, slot)).toBeLessThan(Number(row?.block));
    // Beyond the ids of batches those of the application begin.
    expect(await most('schedule_batch', 'batch_no')).toBe(Number(row?.application) / Number(row?.block) - 1);
  });

  it('of all tables are whole numbers that JavaScript counts exactly', async () => {
    const [row] = await rowsOf<{ highest: string }>(
      database.url,
      'select max(2 * aquaseed.application_id(g.table_name)) as highest from aquaseed.generated_table g',
    );
    expect(Number(row?.highest)).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });

  it('have room for as many parameters as the configuration may name, and harvest lots for as many grades', async () => {
    expect(await most('parameter', 'parameter_no')).toBe(MOST_PARAMETERS - 1);
    expect(await most('grade', 'grade_no')).toBe(MOST_GRADES);
  });
});

it('do not change beneath a run of an earlier version', async () => {
  const [file = ''] = readdirSync(path.join(SQL_DIR, 'migrations')).filter((it) =>
    it.endsWith('_reading_ids.sql'),
  );
  const migration = readFileSync(path.join(SQL_DIR, 'migrations', file), 'utf8');
  await withClient(database.url, async (client) => {
    await client.query('begin');
    await client.query(
      `insert into aquaseed.run (run_id, state, seed, as_of, schedule_name, schedule_digest, config_digest, tool_version,
                                 server_version, started_at)
       values (1, 'running', 1, '2025-01-01', '', '', '', '', '', now())`,
    );
    await expect(client.query(migration)).rejects.toThrow(
      /holds a run, whose readings are numbered by an earlier version/,
    );
    await client.query('rollback');
  });
});
