import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { CONFIG_DIR, loadConfiguration } from '../../src/config/index.ts';
import { OWN_COLUMNS } from '../../src/driver/swap/attributes.ts';
import { PRESETS, plan, writeSchedule } from '../../src/planner/index.ts';
import { type CliResult, mustRun, runCli, startCli } from '../support/cli.ts';
import { createTestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, scratchDirectory, youngFarm } from '../support/generated.ts';
import { digestsOf, rowsOf, withClient } from '../support/run.ts';
import { startDebianServer, type TestServer } from '../support/servers.ts';

/** What refresh does about things of others, about what a database has besides its contents, and about obstacles. */

const DAY = '2023-06-20';
const LIVE = 'farm';

/** The configuration of the young farm, with one check that passes. */
function passingConfig(): string {
  const directory = path.join(scratchDirectory(), 'config');
  cpSync(youngFarm().config, directory, { recursive: true });
  const conflicts = { id: '61', group: 'conflicts', name: 'Conflicts', low: 0, high: 0 };
  writeFileSync(path.join(directory, 'checks.yaml'), stringify({ schema_version: 1, checks: [conflicts] }));
  return directory;
}

let server: TestServer | null = null;
let config: string;
const url = (database = LIVE): string => (server as TestServer).url(database);
const maintained = (text: string): Promise<Record<string, unknown>[]> => rowsOf(url('postgres'), text);
const refresh = (...more: string[]): Promise<CliResult> =>
  runCli(['refresh', youngFarm().file, '--config', config, ...refreshOptions(), ...more]);
const refreshOptions = (): string[] => ['--as-of', DAY, '--workers', '2', '--database-url', url()];
const databases = async (): Promise<unknown[]> =>
  (await maintained(`select datname::text as name from pg_database where oid > 16383 order by 1`)).map(
    (it) => it.name,
  );

/** Rows and digest of the tables of others in a database. */
async function digestOfOthers(database: string): Promise<string> {
  const rows = await rowsOf(
    url(database),
    `select (select count(*)::int from lab.work) as work, (select md5(string_agg(w::text, ',' order by id)) from lab.work w),
            (select count(*)::int from public.zzz_s001) as zzz, (select md5(string_agg(z::text, ',' order by id)) from public.zzz_s001 z),
            (select md5(string_agg(u::text, ',' order by id)) from auth_user u) as users,
            (select count(*)::int from pg_class where oid >= 16384) as relations`,
  );
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

/** Things of others in a database that aquaseed made, and how they are told. */
const THINGS: readonly [told: string, make: string][] = [
  [
    'table lab.work',
    `create schema lab; create table lab.work as select g as id, md5(g::text) as t from generate_series(1, 1000) g`,
  ],
  ['table public.zzz_s001', 'create table public.zzz_s001 as select g as id from generate_series(1, 10) g'],
  ['table public.batch_mortalityevent_s099', 'create table public.batch_mortalityevent_s099 (id int)'],
  ['table aquaseed.mine', 'create table aquaseed.mine (id int)'],
  ['function aquaseed.mine()', `create function aquaseed.mine() returns int language sql as 'select 1'`],
  ['view public.v', 'create view public.v as select id from public.batch_batch'],
  [
    'view public.leaf_view',
    'create view public.leaf_view as select id from public.batch_mortalityevent_s001',
  ],
  ['type public.t', 'create type public.t as (a int)'],
  ['sequence public.s', 'create sequence public.s'],
  ['large object', 'select lo_create(0)'],
  ['policy p on public.batch_batch', 'create policy p on public.batch_batch'],
  ['changed table public.batch_species', 'alter table public.batch_species enable row level security'],
  ['changed table public.harvest_productgrade', `comment on table public.harvest_productgrade is 'ours'`],
  ['table column public.batch_batch.extra', 'alter table public.batch_batch add column extra int default 7'],
  [
    'changed table column public.batch_batch.batch_number',
    `alter table public.batch_batch alter column batch_number set default 'x'`,
  ],
  ['index public.ours', 'create index ours on public.batch_batch (id, status)'],
  ['index public.on_parent', 'create index on_parent on public.batch_mortalityevent (id, count)'],
  ['index public.on_leaf', 'create index on_leaf on public.batch_mortalityevent_s001 (count)'],
  [
    'table constraint ours on public.batch_batch',
    'alter table public.batch_batch add constraint ours check (id > 0)',
  ],
  [
    'trigger ours on public.batch_mortalityevent',
    `create function lab.f() returns trigger language plpgsql as 'begin return new; end';
     create trigger ours before insert on public.batch_mortalityevent for each row execute function lab.f()`,
  ],
  [
    'rule ours on public.batch_species',
    'create rule ours as on insert to public.batch_species do also nothing',
  ],
  [
    'statistics object public.ours',
    'create statistics public.ours on name, id from public.infrastructure_hall',
  ],
  [
    'table public.part',
    'create table public.part partition of public.batch_mortalityevent for values from (-9) to (-5)',
  ],
  ['table public.child', 'create table public.child () inherits (public.batch_batch)'],
  ['publication ours', 'create publication ours for table public.batch_batch'],
  ['extension pg_trgm', 'create extension pg_trgm'],
  [
    'rights on function pg_catalog.pg_sleep',
    'revoke execute on function pg_catalog.pg_sleep(double precision) from public',
  ],
  [
    'rows of others in auth_user (1)',
    `insert into auth_user select (jsonb_populate_record(u, '{"id": 9001, "username": "tester"}')).* from auth_user u limit 1`,
  ],
  [
    'rows of others in infrastructure_geography (1)',
    `update infrastructure_geography set description = 'mine' where id = 1`,
  ],
  [
    'rows of others in inventory_feedpurchase (1)',
    `insert into inventory_feedpurchase (id, purchase_date, quantity_kg, cost_per_kg, supplier, created_at, updated_at, feed_id, notes, batch_number)
     select 1, current_date, 1, 1, 'me', now(), now(), min(f.id), '', '' from inventory_feed f`,
  ],
];

/** Things without which a refused swap is refused for another reason. */
const OBSTACLES: readonly [what: string, make: string, told: RegExp, remove: string][] = [
  [
    'a prepared transaction',
    `begin; create table public.p (id int); prepare transaction 'gid'`,
    /prepared transaction 'gid' of role "tester" in farm\n.*rollback prepared 'gid'/,
    `rollback prepared 'gid'`,
  ],
  [
    'a replication slot',
    `select pg_create_logical_replication_slot('slot', 'pgoutput')`,
    /replication slot slot of farm\n.*pg_drop_replication_slot/,
    `select pg_drop_replication_slot('slot')`,
  ],
  [
    'a subscription',
    `create subscription sub connection 'dbname=nowhere' publication p with (connect = false)`,
    /subscription sub in farm\n/,
    'alter subscription sub set (slot_name = none); drop subscription sub',
  ],
];

beforeAll(async () => {
  server = await startDebianServer(15, {
    settings: { max_prepared_transactions: '5', wal_level: 'logical' },
  });
  if (server === null) return;
  config = passingConfig();
  await maintained(`create database ${LIVE} template template0`);
  await mustRun(['generate', youngFarm().file, '--config', config, ...refreshOptions()]);
}, GENERATION_TIMEOUT);
afterAll(() => server?.remove());

describe.sequential('refresh', () => {
  it(
    'refuses before it builds what would keep the databases from being swapped',
    async (context) => {
      if (server === null) return context.skip();
      for (const [what, make, told, remove] of OBSTACLES) {
        await withClient(url(), async (client) => {
          for (const it of make.split('; ')) await client.query(it);
        });
        const refused = await refresh('--drop-foreign');
        expect(refused.code, what).toBe(3);
        expect(refused.stderr, what).toMatch(told);
        expect(await databases(), what).toEqual([LIVE]);
        await withClient(url(), async (client) => {
          for (const it of remove.split('; ')) await client.query(it);
        });
      }
    },
    GENERATION_TIMEOUT,
  );

  it(
    'refuses sessions that its role may not end, and a database that lets nobody look into it',
    async (context) => {
      if (server === null) return context.skip();
      await maintained(
        `create role poor login createdb password 'poor'; create role keeper login password 'keeper'`,
      );
      await maintained(`alter database ${LIVE} owner to poor`);
      const poor = new URL(url());
      poor.username = 'poor';
      poor.password = 'poor';
      for (const [role, hint] of [
        ['tester', /as a superuser/],
        ['keeper', /grant pg_signal_backend to poor/],
      ] as const) {
        const session = new URL(url());
        if (role !== 'tester') Object.assign(session, { username: role, password: role });
        const idle = new pg.Client({ connectionString: session.toString() });
        idle.on('error', () => undefined);
        await idle.connect();
        const refused = await runCli([
          ...[
            'refresh',
            youngFarm().file,
            '--config',
            config,
            '--as-of',
            DAY,
            '--database-url',
            poor.toString(),
          ],
        ]);
        await idle.end();
        expect(refused.code).toBe(3);
        expect(refused.stderr).toContain(
          `a session of role "${role}" on ${LIVE}, which role "poor" may not end`,
        );
        expect(refused.stderr).toMatch(hint);
      }
      await maintained(`alter database ${LIVE} owner to tester`);
      await maintained(`alter database ${LIVE} allow_connections false`);
      const closed = await refresh();
      expect(closed.code).toBe(3);
      expect(closed.stderr).toContain('allows no connections');
      await maintained(`alter database ${LIVE} allow_connections true`);
      expect(await databases()).toEqual([LIVE]);
    },
    GENERATION_TIMEOUT,
  );

  it(
    'stops at the swap when something came while it was built, and keeps both',
    async (context) => {
      if (server === null) return context.skip();
      const command = startCli(['refresh', youngFarm().file, '--config', config, ...refreshOptions()]);
      await command.lineOnStderr((line) => line.startsWith('Generating'));
      await rowsOf(url(), 'create table public.meanwhile as select 1 as id');
      const { code, stderr } = await command.result;
      expect(code, stderr).toBe(3);
      expect(stderr).toContain(
        `${LIVE} is as it was, ${LIVE}_next is kept\n${LIVE}:\n  table public.meanwhile`,
      );
      expect(await databases()).toEqual([LIVE, `${LIVE}_next`]);
      expect(await rowsOf(url(), 'select * from meanwhile')).toEqual([{ id: 1 }]);
      await rowsOf(url(), 'drop table meanwhile');
      // The one that is kept is dropped the next time, but not with what others put into it.
      await rowsOf(url(`${LIVE}_next`), 'create table public.looked as select 1 as id');
      const refused = await refresh();
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain(`${LIVE}_next:\n  table public.looked`);
      expect(await rowsOf(url(`${LIVE}_next`), 'select * from looked')).toEqual([{ id: 1 }]);
      await rowsOf(url(`${LIVE}_next`), 'drop table public.looked');
    },
    GENERATION_TIMEOUT,
  );

  it(
    'lists every kind of thing of others, and swaps with --drop-foreign only',
    async (context) => {
      if (server === null) return context.skip();
      for (const [, make] of THINGS) await rowsOf(url(), make);
      const before = [await digestOfOthers(LIVE), await digestsOf(url())];
      for (const more of [[], ['--keep-previous', '0']]) {
        const refused = await refresh(...more);
        expect(refused.code, refused.stderr).toBe(3);
        for (const [told] of THINGS) expect(refused.stderr).toContain(`  ${told}`);
        // What goes with another one is not told, and nothing of ours is.
        const told = refused.stderr.split('\n').filter((line) => line.startsWith('  '));
        expect(told.filter((line) => !/schema lab|function lab.f\(\)/.test(line))).toHaveLength(
          THINGS.length,
        );
        expect(await databases()).toEqual([LIVE, `${LIVE}_next`]);
        expect([await digestOfOthers(LIVE), await digestsOf(url())]).toEqual(before);
      }
      const done = await refresh('--drop-foreign');
      expect(done.code, done.stderr).toBe(0);
      expect(done.stderr).toContain('warning: given up with --drop-foreign: table lab.work');
      expect(await databases()).toEqual([LIVE, `${LIVE}_previous`]);
      expect([await digestOfOthers(`${LIVE}_previous`), await digestsOf(url(`${LIVE}_previous`))]).toEqual(
        before,
      );
      // The next one would drop it.
      const refused = await refresh();
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain(`${LIVE}_previous:`);
      expect(refused.stderr).toContain('  table lab.work');
      for (let times = 0; times < 2; times++) {
        await mustRun(['refresh', '--rollback', '--database-url', url()]);
      }
      expect([await digestOfOthers(`${LIVE}_previous`), await digestsOf(url(`${LIVE}_previous`))]).toEqual(
        before,
      );
    },
    GENERATION_TIMEOUT,
  );

  it(
    '--rollback refuses a live database that is not ours',
    async (context) => {
      if (server === null) return context.skip();
      await maintained(`alter database ${LIVE} rename to away`);
      await maintained(`create database ${LIVE} template template0`);
      await rowsOf(url(), 'create table invoice as select 1 as id');
      const refused = await runCli(['refresh', '--rollback', '--database-url', url()]);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain('is not empty and was not made by aquaseed');
      expect(await rowsOf(url(), 'select * from invoice')).toEqual([{ id: 1 }]);
      await maintained(`drop database ${LIVE}`);
      await maintained(`alter database away rename to ${LIVE}`);
    },
    GENERATION_TIMEOUT,
  );

  it(
    'carries over owner, limit, rights, settings, comments and default privileges exactly',
    async (context) => {
      if (server === null) return context.skip();
      await maintained('create role farm_owner; create role reporter; create role "Odd Role"');
      for (const it of [
        `alter database ${LIVE} owner to farm_owner`,
        `alter database ${LIVE} connection limit 20`,
        `revoke all on database ${LIVE} from public`,
        `grant connect on database ${LIVE} to reporter with grant option`,
        `set role reporter; grant connect on database ${LIVE} to "Odd Role"; reset role`,
        `alter role reporter in database ${LIVE} set work_mem = '7MB'`,
        `alter role reporter in database ${LIVE} set search_path = lab, "$user", 'Odd, Name'`,
        `alter database ${LIVE} set app.farm = 'a=b'`,
        `comment on database ${LIVE} is E'Farm of the north\nin two lines'`,
        `alter database ${LIVE} is_template true`,
      ])
        await maintained(it);
      await rowsOf(
        url(),
        `grant usage on schema public to reporter; revoke all on schema public from public;
       grant select (id, status) on batch_batch to reporter; grant select on batch_batch to "Odd Role" with grant option;
       alter table batch_species owner to farm_owner; grant execute on function aquaseed.checksum() to reporter;
       revoke execute on function aquaseed.wipe(text) from public; grant usage on sequence batch_batch_id_seq to reporter;
       grant select on batch_mortalityevent_s001 to reporter; comment on schema public is 'ours';
       alter default privileges for role farm_owner in schema public grant select on tables to reporter;
       alter default privileges for role farm_owner revoke execute on functions from public`,
      );
      const attributes = async (): Promise<unknown> => [
        await maintained(
          `select to_jsonb(d) - '{${Object.keys(OWN_COLUMNS).join()}}'::text[] as row, shobj_description(d.oid, 'pg_database') as comment,
                (select jsonb_agg(jsonb_build_array(s.setrole::regrole, s.setconfig) order by s.setrole)
                 from pg_db_role_setting s where s.setdatabase = d.oid) as settings
         from pg_database d where d.datname = '${LIVE}'`,
        ),
        await rowsOf(
          url(),
          `select relname::text as name, relowner::regrole::text as owner, relacl::text as acl from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S', 'v') and relname !~ '_s\\d\\d\\d$|_app$'
         union all select attrelid::regclass || '.' || attname, null, attacl::text from pg_attribute where attacl is not null and attrelid > 16383
         union all select oid::regprocedure::text, proowner::regrole::text, proacl::text from pg_proc where pronamespace = 'aquaseed'::regnamespace
         union all select nspname || coalesce(obj_description(oid, 'pg_namespace'), ''), nspowner::regrole::text, nspacl::text from pg_namespace where nspname = 'public'
         union all select defaclnamespace::text || defaclobjtype::text, defaclrole::regrole::text, defaclacl::text from pg_default_acl where defaclnamespace in (0, 'public'::regnamespace)
         order by 1, 2, 3`,
        ),
      ];
      const before = await attributes();
      const done = await refresh('--drop-foreign');
      expect(done.code, done.stderr).toBe(0);
      expect(await attributes()).toEqual(before);
      expect(
        await rowsOf(
          url(),
          `select relacl::text as acl from pg_class where relname = 'batch_mortalityevent_s001'`,
        ),
      ).toEqual([{ acl: '{tester=arwdDxt/tester,reporter=r/tester}' }]);
      // The comment of the earlier one is the user's, with the mark behind it; rolled back it is the user's alone.
      expect(
        await maintained(
          `select shobj_description(oid, 'pg_database') as it from pg_database where datname = '${LIVE}_previous'`,
        ),
      ).toEqual([{ it: 'Farm of the north\nin two lines\naquaseed refresh: the one before' }]);
      await mustRun(['refresh', '--rollback', '--database-url', url()]);
      expect(await attributes()).toEqual(before);
    },
    GENERATION_TIMEOUT,
  );
});

it('knows every column of pg_database', async () => {
  const database = await createTestDatabase();
  try {
    const columns = await rowsOf<{ name: string }>(
      database.url,
      `select attname::text as name from pg_attribute where attrelid = 'pg_database'::regclass and attnum > 0 and not attisdropped`,
    );
    // Those that are compared after they were carried over; one that a new version brings has to be thought about.
    const carried = [
      ...[
        'datdba',
        'encoding',
        'datlocprovider',
        'datistemplate',
        'datallowconn',
        'datconnlimit',
        'dattablespace',
      ],
      ...['datcollate', 'datctype', 'datlocale', 'daticulocale', 'daticurules', 'datacl'],
    ];
    expect(
      columns.map((it) => it.name).filter((it) => !carried.includes(it) && !(it in OWN_COLUMNS)),
    ).toEqual([]);
  } finally {
    await database.drop();
  }
});

describe('a live database with a locale of its own', () => {
  it.each([
    ['ICU with rules', `locale_provider icu icu_locale 'sv-SE' icu_rules '&V << w <<< W' locale 'C'`],
    ['builtin', `locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`],
  ])('%s, is replaced by one with the same', { timeout: GENERATION_TIMEOUT }, async (_, locale) => {
    const database = await createTestDatabase();
    const on = (name: string): string => {
      const other = new URL(database.url);
      other.pathname = `/${name}`;
      return other.toString();
    };
    try {
      await rowsOf(on('postgres'), `drop database ${database.name}`);
      await rowsOf(
        on('postgres'),
        `create database ${database.name} template template0 encoding 'UTF8' ${locale}`,
      );
      const read = (): Promise<unknown> =>
        rowsOf(
          on('postgres'),
          `select datlocprovider, datlocale, datcollate, datctype, daticurules from pg_database where datname = '${database.name}'`,
        );
      const before = await read();
      await mustRun([
        ...[
          'refresh',
          youngFarm().file,
          '--config',
          passingConfig(),
          '--as-of',
          '2023-06-14',
          '--workers',
          '2',
        ],
        ...['--database-url', database.url],
      ]);
      expect(await read()).toEqual(before);
    } finally {
      await database.drop();
    }
  });
});

describe('the profiles of a schedule', () => {
  it('make the same rows by refresh and by generate', { timeout: GENERATION_TIMEOUT }, async () => {
    // The first two batches of the preset are enough: all of a schedule are simulated over their whole lives.
    const { farm, biology, climate, work } = loadConfiguration(CONFIG_DIR, ['uat']);
    const planned = plan({ ...PRESETS.uat, batches: 1 }, farm, biology, climate, work);
    const schedule = path.join(scratchDirectory(), 'uat.yaml');
    writeSchedule(schedule, planned.schedule, 'test');
    const { metadata, batches } = parse(readFileSync(schedule, 'utf8')) as {
      metadata: { profiles: string[] };
      batches: { start_date: string }[];
    };
    const [first = ''] = batches.map((it) => it.start_date).sort();
    const asOf = new Date(Date.parse(first) + 5 * 86_400_000).toISOString().slice(0, 10);
    const [one, other] = [await createTestDatabase(), await createTestDatabase()];
    try {
      await mustRun(['generate', schedule, '--as-of', asOf, '--no-verify', '--database-url', one.url]);
      const passing = path.join(scratchDirectory(), 'config');
      cpSync('config', passing, { recursive: true });
      const conflicts = { id: '61', group: 'conflicts', name: 'Conflicts', low: 0, high: 0 };
      writeFileSync(path.join(passing, 'checks.yaml'), stringify({ schema_version: 1, checks: [conflicts] }));
      // Its ranges are of checks that are not there.
      const profile = path.join(passing, 'profiles', 'uat.yaml');
      const { checks: _, ...uat } = parse(readFileSync(profile, 'utf8'));
      writeFileSync(profile, stringify(uat));
      await mustRun(['refresh', schedule, '--config', passing, '--as-of', asOf, '--database-url', other.url]);
      const run = 'select profiles, schedule_digest from aquaseed.run';
      expect(await rowsOf(other.url, run)).toEqual(await rowsOf(one.url, run));
      expect((await rowsOf(other.url, run))[0]).toMatchObject({ profiles: metadata.profiles });
      expect(await digestsOf(other.url)).toEqual(await digestsOf(one.url));
    } finally {
      await Promise.all([one.drop(), other.drop()]);
    }
  });
});
