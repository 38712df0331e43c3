import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { runCli, startCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, scratchDirectory, youngFarm } from '../support/generated.ts';
import { digestsOf, rowsOf, withClient } from '../support/run.ts';

/** The nightly rebuild, of the first weeks of a small farm. */

const FIRST = '2023-07-01';
const SECOND = '2023-07-20';

/** The configuration of the young farm, with one check that passes or fails. */
function configWith(pass: boolean): string {
  const directory = path.join(scratchDirectory(), 'config');
  cpSync(youngFarm().config, directory, { recursive: true });
  const conflicts = {
    id: '61',
    group: 'conflicts',
    name: 'Conflicts',
    low: pass ? 0 : 5,
    high: pass ? 0 : 9,
  };
  writeFileSync(path.join(directory, 'checks.yaml'), stringify({ schema_version: 1, checks: [conflicts] }));
  return directory;
}

let live: TestDatabase;
let next: string;
let previous: string;
let passing: string;
const urlOf = (name: string): string => {
  const url = new URL(live.url);
  url.pathname = `/${name}`;
  return url.toString();
};
const maintained = (text: string): Promise<Record<string, unknown>[]> => rowsOf(urlOf('postgres'), text);

beforeAll(async () => {
  live = await createTestDatabase();
  next = `${live.name}_next`;
  previous = `${live.name}_previous`;
  passing = configWith(true);
});
afterAll(async () => {
  await live.drop();
  for (const name of [next, previous, `${previous}_2`, `${previous}_3`]) {
    await maintained(`drop database if exists ${name} with (force)`);
  }
  await maintained(`drop role if exists ${live.name}_reader`);
});

const refreshArguments = (asOf: string, ...more: string[]): string[] => [
  'refresh',
  youngFarm().file,
  '--database-url',
  live.url,
  '--as-of',
  asOf,
  '--workers',
  '2',
  ...more,
];
const refresh = (asOf: string, ...more: string[]) =>
  runCli(refreshArguments(asOf, '--config', passing, ...more));

/** What somebody who connects now sees; undefined when nobody can connect at this moment. */
async function look(): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: live.url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ seen: string }>(
      `select concat_ws(' ', r.state, r.as_of,
         (select md5(string_agg(x::text, ',' order by x.id)) from public.environmental_environmentalreading x),
         (select count(*) from public.inventory_feedcontainerstock)) as seen from aquaseed.run r`,
    );
    return rows[0]?.seen ?? 'no run';
  } catch (error) {
    // Being ended, or the name being taken at this moment; a table that is missing would be neither.
    if (!/^(57P01|3D000|55006)$/.test((error as { code?: string }).code ?? '')) {
      if (!/terminated/.test((error as Error).message)) throw error;
    }
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const databases = async (): Promise<unknown[]> =>
  (
    await maintained(
      `select datname::text as name from pg_database where starts_with(datname, '${live.name}') order by 1`,
    )
  ).map((it) => it.name);

describe.sequential('refresh', () => {
  let first: string | undefined;

  it('fills an empty database', { timeout: GENERATION_TIMEOUT }, async () => {
    const { code, stderr, json } = await refresh(FIRST, '--json');
    expect(code, stderr).toBe(0);
    expect(json()).toMatchObject({
      state: 'done',
      as_of: FIRST,
      previous: null,
      failed_checks: 0,
      dropped: [],
    });
    expect(await databases()).toEqual([live.name]);
    first = await look();
    expect(first).toContain(`done ${FIRST}`);
  });

  it('shows a client that looks all the time the old state or the new one, and keeps grants and the old database', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await maintained(`create role ${live.name}_reader`);
    await rowsOf(
      live.url,
      `grant select on public.batch_batch to ${live.name}_reader; grant usage on schema public to ${live.name}_reader;
       alter database ${live.name} set application_name to 'kept'; create table public.notes (id int);
       grant select on public.notes to ${live.name}_reader`,
    );
    const before = await digestsOf(live.url);
    // A session that stays on the live database is ended by the swap.
    const idle = new pg.Client({ connectionString: live.url });
    let ended = false;
    idle.on('error', () => {
      ended = true;
    });
    await idle.connect();
    // The new one will not have the table of notes.
    const refused = await refresh(SECOND);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('table public.notes');
    expect(await databases()).toEqual([live.name]);
    const command = startCli(refreshArguments(SECOND, '--config', passing, '--drop-foreign'));
    let running = true;
    void command.result.then(() => {
      running = false;
    });
    const seen: (string | undefined)[] = [];
    while (running) {
      seen.push(await look());
      await sleep(50);
    }
    const { code, stderr } = await command.result;
    expect(code, stderr).toBe(0);
    const after = await look();
    expect(after).toContain(`done ${SECOND}`);
    const states = seen.filter((it) => it !== undefined);
    expect(states.length).toBeGreaterThan(5);
    // First the old state, then the new one, never anything else.
    const changed = states.findIndex((it) => it !== first);
    expect(new Set(states.slice(0, changed === -1 ? undefined : changed))).toEqual(new Set([first]));
    if (changed !== -1) expect(new Set(states.slice(changed))).toEqual(new Set([after]));
    expect(ended).toBe(true);
    expect(await databases()).toEqual([live.name, previous]);
    expect(await digestsOf(urlOf(previous))).toEqual(before);
    const [grants] = await rowsOf(
      live.url,
      `select has_table_privilege('${live.name}_reader', 'public.batch_batch', 'select') as may_read,
              has_table_privilege('${live.name}_reader', 'public.batch_growthsample', 'select') as may_not,
              current_setting('application_name') as setting`,
    );
    expect(grants).toEqual({ may_read: true, may_not: false, setting: 'kept' });
    // Given up: else the next refresh would not drop the database that holds them.
    await rowsOf(
      urlOf(previous),
      'drop table public.notes; delete from public.inventory_feedpurchase where id = 1',
    );
  });

  it('that fails its checks leaves the live database, and a mark on the other', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const before = await look();
    const failed = await runCli(refreshArguments('2023-07-10', '--config', configWith(false)));
    expect(failed.code, failed.stderr).toBe(1);
    expect(failed.stderr).toContain(`${live.name} is as it was. ${next} stays for looking at`);
    expect(await look()).toBe(before);
    expect(
      await maintained(
        `select shobj_description(oid, 'pg_database') as mark from pg_database where datname = '${next}'`,
      ),
    ).toEqual([{ mark: 'aquaseed refresh: being built, safe to drop' }]);
  });

  it('that is killed leaves the live database; a second one at once leaves with 4', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const before = await look();
    const command = startCli(refreshArguments('2023-07-10', '--config', passing));
    await command.lineOnStderr((line) => line.startsWith('Generating'));
    // It stands still while the second one tries.
    command.kill('SIGSTOP');
    const second = await refresh('2023-07-10');
    expect(second.code).toBe(4);
    expect(second.stderr).toContain(`Another refresh of "${live.name}" is running`);
    command.kill('SIGKILL');
    await command.result;
    expect(await look()).toBe(before);
    expect(await databases()).toEqual([live.name, next, previous]);
  });

  it('drops what an earlier one left, and keeps as many as it is told', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const { code, stderr } = await refresh('2023-07-10', '--keep-previous', '2');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Dropping ${next}, which an earlier refresh left unfinished`);
    expect(await databases()).toEqual([live.name, previous, `${previous}_2`]);
    expect(await look()).toContain('done 2023-07-10');
    expect(await rowsOf(urlOf(`${previous}_2`), 'select as_of::text from aquaseed.run')).toEqual([
      { as_of: FIRST },
    ]);
  });

  it('--rollback brings the previous database back, and a second time the newer one', async () => {
    for (const asOf of [SECOND, '2023-07-10', SECOND]) {
      const { code, stderr } = await runCli(['refresh', '--rollback', '--database-url', live.url]);
      expect(code, stderr).toBe(0);
      expect(await look()).toContain(`done ${asOf}`);
    }
  });

  it('tells of rows that only the previous database will have, and drops the surplus when told to', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await rowsOf(
      live.url,
      `insert into inventory_feedpurchase (id, purchase_date, quantity_kg, cost_per_kg, supplier, created_at, updated_at, feed_id, notes, batch_number)
       select 1, current_date, 1, 1, 'me', now(), now(), min(f.id), '', '' from inventory_feed f`,
    );
    const refused = await refresh(FIRST);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`${live.name}:\n  rows of others in inventory_feedpurchase (1)`);
    const { code, stderr, json } = await refresh(FIRST, '--json', '--drop-foreign');
    expect(code, stderr).toBe(0);
    expect(json()).toMatchObject({ dropped: [`${previous}_2`, `${previous}_3`] });
    expect(await databases()).toEqual([live.name, previous]);
    // The same day twice is the same state.
    expect(await look()).toBe(first);
  });
});

describe.sequential('refresh refuses', () => {
  it.each<[what: string, args: () => string[], code: number, message: RegExp]>([
    [
      'neither a schedule nor --rollback',
      () => ['refresh', '--database-url', live.url],
      2,
      /takes a schedule/,
    ],
    [
      'the maintenance database itself',
      () => ['refresh', youngFarm().file, '--config', passing, '--database-url', urlOf('postgres')],
      2,
      /"postgres" is the server's own and cannot be the one that is refreshed/,
    ],
    [
      'a schedule with a mistake, before anything is opened',
      () => ['refresh', 'nowhere.yaml', '--database-url', 'postgres://x@127.0.0.1:1/y'],
      2,
      /nowhere\.yaml/,
    ],
  ])('%s', async (_, args, code, message) => {
    const refused = await runCli(args());
    expect(refused.stderr).toMatch(message);
    expect(refused.code).toBe(code);
  });

  it("somebody else's database, live or under one of its names", async () => {
    const foreign = await createTestDatabase();
    try {
      await rowsOf(foreign.url, 'create table invoice (id int)');
      const args = ['refresh', youngFarm().file, '--config', passing, '--database-url', foreign.url];
      const refused = await runCli(args);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain('is not empty and was not made by aquaseed');
      await maintained(`create database ${foreign.name}_previous`);
      await rowsOf(foreign.url, 'drop table invoice');
      const named = await runCli(args);
      expect(named.code).toBe(3);
      expect(named.stderr).toContain(`"${foreign.name}_previous" that no refresh made`);
    } finally {
      await maintained(`drop database if exists ${foreign.name}_previous`);
      await foreign.drop();
    }
  });

  it('a role that may not create databases, and says what it lacks', async () => {
    const role = `${live.name}_poor`;
    await maintained(`create role ${role} login password 'poor-secret'`);
    try {
      const url = new URL(live.url);
      url.username = role;
      url.password = 'poor-secret';
      const refused = await runCli([
        'refresh',
        youngFarm().file,
        '--config',
        passing,
        '--database-url',
        url.toString(),
      ]);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain(`alter role "${role}" createdb`);
    } finally {
      await withClient(urlOf('postgres'), (client) => client.query(`drop role ${role}`));
    }
  });
});
