import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedTables, largeTables, refusedInserts, rowsOfOthers } from '../support/adopted.ts';
import { aquamindSql } from '../support/aquamind.ts';
import { createAquamindDatabase } from '../support/aquamind-database.ts';
import type { AquamindCommit } from '../support/aquamind-facts.ts';
import { mustRun } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  advanceArguments,
  GENERATION_TIMEOUT,
  generateArguments,
  generatedDatabase,
  tinyFarm,
} from '../support/generated.ts';
import { type Digests, digestsByName, rowsOf } from '../support/run.ts';
import { startDebianServer } from '../support/servers.ts';

// The tiny farm, whose places AquaMind's bootstrap has under other ids.
type Aquamind = Pick<TestDatabase, 'name' | 'url' | 'drop'>;

const VERDICTS = `select id, round(measured::numeric, 4)::text as measured, verdict
                  from aquaseed.verify((select run_id from aquaseed.run)) order by line`;

const farm = tinyFarm();
let own: TestDatabase;
let byName: Digests;
let verdicts: unknown[];

beforeAll(async () => {
  own = await generatedDatabase();
  byName = await digestsByName(own.url);
  verdicts = await rowsOf(own.url, VERDICTS);
}, GENERATION_TIMEOUT);
afterAll(() => own?.drop());

/** On Debian's PostgreSQL 15; null where that is not installed. */
async function onDebian(commit: AquamindCommit): Promise<Aquamind | null> {
  const server = await startDebianServer(15);
  if (server === null) return null;
  await rowsOf(server.url('postgres'), 'create database aquamind template template0');
  const url = server.url('aquamind');
  await rowsOf(url, aquamindSql(commit, { bootstrap: true }));
  return { name: 'aquamind', url, drop: () => server.remove() };
}

// At once, or up to a day and on from there.
describe.each<[string, number, string, () => Promise<Aquamind | null>]>([
  ['the commit that our tables follow', 1, '', () => createAquamindDatabase('b52e1ab')],
  ['it with the bootstrap', 4, '2025-06-30', () => createAquamindDatabase('b52e1ab', { bootstrap: true })],
  ['the newest commit', 2, '', () => createAquamindDatabase('newest')],
  ['PostgreSQL 15 with the bootstrap', 2, '2024-01-15', () => onDebian('b52e1ab')],
])('in a database of %s, with %i workers %s', (_, workers, from, open) => {
  let database: Aquamind | null;
  let client: pg.Client;
  let rowsBefore: Awaited<ReturnType<typeof rowsOfOthers>>;
  let tablesBefore: Awaited<ReturnType<typeof largeTables>>;
  let version: number;

  beforeAll(async () => {
    database = await open();
    if (database === null) return;
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query("select current_setting('server_version_num')::int as version");
    version = rows[0].version;
    await client.query(`
      comment on table public.health_licecount is 'Lice that somebody counted.';
      comment on column public.health_licecount.count_value is 'All of them.';
      comment on index public.health_licecount_pkey is 'The key.';
      grant select, insert on public.health_licecount to pg_monitor with grant option;
      grant update (notes) on public.health_licecount to public`);
    rowsBefore = await rowsOfOthers(client);
    tablesBefore = await largeTables(client);
    const how = ['--adopt', '--database', database.name];
    const options = from === '' ? { workers } : { workers, asOf: from };
    await mustRun([...generateArguments(database.url, options), ...how]);
    if (from !== '')
      await mustRun(
        advanceArguments(database, farm, farm.schedule.metadata.as_of, farm.file, '--workers', `${workers}`),
      );
  }, GENERATION_TIMEOUT);
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  it('has the rows of a database of our own, by name', async ({ skip }) => {
    if (database === null) return skip('this version is not installed');
    expect(await digestsByName(database.url)).toEqual(byName);
  });

  it('is judged like a database of our own', async ({ skip }) => {
    if (database === null) return skip('this version is not installed');
    expect(await rowsOf(database.url, VERDICTS)).toEqual(verdicts);
  });

  it('leaves the rows of others as they were', async ({ skip }) => {
    if (database === null) return skip('this version is not installed');
    expect(await changedTables(client, rowsBefore)).toEqual([]);
  });

  it('lets the application insert into every table that is filled', async ({ skip }) => {
    if (database === null) return skip('this version is not installed');
    expect(await refusedInserts(client)).toEqual([]);
  });

  it('has large tables like those that were there', async ({ skip }) => {
    if (database === null) return skip('this version is not installed');
    expect(await largeTables(client)).toEqual(expectedTables(tablesBefore, version));
  });

  it('is not blamed for the things of others', async ({ skip }) => {
    if (database === null) return skip('this version is not installed');
    await client.query('begin');
    await client.query(FOREIGN);
    expect(await failures(client)).toEqual([]);
    await client.query(OURS);
    expect(await failures(client)).toEqual(['51.unproven', '53', '54', '56']);
    await client.query('rollback');
  });
});

async function failures(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(`
    select x.id from (
      select * from aquaseed.check_51_foreign_keys() union all select * from aquaseed.check_53_unique_names()
      union all select * from aquaseed.check_54_sequences() union all select * from aquaseed.check_56_allowed_values()
    ) x where x.measured > 0 order by x.id`);
  return rows.map((it) => it.id);
}

/** What differs on purpose: identity before 17, and unique keys without the id, which are on the leaves. */
function expectedTables(before: Record<string, string[]>, version: number): Record<string, string[]> {
  const idOf = (line: string): string =>
    line.includes('scenario_scenarioprojection') ? 'projection_id' : 'id';
  const hasId = (line: string): boolean =>
    new RegExp(`\\((.*, )?${idOf(line)}(, .*)?\\)`).test(line.replace(/ON public\.\w+ /, ''));
  return {
    ...before,
    column: (before.column ?? []).map((line) =>
      version >= 170_000 || !line.includes('identity d')
        ? line
        : line.replace(
            /^(\w+)\.(\w+)(.*)default {2}identity d/,
            (_, table: string, column: string, rest: string) =>
              `${table}.${column}${rest}default ${sequenceOf(before, table)} identity `,
          ),
    ),
    constraint: (before.constraint ?? []).filter((line) => !/ UNIQUE \(/.test(line) || hasId(line)),
    index: (before.index ?? []).filter((line) => !/CREATE UNIQUE/.test(line) || hasId(line)),
  };
}

function sequenceOf(before: Record<string, string[]>, table: string): string {
  const found = (before.sequence ?? []).find((it) => it.startsWith(`${table}_`))?.split(' ')[0];
  return `nextval('${found}'::regclass)`;
}

/** Things of others that are not in order. */
const FOREIGN = `
  alter table public.django_admin_log add constraint somebodys foreign key (user_id) references public.auth_user not valid;
  with station as (
    insert into public.infrastructure_freshwaterstation
      (name, station_type, latitude, longitude, description, active, created_at, updated_at, geography_id)
    select x.name, 'ODD', 1, 1, '', true, now(), now(), (select min(g.id) from public.infrastructure_geography g)
    from (values ('Theirs 1'), ('Theirs 2')) x(name) returning id
  )
  insert into public.infrastructure_hall
    (name, description, area_sqm, active, created_at, updated_at, freshwater_station_id)
  select 'Hall', '', 1, true, now(), now(), s.id from station s;
  select setval(pg_get_serial_sequence('public.django_migrations', 'id'), 1)`;

/** The same faults in what is ours. */
const OURS = `
  alter table public.harvest_harvestwaste add constraint ours foreign key (event_id) references public.harvest_harvestevent not valid;
  update public.infrastructure_container c set name = (
    select x.name from public.infrastructure_container x join aquaseed.master_row m on m.id = x.id
    where m.table_name = 'infrastructure_container' and m.no = 1)
  from aquaseed.master_row m where m.table_name = 'infrastructure_container' and m.no = 2 and m.id = c.id;
  update public.batch_batch set status = 'ODD' where id = 1;
  select setval(pg_get_serial_sequence('public.harvest_harvestevent', 'id'), 1)`;
