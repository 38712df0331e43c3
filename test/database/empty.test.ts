import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listObjects } from '../../src/driver/database/install.ts';
import type { DatabaseObject } from '../../src/driver/statements/install.ts';
import { runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { rowsOf } from '../support/run.ts';
import { startDebianServer, type TestServer } from '../support/servers.ts';

/**
 * What "empty" means: nothing that initdb did not make. One object of every kind that PostgreSQL knows is made, and
 * the catalogues say whether a kind is missing here.
 */

const KINDS: readonly [shown: string, make: string][] = [
  ['schema lab', 'create schema lab'],
  ['table lab.work', 'create schema lab; create table lab.work (id int)'],
  ['table public.zzz_s001', 'create table public.zzz_s001 (id int)'],
  ['table public."Odd ""Name"', 'create table public."Odd ""Name" (id int)'],
  ['table public.p', 'create table public.p (id int) partition by list (id)'],
  ['table aquaseed.mine', 'create schema aquaseed; create table aquaseed.mine (id int)'],
  ['table information_schema.mine', 'create table information_schema.mine (id int)'],
  ['view public.v', 'create view public.v as select 1 as a'],
  ['materialized view public.m', 'create materialized view public.m as select 1 as a'],
  ['sequence public.s', 'create sequence public.s'],
  ['function public.f()', `create function public.f() returns int language sql as 'select 1'`],
  ['function pg_catalog.f()', `create function pg_catalog.f() returns int language sql as 'select 1'`],
  ['procedure public.p()', `create procedure public.p() language sql as 'select 1'`],
  ['aggregate public.a(integer)', 'create aggregate public.a(int) (sfunc = int4pl, stype = int)'],
  ['type public.c', 'create type public.c as (a int)'],
  ['type public.e', `create type public.e as enum ('a')`],
  ['type public.r', 'create type public.r as range (subtype = int4)'],
  ['type public.b', 'create type public.b'],
  ['type public.d', 'create domain public.d as int check (value > 0)'],
  [
    'operator public.===(integer,integer)',
    'create operator public.=== (leftarg=int, rightarg=int, function=int4eq)',
  ],
  [
    'operator family public.f USING btree',
    'create operator family public.f using btree; alter operator family public.f using btree add operator 1 < (int4, int8), function 1 btint48cmp(int4, int8)',
  ],
  [
    'operator family public.c USING btree',
    'create operator class public.c for type int using btree as operator 1 <, function 1 btint4cmp(int,int)',
  ],
  ['access method a', 'create access method a type table handler heap_tableam_handler'],
  [
    'cast (public.c AS pg_catalog.text)',
    'create type public.c as (a int); create cast (public.c as text) with inout',
  ],
  ['collation public.c', `create collation public.c (provider = libc, locale = 'C')`],
  ['conversion public.c', `create conversion public.c for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1`],
  [
    'text search parser public.p',
    'create text search parser public.p (start=prsd_start, gettoken=prsd_nexttoken, end=prsd_end, lextypes=prsd_lextype)',
  ],
  ['text search template public.t', 'create text search template public.t (lexize = dsimple_lexize)'],
  ['text search dictionary public.d', 'create text search dictionary public.d (template = simple)'],
  ['text search configuration public.c', 'create text search configuration public.c (copy = simple)'],
  ['foreign-data wrapper w', 'create foreign data wrapper w'],
  [
    'server s',
    'create foreign data wrapper w; create server s foreign data wrapper w; create user mapping for current_user server s',
  ],
  [
    'foreign table public.t',
    'create foreign data wrapper w; create server s foreign data wrapper w; create foreign table public.t (a int) server s',
  ],
  ['language l', 'create language l handler plpgsql_call_handler'],
  [
    'transform for public.c ',
    'create type public.c as (a int); create transform for public.c language plpgsql (from sql with function prsd_lextype(internal))',
  ],
  ['extension pg_trgm', 'create extension pg_trgm'],
  ['publication p', 'create publication p'],
  [
    'publication p',
    'create table public.t (a int); create publication p for table public.t, tables in schema public',
  ],
  [
    'subscription s',
    `create subscription s connection 'dbname=nowhere' publication p with (connect = false)`,
  ],
  [
    'event trigger e',
    `create function public.f() returns event_trigger language plpgsql as 'begin end'; create event trigger e on ddl_command_end execute function public.f()`,
  ],
  ['default acl for role', 'alter default privileges grant select on tables to public'],
  [
    'table public.t',
    `create table public.t (a int primary key default 7 check (a > 0)); create policy p on public.t;
    create rule r as on insert to public.t do also nothing; create statistics public.x on a, (a + 1) from public.t;
    create function public.f() returns trigger language plpgsql as 'begin return new; end';
    create trigger t before insert on public.t for each row execute function public.f(); create index on public.t (a)`,
  ],
];

/** Catalogues with an oid that no kind above has a row in, and why. */
const NEVER: Record<string, string> = {
  pg_enum: 'labels are part of their type',
  pg_attrdef: 'defaults are part of their column',
  pg_largeobject_metadata: 'has a test of its own',
  pg_user_mapping: 'goes with its server, and only superusers may read it',
};

/** Objects that do not go with another one. */
function shown(objects: readonly DatabaseObject[]): string[] {
  return objects
    .filter((it) => it.kind !== 'rights' && it.parents.length === 0)
    .map(({ kind, name }) => `${kind} ${name}`);
}

type Opened = { client: pg.Client; close: () => Promise<void> };

async function connectTo(url: string, close: () => Promise<void>): Promise<Opened> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { client, close: () => client.end().then(close) };
}

const SERVERS: [server: string, open: () => Promise<Opened | null>][] = [
  [
    'the test server',
    async () => {
      const database = await createTestDatabase();
      return await connectTo(database.url, () => database.drop());
    },
  ],
  [
    'PostgreSQL 15',
    async () => {
      const server = await startDebianServer(15);
      return server === null ? null : await connectTo(server.url('postgres'), () => server.remove());
    },
  ],
];

describe.each(SERVERS)('every kind of object on %s', (_, open) => {
  let opened: Opened | null;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());

  it('is seen, and nothing where there is nothing', async (context) => {
    if (opened === null) return context.skip();
    const { client } = opened;
    expect(shown(await listObjects(client))).toEqual([]);
    const covered = new Set<string>();
    for (const [name, make] of KINDS) {
      await client.query('begin');
      await client.query(make);
      const objects = await listObjects(client);
      expect(shown(objects).join('\n'), make).toContain(name);
      for (const { id } of objects) covered.add(id.split('/')[0] ?? '');
      await client.query('rollback');
    }
    const { rows } = await client.query<{ oid: string; name: string }>(
      `select c.oid::text, c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'oid'
       where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r' and not c.relisshared`,
    );
    expect(rows.length).toBeGreaterThan(30);
    const missing = rows.filter((it) => !covered.has(it.oid)).map((it) => it.name);
    expect(missing.filter((it) => !(it in NEVER))).toEqual([]);
  });

  it('includes large objects, slots and security labels, but no temporary ones', async (context) => {
    if (opened === null) return context.skip();
    const { client } = opened;
    await client.query('begin');
    const { rows } = await client.query<{ oid: number }>('select lo_create(0) as oid');
    await client.query(
      'create temporary table t (id int primary key); create function pg_temp.f() returns int language sql as $$select 1$$',
    );
    expect(shown(await listObjects(client))).toEqual([`large object ${rows[0]?.oid}`]);
    await client.query('rollback');
    await client.query('create extension btree_gist');
    expect(shown(await listObjects(client))).toEqual(['extension btree_gist']);
    await client.query('drop extension btree_gist');
  });

  it('is looked for without a trace', async (context) => {
    if (opened === null) return context.skip();
    const { client } = opened;
    const writes = async (): Promise<unknown> => {
      await client.query('select pg_stat_force_next_flush()');
      const { rows } = await client.query(
        `select tup_inserted + tup_updated + tup_deleted as n from pg_stat_database where datname = current_database()`,
      );
      return rows[0];
    };
    await writes();
    const before = await writes();
    await listObjects(client);
    expect(await writes()).toEqual(before);
  });
});

describe('a database that is not empty', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const SCHEDULE = 'config/schedules/demo.yaml';
  const DIGEST =
    'select count(*)::int as rows, md5(string_agg(w::text, $1 order by id)) as digest from lab.work w';

  it.each([
    ['generate', (url: string) => ['generate', SCHEDULE, '--database-url', url]],
    ['migrate', (url: string) => ['migrate', '--database-url', url]],
    ['refresh', (url: string) => ['refresh', SCHEDULE, '--database-url', url]],
  ])('is refused by %s before anything is written, although schema public is empty', async (_, args) => {
    await rowsOf(database.url, 'create schema if not exists lab');
    await rowsOf(
      database.url,
      'create table if not exists lab.work as select g as id, md5(g::text) as t from generate_series(1, 1000) g',
    );
    const before = await rowsOf(database.url, DIGEST, [',']);
    const refused = await runCli(args(database.url));
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain('is not empty and was not made by aquaseed');
    expect(refused.stderr).toContain('schema lab, table lab.work');
    expect(refused.stderr).not.toMatch(/^\s+at /m);
    expect(await rowsOf(database.url, DIGEST, [','])).toEqual(before);
    expect(
      await rowsOf(database.url, `select datname from pg_database where datname ~ '^${database.name}_'`),
    ).toEqual([]);
    expect(await rowsOf(database.url, `select nspname from pg_namespace where nspname = 'aquaseed'`)).toEqual(
      [],
    );
  });
});

describe('template1', () => {
  let server: TestServer | null;
  beforeAll(async () => {
    server = await startDebianServer(15);
  });
  afterAll(() => server?.remove());

  it('is never written to, since every new database would have it', async (context) => {
    if (server === null) return context.skip();
    const refused = await runCli(['migrate', '--database-url', server.url('template1')]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('what new databases are copied from');
    expect(
      await rowsOf(server.url('template1'), `select from pg_namespace where nspname = 'aquaseed'`),
    ).toEqual([]);
  });
});

it('the file for psql and that for the driver are one', () => {
  const file = fileURLToPath(new URL('../../sql/install.sql', import.meta.url));
  expect(readFileSync(file, 'utf8')).toContain(
    '\\ir install/list_objects.sql\n\\ir install/check_database.sql',
  );
});
