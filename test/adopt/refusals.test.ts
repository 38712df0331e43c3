import path from 'node:path';
import type pg from 'pg';
import { migrate } from 'postgres-migrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SQL_DIR } from '../../src/driver/database/function-files.ts';
import { checkDatabase } from '../../src/driver/database/install.ts';
import { createSchema, placeObjectsIn } from '../../src/driver/statements/install.ts';
import { digestOfAll } from '../support/adopted.ts';
import type { AquamindOptions } from '../support/aquamind.ts';
import { createAquamindDatabase } from '../support/aquamind-database.ts';
import type { AquamindCommit } from '../support/aquamind-facts.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { generateArguments, tinyFarm } from '../support/generated.ts';
import { rowsOf, withClient } from '../support/run.ts';

const TIMEOUT = 180_000;

async function using<T>(
  made: Promise<TestDatabase>,
  work: (database: TestDatabase) => Promise<T>,
): Promise<T> {
  const database = await made;
  try {
    return await work(database);
  } finally {
    await database.drop();
  }
}

const adopt = (url: string, name: string): Promise<CliResult> =>
  runCli([...generateArguments(url), '--adopt', '--database', name]);

const migrateCommand = (url: string, ...more: string[]): Promise<CliResult> =>
  runCli(['migrate', '--database-url', url, '--config', tinyFarm().config, ...more]);

const all = (url: string): Promise<unknown> => withClient(url, digestOfAll);

const isAdopted = async (url: string): Promise<unknown[]> =>
  rowsOf(url, 'select adopted, adopted_at is not null as done from aquaseed.ownership');

describe('a database of AquaMind that cannot be taken is left as it is', () => {
  it.each<[string, AquamindCommit, AquamindOptions, string, RegExp[]]>([
    [
      'with everything in the way at once',
      'b52e1ab',
      { operationalRows: true, hypertable: true, unknownColumn: 'health_licecount' },
      `create view public.somebodys_view as select id, notes from public.batch_growthsample;
       create function public.nothing() returns trigger language plpgsql as 'begin return new; end';
       create trigger somebodys_trigger before insert on public.batch_mortalityevent
         for each row execute function public.nothing();
       drop table public.harvest_harvestwaste cascade`,
      [
        /table environmental_environmentalreading is a hypertable of TimescaleDB/,
        /column health_licecount\.unforeseen is not known, NOT NULL and without a default/,
        /table batch_batch holds 1 rows that no run made/,
        /table batch_mortalityevent holds 1 rows that no run made/,
        /table batch_growthsample cannot be partitioned: view public\.somebodys_view/,
        /table batch_mortalityevent cannot be partitioned: .*trigger somebodys_trigger/,
        /there is no table harvest_harvestwaste/,
      ],
    ],
    [
      'where a column of the newest commit lacks its value',
      'newest',
      { unknownColumn: 'batch_batch' },
      `alter table public.infrastructure_sensor drop column serial_number`,
      [
        /column batch_batch\.unforeseen is not known/,
        /column infrastructure_sensor\.serial_number is missing/,
      ],
    ],
  ])('%s', { timeout: TIMEOUT }, async (_, commit, options, changes, reasons) => {
    await using(createAquamindDatabase(commit, options), async ({ url, name }) => {
      await rowsOf(url, changes);
      const before = await all(url);
      const { code, stderr } = await adopt(url, name);
      expect(code, stderr).toBe(3);
      for (const reason of reasons) expect(stderr).toMatch(reason);
      expect(stderr).toMatch(/nothing was written/);
      expect(await all(url)).toEqual(before);
    });
  });

  it('with another name, or by a role that owns nothing', { timeout: TIMEOUT }, async () => {
    await using(createAquamindDatabase('b52e1ab'), async ({ url, name }) => {
      const role = `stranger_${name.slice(-8)}`;
      await rowsOf(url, `create role ${role} login password 'secret'`);
      try {
        // All that the driver wants to know of a role before it looks at the tables.
        await rowsOf(
          url,
          `create extension if not exists btree_gist; grant create on database ${name} to ${role}`,
        );
        const before = await all(url);
        const wrong = await adopt(url, 'another');
        expect(wrong.code, wrong.stderr).toBe(3);

        const asStranger = new URL(url);
        asStranger.username = role;
        asStranger.password = 'secret';
        const { code, stderr } = await adopt(asStranger.toString(), name);
        expect(code, stderr).toBe(3);
        expect(stderr).toMatch(/table batch_batch belongs to/);
        expect(stderr).toMatch(/may not create tables in schema public/);

        // Without --adopt it is somebody's database.
        const plain = await runCli(generateArguments(url));
        expect(plain.code, plain.stderr).toBe(3);
        expect(plain.stderr).toMatch(/--adopt --database/);
        expect(await all(url)).toEqual(before);
      } finally {
        await rowsOf(url, `drop owned by ${role}; drop role ${role}`);
      }
    });
  });
});

describe('adopting', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createAquamindDatabase('b52e1ab');
  });
  afterAll(() => database.drop());

  it('goes on where it was killed, only on request, and twice is harmless', {
    timeout: TIMEOUT,
  }, async () => {
    const { url, name } = database;
    // As install does it, up to the functions.
    await withClient(url, async (client) => {
      await checkDatabase(client as pg.Client, name, { mode: 'partitioned', columns: {} });
      await createSchema(client);
      await placeObjectsIn(client, 'aquaseed');
      await migrate({ client }, path.join(SQL_DIR, 'migrations'));
    });
    const refused = await migrateCommand(url);
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toMatch(/--adopt/);

    const done = await migrateCommand(url, '--adopt', '--database', name);
    expect(done.code, done.stderr).toBe(0);
    expect(await isAdopted(url)).toEqual([{ adopted: 'partitioned', done: true }]);
    const tables = `select oid::int, relname from pg_class where relnamespace = 'public'::regnamespace order by 1`;
    const before = await rowsOf(url, tables);
    for (const more of [['--adopt', '--database', name], []]) {
      const again = await migrateCommand(url, ...more);
      expect(again.code, again.stderr).toBe(0);
      expect(await rowsOf(url, tables)).toEqual(before);
    }
    expect(await isAdopted(url)).toEqual([{ adopted: 'partitioned', done: true }]);
  });

  it('is for databases that AquaMind made', { timeout: TIMEOUT }, async () => {
    await using(createTestDatabase(), async ({ url, name }) => {
      const empty = await migrateCommand(url, '--adopt', '--database', name);
      expect(empty.code, empty.stderr).toBe(3);
      expect((await migrateCommand(url)).code).toBe(0);
      const before = await all(url);
      const refused = await migrateCommand(url, '--adopt', '--database', name);
      expect(refused.code, refused.stderr).toBe(3);
      expect(refused.stderr).toMatch(/our own|was not made by AquaMind/);
      expect(await all(url)).toEqual(before);
    });
  });
});
