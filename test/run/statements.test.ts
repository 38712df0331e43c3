import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../src/driver/stages/stage.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT } from '../support/generated.ts';
import { migratedDatabase, rowsOf, withClient } from './support.ts';

const SOURCE = readFileSync(
  fileURLToPath(new URL('../../src/driver/statements.ts', import.meta.url)),
  'utf8',
);

/** The text of every statement, as in the source. */
const TEMPLATES = [...SOURCE.matchAll(/`(\s*select\b[^`]*)`/g)].map((match) => match[1] ?? '');

/** Every call of a function of ours: its name and the names of the values it is given, such as `run.asOf`. */
const CALLS = TEMPLATES.flatMap((text) =>
  [...text.matchAll(/\baquaseed\.(\w+)\(([^)]*)\)/g)].map(([, name = '', list = '']) => ({
    name,
    values: [...list.matchAll(/\$\{([\w.]+)\}/g)].map((it) => it[1] ?? ''),
  })),
);

/** Arguments that the driver calls something else, for good reason. */
const OTHER_NAMES: Record<string, string> = { 'run_check name': 'p_function' };

/** `p_as_of` and `run.asOf` alike: `asof`. */
function plain(name: string): string {
  return name
    .replace(/^p_|^.*\./, '')
    .replaceAll('_', '')
    .toLowerCase();
}

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

describe('the statements of the driver', () => {
  it('call functions that are there, with their arguments in their order', async () => {
    const found = await rowsOf<{ name: string; arguments: string[] }>(
      database.url,
      `select proname as name, coalesce((proargnames)[1:pronargs], '{}') as arguments from pg_proc
       where pronamespace = 'aquaseed'::regnamespace`,
    );
    expect(CALLS.map((it) => it.name)).toContain('work_next');
    expect(CALLS.length).toBeGreaterThan(8);
    for (const { name, values } of CALLS) {
      const functions = found.filter((it) => it.name === name);
      expect(functions, `one function ${name}`).toHaveLength(1);
      const names = functions[0]?.arguments ?? [];
      expect(names, `arguments of ${name}`).toHaveLength(values.length);
      for (const [index, value] of values.entries()) {
        expect(plain(names[index] ?? ''), `argument ${index + 1} of ${name}`).toMatch(
          plain(OTHER_NAMES[`${name} ${value}`] ?? value),
        );
      }
    }
  });

  it('are all understood by the server', async () => {
    expect(TEMPLATES.length).toBeGreaterThan(12);
    await withClient(database.url, async (client) => {
      for (const [index, template] of TEMPLATES.entries()) {
        let n = 0;
        const text = template.replaceAll(/\$\{[^}]*\}/g, () => `$${++n}`);
        await client.query(`prepare s${index} as ${text}`).catch((error: Error) => {
          throw new Error(`${error.message} in:\n${text}`);
        });
      }
    });
  });
});

describe('the stages', () => {
  it('are in one order for the driver and for psql', async () => {
    const [row] = await rowsOf<{ stages: string[] }>(
      database.url,
      'select aquaseed.list_run_stages() as stages',
    );
    expect(row?.stages).toEqual([...STAGES]);
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
});
