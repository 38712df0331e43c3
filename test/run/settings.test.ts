import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Configuration, loadConfiguration } from '../../src/config/index.ts';
import { generateSchedule } from '../../src/driver/commands/generate.ts';
import { install } from '../../src/driver/database/install.ts';
import { formatScheduleSql } from '../../src/driver/psql/schedule-sql.ts';
import { plan, type Schedule } from '../../src/planner/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, tinyConfig } from '../support/generated.ts';
import { type Digests, digestsOf, rowsOf, withClient } from '../support/run.ts';
import { startDebianServer, type TestServer } from '../support/servers.ts';

/**
 * Every setting that a role may carry, by pg_settings and not by a list, set to what is furthest from the usual: the
 * rows are the same. AQUASEED_SETTINGS=each tries them one by one.
 */

/** What is tried of each: two values, since one alone may be harmless. */
const GROUPS = ['low', 'high'] as const;
type Group = (typeof GROUPS)[number];

/** Settings that are texts. Others of this kind name files, libraries, tablespaces or what only goes to the log. */
const TEXTS: Record<string, string> = {
  DateStyle: 'SQL, DMY',
  TimeZone: 'Asia/Tokyo',
  client_encoding: 'LATIN1',
  default_text_search_config: 'pg_catalog.english',
  lc_messages: 'POSIX',
  lc_monetary: 'POSIX',
  lc_numeric: 'POSIX',
  lc_time: 'POSIX',
  'plpgsql.extra_errors': 'all',
  'plpgsql.extra_warnings': 'all',
  restrict_nonsystem_relation_kind: 'view, foreign-table',
  search_path: 'information_schema',
  timezone_abbreviations: 'Australia',
};

/** Only decide what is written to the server's log, and would fill it. */
const LOGGED = /^(log|debug_print|debug_pretty_print|trace)_/;

/**
 * What functions that are called from a session of somebody's own cannot change: time-outs and transactions are for
 * that session to choose, and a setting that keeps views or deep expressions from being read ends in an error.
 */
const OF_THE_SESSION =
  /timeout$|^default_transaction|^transaction_|^max_stack_depth$|^restrict_nonsystem|^vacuum_cost|^check_function_bodies$/;

let configuration: Configuration;
let schedule: Schedule;
let asOf: string;
let plain: Digests;

beforeAll(async () => {
  configuration = loadConfiguration(tinyConfig());
  const { farm, biology, climate, work } = configuration;
  ({ schedule } = plan(
    { batches: 1, stagger: 180, asOf: '2024-01-03', seed: 42, name: 'one' },
    farm,
    biology,
    climate,
    work,
  ));
  const first = new Date(`${schedule.metadata.first_start}T00:00:00Z`);
  asOf = new Date(first.getTime() + 120 * 86_400_000).toISOString().slice(0, 10);
  const database = await createTestDatabase();
  try {
    await generate(database.url);
    plain = await digestsOf(database.url);
  } finally {
    await database.drop();
  }
  expect(Object.values(plain.tables).reduce((sum, it) => sum + it.rows, 0)).toBeGreaterThan(3000);
}, GENERATION_TIMEOUT);

/** With the driver, in this process. */
async function generate(url: string): Promise<void> {
  const failures: unknown[] = [];
  await generateSchedule(schedule, 'one', configuration, {
    databaseUrl: url,
    asOf,
    workers: 2,
    verify: false,
    onResult: (result) => failures.push(...result.failures),
  });
  expect(failures).toEqual([]);
}

/** With the functions alone, in a session that has the settings of its role. */
async function generateBySql(url: string): Promise<void> {
  const text = formatScheduleSql({
    schedule: { ...schedule, metadata: { ...schedule.metadata, as_of: asOf } },
    name: 'one',
    configuration,
    toolVersion: '1',
    command: 'test',
  });
  await withClient(url, async (client) => {
    await client.query(text);
    await client.query('call aquaseed.work(0, 1)');
  });
}

type Setting = { name: string; value: string };

/** What there is on this server, with the value of the group. */
async function hostileSettings(url: string, group: Group): Promise<Setting[]> {
  const settings = await withClient(url, async (client: pg.Client) => {
    // Its own settings are there once it is loaded.
    await client.query('do $$ begin end $$');
    const { rows } = await client.query<{
      name: string;
      type: string;
      boot: string | null;
      least: string | null;
      most: string | null;
      values: string[] | null;
    }>(`select name, vartype as type, boot_val as boot, min_val as least, max_val as most, enumvals as values
        from pg_settings where context in ('user', 'superuser') order by name`);
    return rows;
  });
  return settings.flatMap(({ name, type, boot, least, most, values }) => {
    if (LOGGED.test(name)) return [];
    const value = {
      bool: boot === 'on' ? 'off' : 'on',
      enum: group === 'low' ? values?.find((it) => it !== boot) : values?.findLast((it) => it !== boot),
      // 0 would be none.
      integer: group === 'low' ? (/_timeout$/.test(name) ? '500' : least) : most,
      real: group === 'low' ? least : most,
      string: TEXTS[name],
    }[type];
    return value === undefined || value === null ? [] : [{ name, value }];
  });
}

/** A role that carries the settings; those that the server accepts. */
async function giveSettings(url: string, role: string, settings: readonly Setting[]): Promise<Setting[]> {
  return await withClient(url, async (client) => {
    const accepted: Setting[] = [];
    for (const it of settings) {
      const name = it.name
        .split('.')
        .map((part) => `"${part}"`)
        .join('.');
      const value = it.value
        .split(', ')
        .map((part) => `'${part}'`)
        .join(', ');
      const isSet = await client.query(`alter role ${role} set ${name} = ${value}`).then(
        () => true,
        () => false,
      );
      if (isSet) accepted.push(it);
    }
    return accepted;
  });
}

/** Generates as a role with these settings, with the driver or by SQL, and gives the digests. */
async function digestsUnder(
  make: () => Promise<TestDatabase>,
  settings: readonly Setting[],
  how: 'driver' | 'sql',
  as: 'superuser' | 'nosuperuser',
): Promise<{ digests: Digests; tried: Setting[] }> {
  const database = await make();
  const role = `hostile_${randomBytes(4).toString('hex')}`;
  try {
    await rowsOf(database.url, `create role ${role} login ${as} password 'secret'`);
    await rowsOf(database.url, `alter database ${database.name} owner to ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'secret';
    if (how === 'sql') await withClient(url.toString(), (client) => install(client));
    const tried = await giveSettings(database.url, role, settings);
    await (how === 'driver' ? generate(url.toString()) : generateBySql(url.toString()));
    return { digests: await digestsOf(database.url), tried };
  } finally {
    const maintenance = new URL(database.url);
    maintenance.pathname = '/postgres';
    await database.drop();
    await rowsOf(maintenance.toString(), `drop role if exists ${role}`);
  }
}

async function tryAll(make: () => Promise<TestDatabase>, server: string): Promise<void> {
  const probe = await make();
  const low = await hostileSettings(probe.url, 'low');
  const high = await hostileSettings(probe.url, 'high');
  await probe.drop();
  const names = new Set<string>();
  for (const [settings, how, as] of [
    [low, 'driver', 'superuser'],
    [high, 'driver', 'nosuperuser'],
    [low.filter((it) => !OF_THE_SESSION.test(it.name)), 'sql', 'nosuperuser'],
    [high.filter((it) => !OF_THE_SESSION.test(it.name)), 'sql', 'superuser'],
  ] as const) {
    const { digests, tried } = await digestsUnder(make, settings, how, as);
    for (const { name } of tried) names.add(name);
    console.info(`${server}, ${how}, ${as}: ${tried.length} of ${settings.length} settings tried`);
    expect(digests).toEqual(plain);
  }
  expect(names.size).toBeGreaterThan(100);
  expect([...names]).toEqual(
    expect.arrayContaining(['extra_float_digits', 'DateStyle', 'TimeZone', 'enable_hashjoin']),
  );
}

describe('whatever a role carries, the rows are the same', () => {
  it('on the newest server', { timeout: GENERATION_TIMEOUT }, () => tryAll(createTestDatabase, 'newest'));

  it.skipIf(process.env.AQUASEED_SETTINGS !== 'each')(
    'each setting alone',
    { timeout: 24 * GENERATION_TIMEOUT },
    async () => {
      const probe = await createTestDatabase();
      const all = [
        ...(await hostileSettings(probe.url, 'low')),
        ...(await hostileSettings(probe.url, 'high')),
      ];
      await probe.drop();
      for (const it of all) {
        const { digests } = await digestsUnder(createTestDatabase, [it], 'driver', 'nosuperuser');
        expect(digests, `${it.name} = ${it.value}`).toEqual(plain);
      }
    },
  );
});

describe("on Debian's PostgreSQL 15", () => {
  let server: TestServer | null = null;
  beforeAll(async () => {
    server = await startDebianServer(15);
  });
  afterAll(() => server?.remove());

  it('too', { timeout: GENERATION_TIMEOUT }, async (context) => {
    const debian = server;
    if (debian === null) return context.skip();
    let databases = 0;
    await tryAll(async () => {
      const name = `settings_${databases++}`;
      await rowsOf(debian.url('postgres'), `create database ${name} template template0`);
      return {
        name,
        url: debian.url(name),
        target: debian.target(name),
        drop: async () => {
          await rowsOf(debian.url('postgres'), `drop database ${name} with (force)`);
        },
      };
    }, 'PostgreSQL 15');
  });
});
