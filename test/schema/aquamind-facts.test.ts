import { pbkdf2Sync } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import type { AquamindOptions } from '../support/aquamind.ts';
import { createAquamindDatabase } from '../support/aquamind-database.ts';
import {
  type AquamindCommit,
  type AquamindFacts,
  aquamindFacts,
  COMMITS,
  countsAfterBootstrap,
  indexNames,
  naturalKeys,
} from '../support/aquamind-facts.ts';
import { AQUAMIND_PASSWORD } from '../support/aquamind-rows.ts';
import type { TestDatabase } from '../support/database.ts';

// The database that test/support/aquamind.ts builds, compared back with the facts through the catalogue.

interface Opened {
  database: TestDatabase;
  client: pg.Client;
}

async function open(commit: AquamindCommit, options: AquamindOptions = {}): Promise<Opened> {
  const database = await createAquamindDatabase(commit, options);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  // Definitions are then shown without the schema, as in the facts.
  await client.query('set search_path = public');
  return { database, client };
}

async function close({ database, client }: Opened): Promise<void> {
  await client.end();
  await database.drop();
}

async function column<T>(client: pg.Client, query: string): Promise<T[]> {
  const { rows } = await client.query<{ it: T }>(query);
  return rows.map((row) => row.it);
}

/** Rows of every table that has some. */
async function countRows(client: pg.Client, { columns }: AquamindFacts): Promise<Record<string, number>> {
  const tables = [...new Set(columns.filter((it) => it.kind === 'table').map((it) => it.table))];
  const parts = tables.map(
    (table) => `select '${table}' as name, count(*)::integer as n from public.${table}`,
  );
  const { rows } = await client.query<{ name: string; n: number }>(parts.join(' union all '));
  return Object.fromEntries(rows.filter((row) => row.n > 0).map((row) => [row.name, row.n]));
}

/** The sequences whose next number is in use. */
async function usedNext(client: pg.Client, { sequences }: AquamindFacts): Promise<string[]> {
  const parts = sequences.map(
    ({ table, column, name }) =>
      `select '${name}' as it from (select nextval('public.${name}') as n) s
       where n <= (select coalesce(max(${column}), 0) from public.${table})`,
  );
  return await column<string>(client, parts.join(' union all '));
}

describe.each(COMMITS)('AquaMind as migrate leaves it, %s', (commit) => {
  const facts = aquamindFacts(commit);
  let opened: Opened;

  beforeAll(async () => {
    opened = await open(commit);
  });
  afterAll(async () => {
    await close(opened);
  });

  test('has the tables, views and columns', async () => {
    const found = await column<string>(
      opened.client,
      `select concat_ws(' ', c.relname, case c.relkind::text when 'r' then 'table' when 'v' then 'view' else c.relkind::text end,
         a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
         case a.attidentity::text when 'd' then true when '' then false end,
         pg_get_expr(d.adbin, d.adrelid)) as it
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where c.relnamespace = 'public'::regnamespace and c.relkind not in ('i', 'S')`,
    );
    const short = (value: boolean) => (value ? 't' : 'f');
    const expected = facts.columns.map(
      (it) =>
        `${it.table} ${it.kind} ${it.position} ${it.name} ${it.type} ${short(it.notNull)} ${short(it.identity)}`,
    );
    expect(expected.length).toBeGreaterThan(2000);
    expect(found.sort()).toEqual(expected.sort());
  });

  test('has the constraints, by name and definition', async () => {
    const { rows } = await opened.client.query<AquamindFacts['constraints'][number]>(
      `select conrelid::regclass::text as table, contype::text as type, pg_get_constraintdef(oid) as definition,
         condeferrable as deferrable, condeferred as deferred, conname::text as name
       from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f', 'c', 'x')`,
    );
    expect(lines(rows, 'constraint')).toEqual(lines(facts.constraints, 'constraint'));
    expect(await column(opened.client, 'select oid from pg_constraint where not convalidated')).toEqual([]);
  });

  test('has the indexes, and no second one for a constraint', async () => {
    const { rows } = await opened.client.query<AquamindFacts['indexes'][number]>(
      `select indrelid::regclass::text as table, indisunique as unique, indisprimary as primary,
         substring(pg_get_indexdef(indexrelid) from ' (USING .*)$') as definition
       from pg_index where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`,
    );
    expect(lines(rows, 'index')).toEqual(lines(facts.indexes, 'index'));
  });

  test('has the known names of indexes', async () => {
    const found = new Set(
      await column<string>(
        opened.client,
        `select concat_ws(' ', tablename, indexname, substring(indexdef from ' (USING .*)$')) as it
         from pg_indexes where schemaname = 'public'`,
      ),
    );
    const known = indexNames().filter(({ table, unique, definition }) =>
      facts.indexes.some((it) => it.table === table && it.unique === unique && it.definition === definition),
    );
    const missing = known.filter((it) => !found.has(`${it.table} ${it.name} ${it.definition}`));
    expect(known.length).toBeGreaterThan(300);
    expect(missing).toEqual([]);
  });

  test('has the sequences of the identity columns', async () => {
    const { rows } = await opened.client.query<AquamindFacts['sequences'][number]>(
      `select c.relname::text as table, a.attname::text as column, s.relname::text as name,
         format_type(q.seqtypid, null) as type
       from pg_depend d
       join pg_class s on s.oid = d.objid and s.relkind = 'S'
       join pg_sequence q on q.seqrelid = s.oid
       join pg_class c on c.oid = d.refobjid
       join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
       where d.classid = 'pg_class'::regclass and d.deptype = 'i' and c.relnamespace = 'public'::regnamespace`,
    );
    expect(lines(rows, 'sequence')).toEqual(lines(facts.sequences, 'sequence'));
  });

  test('has the rows of the migrations under their ids, two users, and nothing else', async () => {
    const { migrations, contentTypes, permissions } = facts.counts;
    expect(await countRows(opened.client, facts)).toEqual({
      ...{
        auth_permission: permissions,
        auth_user: 2,
        users_userprofile: 2,
        django_content_type: contentTypes,
      },
      ...{ django_migrations: migrations, health_healthparameter: 9, health_licetype: 15 },
      health_mortalityreason: 1,
    });
    const found = await column<string>(
      opened.client,
      `select concat_ws('|', 'health_healthparameter', id, name) as it from health_healthparameter
       union all select concat_ws('|', 'health_mortalityreason', id, name) from health_mortalityreason
       union all select concat_ws('|', 'health_licetype', id, species, gender, development_stage) from health_licetype
       union all select concat_ws('|', 'django_content_type', id, app_label, model) from django_content_type`,
    );
    expect(found).toEqual(
      expect.arrayContaining(facts.rows.map(({ table, id, key }) => [table, id, ...key].join('|'))),
    );
    expect(facts.rows).toHaveLength(29);
  });

  test('gives a free id next in every table', async () => {
    expect(await usedNext(opened.client, facts)).toEqual([]);
  });

  test('has users that can log in', async () => {
    const { rows } = await opened.client.query<{ username: string; password: string; is_superuser: boolean }>(
      'select username, password, is_superuser from auth_user order by id',
    );
    expect(rows.map((row) => [row.username, row.is_superuser])).toEqual([
      ['boss', true],
      ['clerk', false],
    ]);
    for (const { password } of rows) {
      const [algorithm, rounds, salt = '', hash] = password.split('$');
      expect(algorithm).toBe('pbkdf2_sha256');
      expect(hash).toBe(pbkdf2Sync(AQUAMIND_PASSWORD, salt, Number(rounds), 32, 'sha256').toString('base64'));
    }
  });
});

function lines(rows: object[], kind: string): string[] {
  return rows
    .map((row) => `${kind} ${JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))}`)
    .sort();
}

describe.each(COMMITS)('AquaMind after its bootstrap, %s', (commit) => {
  const facts = aquamindFacts(commit);
  let opened: Opened;

  beforeAll(async () => {
    opened = await open(commit, { bootstrap: true });
  });
  afterAll(async () => {
    await close(opened);
  });

  test('has the rows of the facts, and the clerk', async () => {
    const { migrations, contentTypes, permissions } = facts.counts;
    expect(await countRows(opened.client, facts)).toEqual({
      ...countsAfterBootstrap(),
      ...{ auth_user: 2, users_userprofile: 2 },
      // Those of the facts are of the first commit.
      ...{ django_migrations: migrations, django_content_type: contentTypes, auth_permission: permissions },
    });
    expect(await usedNext(opened.client, facts)).toEqual([]);
  });

  test('shares natural keys with our configuration as the facts say, but no id of a place', async () => {
    for (const [table, ours] of Object.entries(ourKeys())) {
      const { rows } = await opened.client.query<{ id: string; key: string }>(
        `select id::text, ${KEYS[table] ?? 'name'} as key from ${table} t`,
      );
      const known = naturalKeys().find((it) => it.table === table);
      const same = rows.filter((row) => ours.has(row.key));
      const sameId = same.filter((row) => ours.get(row.key) === Number(row.id));
      expect({ table, rows: rows.length, sameKey: same.length, sameId: sameId.length }).toEqual(known);
      expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
    }
  });

  test('has ids that are out of order, with gaps, and mostly in use by others of ours', async () => {
    const { rows } = await opened.client.query<{ id: string; name: string }>(
      'select id::text, name from infrastructure_container order by id',
    );
    const ids = rows.map((row) => Number(row.id));
    expect(Math.max(...ids)).toBeGreaterThan(ids.length);
    expect(ids.filter((id) => id <= 2017).length).toBeGreaterThan(1800);
    const names = rows.map((row) => row.name);
    const inOrder = names.filter((name, index) => index > 0 && (names[index - 1] ?? '') < name);
    expect(inOrder.length).toBeLessThan(names.length * 0.6);
  });

  test('keeps everything in its place', async () => {
    const placed = await column<number>(
      opened.client,
      `select count(*)::integer as it
       from infrastructure_sensor s
       join infrastructure_container c on c.id = s.container_id and starts_with(s.name, c.name || '-')
       left join infrastructure_hall h on h.id = c.hall_id
       left join infrastructure_freshwaterstation w on w.id = h.freshwater_station_id and starts_with(h.name, w.name)
       left join infrastructure_area a on a.id = c.area_id
       join infrastructure_geography g on g.id = coalesce(w.geography_id, a.geography_id)
       join finance_dimsite d on d.site_name = coalesce(w.name, a.name) and d.source_pk = coalesce(w.id, a.id)
         and d.source_model = case when w.id is null then 'area' else 'station' end
       join finance_dimcompany m on m.company_id = d.company_id and m.geography_id = g.id
       where starts_with(c.name, coalesce(w.name, a.name))
         and starts_with(c.name, case g.name when 'Scotland' then 'S-' else 'FI-' end)`,
    );
    expect(placed).toEqual([11_060]);
  });

  test('describes it in its own way', async () => {
    const { masterData } = loadConfiguration();
    const { rows } = await opened.client.query<{ name: string; max: number }>(
      'select name, max_volume_m3::float8 as max from infrastructure_containertype',
    );
    const largest = new Map(rows.map((row) => [row.name, row.max]));
    const others = masterData.container_types.filter((it) => largest.get(it.name) !== it.max_volume_m3);
    expect(others.map((it) => it.name).sort()).toEqual([
      'Large Tanks - Smolt',
      'Pre-Transfer Tanks - Post-Smolt',
      'Sea Rings',
    ]);
    const scores = await column<string>(
      opened.client,
      `select p.name as it from health_healthparameter p
       join health_parameterscoredefinition d on d.parameter_id = p.id group by 1 having count(*) = 4`,
    );
    expect(scores.sort()).toEqual(masterData.health_parameters.map((it) => it.name).sort());
  });
});

/** Natural keys that are more than a name, as expressions on the table t. */
const KEYS: Record<string, string> = {
  infrastructure_hall: `(select s.name from infrastructure_freshwaterstation s where s.id = t.freshwater_station_id) || '|' || name`,
  infrastructure_freshwaterstation: `(select g.name from infrastructure_geography g where g.id = t.geography_id) || '|' || name`,
  infrastructure_area: `(select g.name from infrastructure_geography g where g.id = t.geography_id) || '|' || name`,
  health_licetype: `concat_ws('|', species, gender, development_stage)`,
};

/** Natural keys of our own configuration and the ids that they have in a database of our own. */
function ourKeys(): Record<string, Map<string, number>> {
  const { farm, masterData, biology } = loadConfiguration();
  const nameOf = (list: { id: number; name: string }[], id: number) => list.find((it) => it.id === id)?.name;
  const numbered = (names: string[]) => new Map(names.map((name, index) => [name, index + 1]));
  const named = (list: { id: number; name: string }[]) => new Map(list.map((it) => [it.name, it.id]));
  const inGeography = (list: { id: number; name: string; geographyId: number }[]) =>
    new Map(list.map((it) => [`${nameOf(farm.geographies, it.geographyId)}|${it.name}`, it.id]));
  return {
    infrastructure_geography: named(farm.geographies),
    infrastructure_freshwaterstation: inGeography(farm.stations),
    infrastructure_area: inGeography(farm.areas),
    infrastructure_hall: new Map(
      farm.halls.map((it) => [`${nameOf(farm.stations, it.stationId)}|${it.name}`, it.id]),
    ),
    infrastructure_containertype: numbered(masterData.container_types.map((it) => it.name)),
    infrastructure_container: named(farm.containers),
    infrastructure_feedcontainer: named(farm.feedContainers),
    infrastructure_sensor: named(farm.sensors),
    batch_species: numbered(masterData.species.map((it) => it.name)),
    batch_lifecyclestage: numbered(biology.stages.map((it) => it.name)),
    health_healthparameter: numbered(masterData.health_parameters.map((it) => it.name)),
    health_mortalityreason: numbered(masterData.mortality_reasons.map((it) => it.name)),
    health_licetype: numbered(
      masterData.lice_types.map((it) => [it.species, it.gender, it.development_stage].join('|')),
    ),
    planning_activitytemplate: numbered(masterData.activity_templates.map((it) => it.name)),
  };
}

describe('AquaMind with something in the way', () => {
  test.each([false, true])('has a batch of its own, bootstrap %s', async (bootstrap) => {
    const opened = await open('b52e1ab', { bootstrap, operationalRows: true });
    try {
      const rows = await countRows(opened.client, aquamindFacts('b52e1ab'));
      expect(rows).toMatchObject({
        ...{ batch_batch: 1, batch_batchcontainerassignment: 1, batch_mortalityevent: 1 },
        infrastructure_container: bootstrap ? 1940 : 1,
      });
      expect(await usedNext(opened.client, aquamindFacts('b52e1ab'))).toEqual([]);
    } finally {
      await close(opened);
    }
  });

  test('has a hypertable, a column that nobody knows and rows of the test', async () => {
    const opened = await open('newest', {
      ...{ hypertable: true, unknownColumn: 'auth_user' },
      rows: [['inventory_feed', [{ id: 7, name: 'Old "Feed", 3\\4 mm' }]]],
    });
    try {
      const hypertables = await column(
        opened.client,
        `select format('%s.%s', schema_name, table_name) as it from _timescaledb_catalog.hypertable`,
      );
      expect(hypertables).toEqual(['public.environmental_environmentalreading']);
      const unknown = await column(
        opened.client,
        `select attrelid::regclass::text as it from pg_attribute
         where attname = 'unforeseen' and attnotnull and not atthasdef`,
      );
      expect(unknown).toEqual(['auth_user']);
      expect(await column(opened.client, 'select name as it from inventory_feed where id = 7')).toEqual([
        'Old "Feed", 3\\4 mm',
      ]);
    } finally {
      await close(opened);
    }
  });
});
