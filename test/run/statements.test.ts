import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT } from '../support/generated.ts';
import { migratedDatabase, rowsOf, withClient } from './support.ts';

const SOURCE = readFileSync(
  fileURLToPath(new URL('../../src/driver/statements.ts', import.meta.url)),
  'utf8',
);

/** The functions that the driver calls, with the arguments it gives them, in order. */
const CALLS: Record<string, string[]> = {
  checksum_table: ['p_table'],
  checksum_tables: [],
  create_run: [
    'p_seed',
    'p_as_of',
    'p_schedule',
    'p_schedule_name',
    'p_schedule_digest',
    'p_config_digest',
    'p_tool_version',
  ],
  finish_run: ['p_run_id'],
  generated_rows: ['p_run_id'],
  load_configuration: ['p_farm', 'p_master', 'p_biology', 'p_climate'],
  note_seconds: ['p_run_id', 'p_stage', 'p_seconds'],
  resume_run: ['p_run_id'],
  work_next: ['p_run_id', 'p_stage', 'p_worker', 'p_workers'],
};

/** The text of every statement, its values as $1, $2 and so on. */
const STATEMENTS = [...SOURCE.matchAll(/`(\s*select\b[^`]*)`/g)].map((match) => {
  let n = 0;
  return (match[1] ?? '').replaceAll(/\$\{[^}]*\}/g, () => `$${++n}`);
});

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

describe('the statements of the driver', () => {
  it('call these functions with so many arguments', () => {
    const called = STATEMENTS.flatMap((text) =>
      [...text.matchAll(/\baquaseed\.(\w+)\(([^)]*)\)/g)].map(([, name = '', list = '']) => [
        name,
        list.trim() === '' ? 0 : list.split(',').length,
      ]),
    );
    const expected = Object.entries(CALLS).map(([name, list]) => [name, list.length]);
    expect(called.sort()).toEqual(expected.sort());
  });

  it('call functions that are there, once each, with arguments of these names', async () => {
    const found = await rowsOf<{ name: string; arguments: string[] }>(
      database.url,
      `select proname as name, coalesce((proargnames)[1:pronargs], '{}') as arguments from pg_proc
       where pronamespace = 'aquaseed'::regnamespace and proname = any($1) order by proname collate "C"`,
      [Object.keys(CALLS)],
    );
    expect(found).toEqual(Object.entries(CALLS).map(([name, list]) => ({ name, arguments: list })));
  });

  it('are all understood by the server', async () => {
    expect(STATEMENTS.length).toBeGreaterThan(12);
    await withClient(database.url, async (client) => {
      for (const [index, text] of STATEMENTS.entries()) {
        await client.query(`prepare s${index} as ${text}`).catch((error: Error) => {
          throw new Error(`${error.message} in:\n${text}`);
        });
      }
    });
  });
});

describe('the functions of schema aquaseed', () => {
  it('all have a comment, the manual of \\df+', async () => {
    const functions = await rowsOf<{ name: string; comment: string | null }>(
      database.url,
      `select p.oid::regprocedure::text as name, obj_description(p.oid, 'pg_proc') as comment from pg_proc p
       where p.pronamespace = 'aquaseed'::regnamespace
         and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
    );
    expect(functions.length).toBeGreaterThan(50);
    expect(functions.filter((it) => !it.comment).map((it) => it.name)).toEqual([]);
  });

  it('set their own search_path where they are more than an expression', async () => {
    const loose = await rowsOf(
      database.url,
      `select p.oid::regprocedure::text as name from pg_proc p join pg_language l on l.oid = p.prolang
       where p.pronamespace = 'aquaseed'::regnamespace and p.prosqlbody is null and l.lanname in ('sql', 'plpgsql')
         and not coalesce(p.proconfig, '{}') && array['search_path=""', 'search_path=']`,
    );
    expect(loose).toEqual([]);
  });
});
