import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAquamindDatabase } from '../support/aquamind-database.ts';
import { mustRun, runCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  advanceArguments,
  GENERATION_TIMEOUT,
  generateArguments,
  generatedDatabase,
  tinyFarm,
} from '../support/generated.ts';
import { digestsByName, rowsOf, withClient } from '../support/run.ts';
import { dumpSchema } from '../support/schema-dump.ts';

/** Every row of AquaMind's tables, and where its sequences stand. */
async function contents(url: string): Promise<unknown> {
  const tables = await rowsOf<{ name: string }>(
    url,
    `select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  // In one session: a server has few for as many tables.
  const rows = await withClient(url, async (client) => {
    const all: unknown[] = [];
    for (const { name } of tables) {
      const digest = 'sum(hashtextextended(t::text, 0))::text as digest';
      const table = await client.query(
        `select $1 as name, count(*)::int as rows, ${digest} from public.${name} t`,
        [name],
      );
      all.push(...table.rows);
    }
    return all;
  });
  const sequences = await rowsOf(
    url,
    `select sequencename, last_value::text from pg_sequences where schemaname = 'public' order by 1`,
  );
  return { rows, sequences };
}

const schemaOf = (url: string) => withClient(url, (client) => dumpSchema(client));

describe.each<[string, string[]]>([
  ['partitioned', []],
  ['plain', ['--plain']],
])('an adopted database, %s,', (mode, more) => {
  let database: TestDatabase;
  let before: unknown;
  let schema: string;

  /** The migrate command on this database, by its name. */
  const migrate = (...words: string[]) => [
    'migrate',
    ...words,
    '--database-url',
    database.url,
    '--database',
    database.name,
  ];

  beforeAll(async () => {
    database = await createAquamindDatabase('b52e1ab', { bootstrap: true });
    before = await contents(database.url);
    schema = await schemaOf(database.url);
    const adopt = ['--adopt', ...more, '--database', database.name];
    await mustRun([...generateArguments(database.url, { workers: 2, asOf: '2025-03-31' }), ...adopt]);
  }, GENERATION_TIMEOUT);
  afterAll(() => database.drop());

  it('has the rows of one of our own, once moved to a later day', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const farm = tinyFarm();
    for (const to of ['2025-04-02', farm.schedule.metadata.as_of]) {
      await mustRun(advanceArguments(database, farm, to, farm.file));
    }
    const own = await generatedDatabase();
    const digests = await Promise.all([own, database].map((it) => digestsByName(it.url)));
    expect(digests[1]).toEqual(digests[0]);
    await own.drop();
  });

  it('is not given back with a run in it', async () => {
    const { code, stderr } = await runCli(migrate('--unadopt'));
    expect(stderr).toMatch(/holds a run/);
    expect(code).toBe(3);
  });

  it('stays adopted in its way', async () => {
    const other = mode === 'plain' ? [] : ['--plain'];
    const { code, stderr } = await runCli(migrate('--adopt', ...other));
    expect(stderr).toMatch(/was adopted (plain|partitioned) before/);
    expect(code).toBe(3);
  });

  it('keeps what was changed by hand, and refuses to wipe it', async () => {
    await rowsOf(
      database.url,
      `update public.inventory_feed set brand = 'Mine' where id = (select min(m.id) from aquaseed.master_row m where m.table_name = 'inventory_feed')`,
    );
    const { code, stderr } = await runCli(['wipe', '--database-url', database.url, '--confirm', 'DELETE']);
    expect(stderr).toMatch(/changed since: inventory_feed \(1\)/);
    expect(code).toBe(3);
    await rowsOf(
      database.url,
      `update public.inventory_feed f set brand = g.brand from public.inventory_feed g
       where f.brand = 'Mine' and g.id = (select max(m.id) from aquaseed.master_row m where m.table_name = 'inventory_feed')`,
    );
  });

  it('is what it was, once wiped and given back', { timeout: GENERATION_TIMEOUT }, async () => {
    // As a login does; the row stays ours.
    await rowsOf(database.url, `select aquaseed.set_login('manager_01', 'pbkdf2_sha256$1$a$b')`);
    await mustRun(['wipe', '--database-url', database.url, '--confirm', 'DELETE']);
    expect(await contents(database.url)).toEqual(
      mode === 'plain' ? before : { ...(before as object), sequences: expect.anything() },
    );
    await mustRun(migrate('--unadopt'));
    expect(await contents(database.url)).toEqual(before);
    expect(await schemaOf(database.url)).toEqual(schema);
    expect(await rowsOf(database.url, `select to_regnamespace('aquaseed') is null as gone`)).toEqual([
      { gone: true },
    ]);
  });
});
