import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { install } from '../../src/driver/database/install.ts';
import { mustRun, runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generateArguments, generatedDatabase } from '../support/generated.ts';
import { type Digests, digestsOf, migratedDatabase, rowsOf, withClient } from '../support/run.ts';

/** A digest of everything in a database: tables of both schemas. */
async function everything(url: string): Promise<unknown> {
  const ledger = await rowsOf(
    url,
    `select (select md5(string_agg(s::text, ',' order by s.stage, s.phase, s.unit)) from aquaseed.run_step s) as steps,
            (select md5(string_agg(r::text, ',')) from aquaseed.run r) as runs,
            (select count(*)::int from aquaseed.assignment_day) as truth,
            (select count(*)::int from pg_class where relnamespace = 'public'::regnamespace) as relations`,
  );
  return [ledger, (await digestsOf(url)).digest];
}

/** A record of the application, in no batch's range of ids. */
const RECORD = `insert into health_mortalityrecord (id, event_date, count, notes, batch_id, reason_id)
  select 1, now(), 1, 'mine', min(b.id), (select min(id) from health_mortalityreason) from batch_batch b`;

describe('wipe', () => {
  let database: TestDatabase;
  let undisturbed: Digests;
  let masterData: Digests;
  beforeAll(async () => {
    const migrated = await migratedDatabase();
    masterData = await digestsOf(migrated.url);
    await migrated.drop();
    database = await generatedDatabase();
    undisturbed = await digestsOf(database.url);
  }, GENERATION_TIMEOUT);
  afterAll(() => database.drop());

  const wipe = (...more: string[]) => runCli(['wipe', '--database-url', database.url, ...more]);

  it.each<[what: string, change: string, undo: string, args: string[], code: number, message: RegExp]>([
    ['without the word', 'select 1', 'select 1', [], 2, /--confirm DELETE/],
    ['with another word', 'select 1', 'select 1', ['--confirm', 'delete'], 2, /DELETE, in capitals/],
    [
      "with another row among the run's",
      `insert into inventory_feedpurchase (id, purchase_date, quantity_kg, cost_per_kg, supplier, created_at, updated_at, feed_id, notes, batch_number)
       select 1, current_date, 1, 1, 'me', now(), now(), min(f.id), '', '' from inventory_feed f`,
      'delete from inventory_feedpurchase where id = 1',
      ['--confirm', 'DELETE'],
      3,
      /rows that no run made: inventory_feedpurchase \(1\): nothing was deleted/,
    ],
    [
      'with rows of the application in a partitioned table',
      `insert into batch_mortalityevent
       select (jsonb_populate_record(null::batch_mortalityevent, to_jsonb(m)
               || jsonb_build_object('id', nextval('batch_mortalityevent_id_seq')))).*
       from batch_mortalityevent m order by m.id limit 1`,
      'delete from batch_mortalityevent where id = (select max(id) from batch_mortalityevent)',
      ['--confirm', 'DELETE'],
      3,
      /rows that no run made: batch_mortalityevent \(1\)/,
    ],
    [
      'with rows that refer to generated ones',
      RECORD,
      'delete from health_mortalityrecord where id = 1',
      ['--confirm', 'DELETE'],
      3,
      /rows that no run made: health_mortalityrecord \(1\)/,
    ],
    [
      'under another name',
      `update aquaseed.ownership set database_name = 'production'`,
      'update aquaseed.ownership set database_name = current_database()',
      ['--confirm', 'DELETE'],
      3,
      /was made by aquaseed as "production", so it is a copy or was renamed/,
    ],
    [
      'without the marker',
      'alter table aquaseed.ownership rename to hidden',
      'alter table aquaseed.hidden rename to ownership',
      ['--confirm', 'DELETE'],
      3,
      /is not empty and was not made by aquaseed/,
    ],
  ])('refuses %s, and changes nothing', async (_, change, undo, args, code, message) => {
    await rowsOf(database.url, change);
    const before = await everything(database.url);
    const refused = await wipe(...args);
    expect(refused.stderr).toMatch(message);
    expect(refused.code).toBe(code);
    expect(await everything(database.url)).toEqual(before);
    await rowsOf(database.url, undo);
    expect((await digestsOf(database.url)).digest).toBe(undisturbed.digest);
  });

  it('while somebody generates leaves with 4', async () => {
    await withClient(database.url, async (client) => {
      await client.query('select pg_advisory_lock(aquaseed._run_lock())');
      expect((await wipe('--confirm', 'DELETE')).code).toBe(4);
    });
  });

  it('deletes what the run made, keeps the rest, and a new run makes the same rows', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const { json, stderr } = await mustRun([
      'wipe',
      '--database-url',
      database.url,
      '--confirm',
      'DELETE',
      '--json',
    ]);
    expect(stderr).toMatch(/^ {2}environmental_environmentalreading +[\d,]+$/m);
    const { rows } = json() as { rows: Record<string, number> };
    for (const [table, n] of Object.entries(rows)) expect(n).toBe(undisturbed.tables[table]?.rows);
    expect(await digestsOf(database.url)).toEqual(masterData);
    await mustRun(generateArguments(database.url, { workers: 2 }));
    expect(await digestsOf(database.url)).toEqual(undisturbed);
  });

  it('deletes an unfinished run too', { timeout: GENERATION_TIMEOUT }, async () => {
    const other = await migratedDatabase();
    try {
      await rowsOf(
        other.url,
        `create function barrier.break_it() returns trigger language plpgsql as $$ begin raise exception 'leak'; end $$;
         create trigger break_it before insert on public.batch_batch for each row
           when (new.id = 1) execute function barrier.break_it()`,
      );
      const failed = await runCli(generateArguments(other.url, { asOf: '2024-01-10', workers: 2 }));
      expect(failed.code).toBe(1);
      await mustRun(['wipe', '--database-url', other.url, '--confirm', 'DELETE']);
      expect(await digestsOf(other.url)).toEqual(masterData);
      const [left] = await rowsOf(
        other.url,
        `select count(*)::int as n from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname ~ '_(s\\d{3}|app)$'`,
      );
      expect(left).toEqual({ n: 0 });
    } finally {
      await other.drop();
    }
  });

  it('leaves a table of others in its own schema', { timeout: GENERATION_TIMEOUT }, async () => {
    const other = await generatedDatabase();
    try {
      await rowsOf(other.url, 'create table aquaseed.mine as select 1 as one');
      await mustRun(['wipe', '--database-url', other.url, '--confirm', 'DELETE']);
      expect(await rowsOf(other.url, 'select one from aquaseed.mine')).toEqual([{ one: 1 }]);
    } finally {
      await other.drop();
    }
  });

  it('empties no table that the migrations fill', async () => {
    const installed = await createTestDatabase();
    try {
      await withClient(installed.url, (client) => install(client));
      const emptied = await rowsOf<{ name: string }>(
        installed.url,
        'select table_name as name from aquaseed._generator_tables()',
      );
      expect(emptied.length).toBeGreaterThan(20);
      for (const { name } of emptied) {
        expect(await rowsOf(installed.url, `select '${name}' from aquaseed.${name} limit 1`)).toEqual([]);
      }
      // A new table is either emptied, or one of these on purpose.
      const kept = await rowsOf<{ name: string }>(
        installed.url,
        `select c.relname as name from pg_class c
         where c.relnamespace = 'aquaseed'::regnamespace and c.relkind in ('r', 'p')
           and c.relname not in (select g.table_name from aquaseed._generator_tables() g)
         order by 1`,
      );
      expect(kept.map((it) => it.name)).toEqual([
        'adopted_key',
        'adopted_sequence',
        'allowed_value',
        'check_bound',
        'column_value',
        'generated_table',
        'loaded_row',
        'master_row',
        'migrations',
        'ownership',
      ]);
    } finally {
      await installed.drop();
    }
  });
});

describe('generate', () => {
  it.each<[what: string, change: string, message: RegExp]>([
    [
      'rows that no run made',
      `insert into inventory_feedpurchase (id, purchase_date, quantity_kg, cost_per_kg, supplier, created_at, updated_at, feed_id, notes, batch_number)
       select 1, current_date, 1, 1, 'me', now(), now(), min(f.id), '', '' from inventory_feed f`,
      /there are rows that no run made: inventory_feedpurchase \(1\)/,
    ],
    [
      'another name in its marker',
      `update aquaseed.ownership set database_name = 'production'`,
      /was made by aquaseed as "production"/,
    ],
    ['no marker', 'drop table aquaseed.ownership', /is not empty and was not made by aquaseed/],
  ])('refuses a database with %s, and changes nothing', async (_, change, message) => {
    const database = await migratedDatabase();
    try {
      await rowsOf(database.url, change);
      const before = await everything(database.url);
      const refused = await runCli(generateArguments(database.url));
      expect(refused.stderr).toMatch(message);
      expect(refused.stderr).toMatch(/^error: [^\n]+\n[^\n]+\n$/m);
      expect(refused.code).toBe(3);
      expect(await everything(database.url)).toEqual(before);
    } finally {
      await database.drop();
    }
  });

  it('writes to a copy that is named', async () => {
    const database = await migratedDatabase();
    try {
      await rowsOf(database.url, `update aquaseed.ownership set database_name = 'production'`);
      await mustRun([
        ...generateArguments(database.url, { asOf: '2023-06-20' }),
        '--database',
        database.name,
      ]);
    } finally {
      await database.drop();
    }
  });
});
