import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../src/driver/stages/work.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT } from '../support/generated.ts';
import { migratedDatabase, rowsOf, withClient } from '../support/run.ts';

const ROOM = fileURLToPath(new URL('../../src/driver/statements/', import.meta.url));

/** The text of every query, as in the source. What is put together from parts has its parts in braces. */
const TEMPLATES = readdirSync(ROOM).flatMap((file) =>
  [...readFileSync(ROOM + file, 'utf8').matchAll(/`(\s*(?:select|with|update)\b[^`]*)`/g)].map(
    (match) => match[1] ?? '',
  ),
);

/** Every call of a function of ours: its name and the names of its arguments. */
const CALLS = TEMPLATES.flatMap((text) =>
  [...text.matchAll(/\baquaseed\.(\w+)\(((?:[^()]|\([^()]*\))*)\)/g)].map(([, name = '', list = '']) => ({
    name,
    values: list.trim() === '' ? 0 : list.split(',').length,
    names: [...list.matchAll(/\b(p_\w+) =>/g)].map((it) => it[1] ?? ''),
  })),
);

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

describe('the statements of the driver', () => {
  it('call functions that are there, with all their arguments by name', async () => {
    const found = await rowsOf<{ name: string; arguments: string[] }>(
      database.url,
      `select proname as name, coalesce((proargnames)[1:pronargs], '{}') as arguments from pg_proc
       where pronamespace = 'aquaseed'::regnamespace`,
    );
    expect(CALLS.map((it) => it.name)).toContain('work_next');
    expect(CALLS.length).toBeGreaterThan(30);
    for (const { name, names, values } of CALLS) {
      const functions = found.filter((it) => it.name === name);
      expect(functions, `one function ${name}`).toHaveLength(1);
      expect(names, `names of all arguments of ${name}`).toHaveLength(values);
      expect([...names].sort(), `arguments of ${name}`).toEqual([...(functions[0]?.arguments ?? [])].sort());
    }
  });

  it('are all understood by the server', async () => {
    expect(TEMPLATES.length).toBeGreaterThan(50);
    await withClient(database.url, async (client) => {
      for (const [index, template] of TEMPLATES.entries()) {
        const numbers = [...template.matchAll(/\$(\d+)/g)].map((it) => Number(it[1]));
        let n = Math.max(0, ...numbers);
        // A name that is put in is that of some table, anything else a value.
        const text = template
          .replaceAll(/\$\{[^}]*[iI]dentifier\([^}]*\}/g, 'batch_batch')
          .replaceAll(/\$\{[^}]*\}/g, () => `$${++n}`);
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
