import { readdirSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readProjectFile, type SchemaDatabase, servers } from '../support/schema.ts';

let database: SchemaDatabase | null | undefined;
let client: pg.Client;

beforeAll(async () => {
  database = await servers[0]?.open();
  if (!database) throw new Error('no test server');
  client = database.client;
});
afterAll(() => database?.close());

/** Table and key columns of every call of _insert_missing that names both. */
function keysOfLoad(): Map<string, string> {
  const keys = new Map<string, string>();
  const folder = 'sql/functions/load';
  for (const file of readdirSync(folder).filter((it) => it.endsWith('.sql'))) {
    const text = readProjectFile(`${folder}/${file}`);
    let table = '';
    for (const [, assigned, first, columns, catalogue, ofCatalogue] of text.matchAll(
      /table_name := '(\w+)'|_insert_missing\(\s*(table_name|'\w+'),\s*'\w+',\s*'(\{[\w,]+\})'|\(\d+, '(\w+)', '\w+', '(\{[\w,]+\})'/g,
    )) {
      if (assigned !== undefined) table = assigned;
      else if (catalogue !== undefined) keys.set(catalogue, ofCatalogue ?? '');
      else keys.set(first === 'table_name' ? table : (first ?? '').replaceAll("'", ''), columns ?? '');
    }
  }
  return keys;
}

it('are those by which load looks for rows', async () => {
  const { rows } = await client.query<{ table_name: string; key: string }>(
    `select table_name, key_columns::text as key from aquaseed._natural_keys()`,
  );
  const loaded = keysOfLoad();
  expect(rows.length).toBeGreaterThan(20);
  for (const { table_name, key } of rows) expect(loaded.get(table_name), table_name).toBe(key);
});

it('are known of every table outside of it that a run refers to', async () => {
  const { rows } = await client.query(`
    select distinct k.confrelid::regclass::text as target
    from pg_constraint k
    join aquaseed.checksum_by_name_tables() t on to_regclass(format('public.%I', t.table_name)) = k.conrelid
    where k.contype = 'f'
      and k.confrelid not in (
        select to_regclass(format('public.%I', x.table_name)) from aquaseed.checksum_by_name_tables() x
        union all select to_regclass(format('public.%I', x.table_name)) from aquaseed._natural_keys() x
      )`);
  expect(rows).toEqual([]);
});
