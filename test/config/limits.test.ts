import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import seedrandom from 'seedrandom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { columnTypes } from '../../src/config/columns.ts';
import { install } from '../../src/driver/database/install.ts';
import { UserError } from '../../src/errors.ts';
import { runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, scratchDirectory, tinyConfig, tinyFarm } from '../support/generated.ts';
import {
  applied,
  CONFIG_FILES,
  type ConfigFile,
  configurationOf,
  DELETED,
  type Documents,
  type Mutation,
  mutationsOf,
  placesOf,
  readDocuments,
  valueAt,
} from '../support/mutations.ts';
import { rowsOf, withClient } from '../support/run.ts';

/** What the database would refuse is refused when the configuration is read. */

const ROOT = path.join(import.meta.dirname, '../..');
const documents: Documents = readDocuments(tinyFarm().config);
let database: TestDatabase;
let empty: TestDatabase;
beforeAll(async () => {
  [database, empty] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  // Without a configuration: rows that are there already would be left alone.
  await withClient(database.url, install);
}, GENERATION_TIMEOUT);
afterAll(() => Promise.all([database.drop(), empty.drop()]));

/** The error of the database for a configuration that the loader takes; nothing stays. */
async function loadError(changed: Documents): Promise<string | undefined> {
  const it = configurationOf(changed);
  if (it instanceof UserError) return `refused: ${it.message}`;
  return await withClient(database.url, async (client) => {
    await client.query('begin');
    try {
      const parts = [it.farm, it.masterData, it.biology, it.climate, it.health, it.incidents, it.work];
      await client.query(
        `select aquaseed.load_configuration(${parts.map((_, n) => `$${n + 1}::jsonb`).join(', ')}, $8)`,
        [...parts.map((part) => JSON.stringify(part)), it.digest],
      );
      await client.query('select aquaseed.load_check_bounds($1::jsonb)', [JSON.stringify(it.checks)]);
      await client.query('select count(aquaseed.number(path)) from unnest($1::text[]) path', [numbersRead()]);
      for (const { path: at, type } of sectionsRead()) {
        await client.query(`select aquaseed.settings($1, null::aquaseed.${type})`, [at]);
      }
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.query('rollback');
    }
  });
}

function sqlOf(...folders: string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, 'sql', folder), { recursive: true, encoding: 'utf8' })
        .filter((it) => it.endsWith('.sql'))
        .map((it) => readFileSync(path.join(ROOT, 'sql', folder, it), 'utf8')),
    )
    .join('\n');
}

/** Numbers that functions read by their whole name. */
function numbersRead(): string[] {
  const found = sqlOf('functions', 'partitions').matchAll(/aquaseed\.number\('([^']+)'\)/g);
  return [...new Set([...found].map((it) => it[1] ?? ''))].sort();
}

/** Sections that functions read as a type. */
function sectionsRead(): { path: string; type: string }[] {
  const found = sqlOf('functions').matchAll(/aquaseed\.settings\('([^']+)', null::aquaseed\.(\w+)\)/g);
  return [...found].map((it) => ({ path: it[1] ?? '', type: it[2] ?? '' }));
}

/** Attributes of the types that sections are read as: name and type. */
function settingTypes(): Map<string, { name: string; type: string }[]> {
  const text = sqlOf('migrations');
  const attribute = (it: string) => {
    const [, name = '', type = ''] = /^"?(\w+)"? (.+)$/s.exec(it.trim()) ?? [];
    return { name, type };
  };
  const types = new Map(
    [...text.matchAll(/create type aquaseed\.(\w+) as \(([^)]+)\)/g)].map(
      ([, type = '', attributes = '']) => [type, attributes.split(',').map(attribute)],
    ),
  );
  for (const [, type = '', changes = ''] of text.matchAll(/alter type aquaseed\.(\w+)([^;]+);/g)) {
    let attributes = types.get(type) ?? [];
    for (const [, verb, what = ''] of changes.matchAll(/(add|drop) attribute ([^,]+)/g)) {
      attributes =
        verb === 'add'
          ? [...attributes, attribute(what)]
          : attributes.filter((it) => it.name !== what.trim());
    }
    for (const [, from = '', to = ''] of changes.matchAll(/rename attribute (\w+) to (\w+)/g))
      attributes = attributes.map((it) => (it.name === from ? { ...it, name: to } : it));
    types.set(type, attributes);
  }
  return types;
}

/** Every single number that functions read by a name of its own. */
function settingsRead(): string[] {
  const types = settingTypes();
  const leaves = (at: string, type: string): string[] =>
    (types.get(type) ?? []).flatMap((it) => {
      const below = `${at}.${it.name}`;
      const [, of, list] = /^aquaseed\.(\w+)(\[\])?$/.exec(it.type) ?? [];
      if (of === undefined) return it.type.endsWith('[]') ? [] : [below];
      return list === undefined
        ? leaves(below, of)
        : [...leaves(`${below}.0`, of), ...leaves(`${below}.1`, of)];
    });
  const found = sectionsRead().flatMap((it) => leaves(it.path, it.type));
  return [...new Set([...numbersRead(), ...found])].sort();
}

it('the types of the columns are those of the catalogue', async () => {
  const rows = await rowsOf<{ name: string; type: string }>(
    database.url,
    `select c.relname || '.' || a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type
     from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and a.attnum > 0 and not a.attisdropped`,
  );
  const short = (type: string) =>
    type
      .replace('character varying', 'varchar')
      .replace('timestamp with time zone', 'timestamptz')
      .split(' ')[0];
  const actual = Object.fromEntries(rows.map((it) => [it.name, short(it.type)]));
  expect(Object.fromEntries(columnTypes())).toEqual(actual);
});

describe('a setting that a function reads', () => {
  const settings = settingsRead();
  it('is found in the sources', () => expect(settings.length).toBeGreaterThan(300));

  it.each(settings)('%s cannot be left out, or has a default', async (setting) => {
    const [head = '', ...steps] = setting.split('.');
    const file: ConfigFile = head === 'scenario' || head === 'finance' ? 'master-data' : (head as ConfigFile);
    const at = (file === 'master-data' ? [head, ...steps] : steps).map((it) =>
      /^\d+$/.test(it) ? Number(it) : it,
    );
    expect(valueAt(documents[file], at)).toBeTypeOf('number');
    const without = applied(documents, { file, path: at, what: 'deleted', value: DELETED });
    if (!(configurationOf(without) instanceof UserError)) expect(await loadError(without)).toBeUndefined();
  });
});

describe('a change of any place', () => {
  it('is refused by the loader, or the database takes it', { timeout: GENERATION_TIMEOUT }, async () => {
    expect(await loadError(documents)).toBeUndefined();
    const random = seedrandom('limits');
    const counts = { refused: 0, accepted: 0 };
    const accepted: Mutation[] = [];
    for (const file of CONFIG_FILES) {
      for (const at of placesOf(documents[file])) {
        if (random() > 0.25) continue;
        const all = mutationsOf(file, at, valueAt(documents[file], at));
        const mutation = all[Math.floor(random() * all.length)];
        if (mutation === undefined) continue;
        if (configurationOf(applied(documents, mutation)) instanceof UserError) counts.refused += 1;
        else accepted.push(mutation);
      }
    }
    counts.accepted = accepted.length;
    expect(Math.min(counts.refused, counts.accepted), JSON.stringify(counts)).toBeGreaterThan(20);
    // Together where the loader takes them together; one by one where the database does not.
    const refused: string[] = [];
    const check = async (some: readonly Mutation[]): Promise<void> => {
      const [first] = some;
      if (first === undefined) return;
      const problem = await loadError(some.reduce(applied, documents));
      if (problem === undefined) return;
      if (some.length === 1) {
        refused.push(`${first.file} ${first.path.join('.')} ${first.what}: ${problem}`);
        return;
      }
      await check(some.slice(0, some.length >> 1));
      await check(some.slice(some.length >> 1));
    };
    for (const file of CONFIG_FILES) {
      // From the end, so that an item that is taken out of a list moves no place that is still to be changed.
      await check(accepted.filter((it) => it.file === file).reverse());
    }
    expect(refused).toEqual([]);
  });
});

describe('generate refuses with file and path, and installs nothing', () => {
  const change = (file: ConfigFile, at: readonly (string | number)[], value: unknown): string => {
    const directory = tinyConfig();
    const target = path.join(directory, `${file}.yaml`);
    const changed = applied(readDocuments(directory), { file, path: at, what: '', value })[file];
    writeFileSync(target, stringify(changed));
    return directory;
  };

  it.each<[string, RegExp, () => string]>([
    [
      'a number that the column cannot hold',
      /master-data\.yaml:\d+:\d+: environmental_parameters\.0\.optimal_min: Number must be greater|less than/,
      () => change('master-data', ['environmental_parameters', 0, 'optimal_min'], 1e300),
    ],
    [
      'a stage name of 25 characters',
      /biology\.yaml:\d+:\d+: stages\.0\.name: String must contain at most 20 character/,
      () => change('biology', ['stages', 0, 'name'], 'n'.repeat(25)),
    ],
    [
      'a section that a stage needs',
      /climate\.yaml:\d+:\d+: freshwater\.flow_through\.Dissolved Oxygen: missing/,
      () => change('climate', ['freshwater', 'flow_through', 'Dissolved Oxygen'], DELETED),
    ],
    [
      'an entry that another file refers to',
      /master-data\.yaml:\d+:\d+: container_types: nothing for containers of type /,
      () =>
        change(
          'master-data',
          ['container_types'],
          [{ name: 'Pond', category: 'TANK', max_volume_m3: 1, description: '' }],
        ),
    ],
    [
      'a name with a mark of direction',
      /biology\.yaml:\d+:\d+: stages\.0\.name: holds control characters or marks of direction/,
      () => change('biology', ['stages', 0, 'name'], 'Egg\u202e'),
    ],
  ])('%s', async (_, message, config) => {
    const { code, stderr } = await runCli([
      ...['generate', tinyFarm().file, '--config', config(), '--database-url', empty.url],
    ]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(await rowsOf(empty.url, `select from pg_namespace where nspname = 'aquaseed'`)).toEqual([]);
  });

  it.each<[string, RegExp, (file: string) => void]>([
    ['20 MB', /larger than 4 MB/, (file) => writeFileSync(file, 'a: ['.repeat(5_000_000))],
    ['a directory', /is a directory/, (file) => mkdirSync(file)],
    ['a device that never ends', /no regular file/, (file) => symlinkSync('/dev/zero', file)],
    ['UTF-16', /not UTF-8/, (file) => writeFileSync(file, Buffer.from('\ufeffa: b', 'utf16le'))],
    [
      '200,000 batches',
      /must contain at most/,
      (file) => {
        const schedule = parse(readFileSync(tinyFarm().file, 'utf8')) as { metadata: unknown };
        writeFileSync(file, stringify({ metadata: schedule.metadata, batches: Array(200_000).fill(1) }));
      },
    ],
  ])('a schedule that is %s', async (_, message, make) => {
    const file = path.join(scratchDirectory(), 'x.yaml');
    make(file);
    const { code, stderr } = await runCli(['validate', file]);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThan(15);
    expect(code).toBe(2);
  });

  it('an end of history outside the schedule, in SQL too', async () => {
    const config = path.join(scratchDirectory(), 'config');
    cpSync(tinyFarm().config, config, { recursive: true });
    for (const asOf of ['9999-12-31', '0001-01-01']) {
      const args = [
        'generate',
        tinyFarm().file,
        '--config',
        config,
        '--as-of',
        asOf,
        '--database-url',
        empty.url,
      ];
      const { code, stderr } = await runCli(args);
      expect(stderr).toMatch(/^error: history cannot end on .*\nas-of may be /);
      expect(code).toBe(2);
    }
    const schedule = JSON.stringify(tinyFarm().schedule);
    await rowsOf(database.url, `update aquaseed.ownership set config_digest = 'x'`);
    for (const asOf of ['9999-12-31', '0001-01-01', 'infinity', '-infinity', null]) {
      const call = `select aquaseed.create_run(1, $1::date, $2::jsonb, 'x', 'x', 'x', 'x')`;
      await expect(rowsOf(database.url, call, [asOf, schedule])).rejects.toMatchObject({ code: 'AQ015' });
    }
  });
});
