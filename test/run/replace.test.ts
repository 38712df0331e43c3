import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EmbeddedServer } from '../../src/driver/database/embedded/server.ts';
import { type CliResult, mustRun, runCli } from '../support/cli.ts';
import { GENERATION_TIMEOUT, youngFarm } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

/** What demo and --replace drop: on the embedded server, a database that aquaseed made, and no other without its name. */

let embedded: EmbeddedServer;
const prefix = `rep_${randomBytes(4).toString('hex')}`;
const mine = `${prefix}_mine`;
const made = `${prefix}_made`;

const run = (args: readonly string[]): Promise<CliResult> =>
  runCli(args, { env: { AQUASEED_HOME: inject('testHome') } });
const generate = (database: string, ...more: string[]): string[] => [
  ...['generate', youngFarm().file, '--config', youngFarm().config, '--as-of', '2023-06-14', '--no-verify'],
  ...['--workers', '2', '--database', database, ...more],
];
const batch = (database: string, ...more: string[]): string[] => [
  ...[
    'batch',
    '--start-date',
    '2025-01-01',
    '--eggs',
    '100000',
    '--geography',
    'Faroe Islands',
    '--duration',
    '5',
  ],
  ...['--config', youngFarm().config, '--no-verify', '--database', database, ...more],
];
const url = (database: string): string => embedded.url(database);
const idOf = async (database: string): Promise<unknown> =>
  (await rowsOf(url('postgres'), 'select oid from pg_database where datname = $1', [database]))[0]?.oid;

beforeAll(async () => {
  embedded = await EmbeddedServer.open({ home: inject('testHome'), persistent: true });
  await embedded.ensureDatabase(mine);
  await rowsOf(
    url(mine),
    'create table work as select g as id, md5(g::text) as t from generate_series(1, 100) g',
  );
  await mustRun(generate(made), { env: { AQUASEED_HOME: inject('testHome') } });
}, GENERATION_TIMEOUT);
afterAll(async () => {
  for (const name of [mine, made]) await embedded.dropDatabase(name);
  await embedded.release();
});

describe.sequential('a database of others', () => {
  const digest = (): Promise<unknown> =>
    rowsOf(
      url(mine),
      `select count(*)::int as rows, md5(string_agg(w::text, ',' order by id)) as digest from work w`,
    );

  it.each([
    ['demo', () => ['demo', '--database', mine]],
    ['demo --replace', () => ['demo', '--database', mine, '--replace']],
    ['generate --replace', () => generate(mine, '--replace')],
    ['batch --replace', () => batch(mine, '--replace')],
  ])('is not dropped by %s', { timeout: GENERATION_TIMEOUT }, async (_, args) => {
    const before = [await digest(), await idOf(mine)];
    const refused = await run(args());
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain(`Database "${mine}" holds what aquaseed did not make`);
    expect(refused.stderr).toContain('  table public.work');
    expect(refused.stderr).toContain(`--database ${mine} --replace --confirm ${mine}`);
    expect([await digest(), await idOf(mine)]).toEqual(before);
  });

  it.each([
    [
      'another name',
      () => generate(mine, '--replace', '--confirm', 'mine'),
      `--confirm takes the name of the database`,
    ],
    ['no --replace', () => generate(mine, '--confirm', mine), '--confirm goes with --replace'],
    [
      'no --replace, demo',
      () => ['demo', '--database', mine, '--confirm', mine],
      '--confirm goes with --replace',
    ],
  ])('is not dropped with %s', { timeout: GENERATION_TIMEOUT }, async (_, args, message) => {
    const before = [await digest(), await idOf(mine)];
    const refused = await run(args());
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toContain(message);
    expect([await digest(), await idOf(mine)]).toEqual(before);
  });

  it('is dropped with its name', { timeout: GENERATION_TIMEOUT }, async () => {
    const before = await idOf(mine);
    const done = await run(generate(mine, '--replace', '--confirm', mine));
    expect(done.code, done.stderr).toBe(0);
    expect(await idOf(mine)).not.toBe(before);
    expect(await rowsOf(url(mine), 'select state from aquaseed.run')).toEqual([{ state: 'done' }]);
  });
});

describe.sequential('a database that aquaseed made', () => {
  it.each([
    [
      'a table in it',
      'create table public.ours as select 1 as id',
      'drop table public.ours',
      'table public.ours',
    ],
    [
      'a row in a table that the run fills',
      `insert into inventory_feedpurchase (id, purchase_date, quantity_kg, cost_per_kg, supplier, created_at, updated_at, feed_id, notes, batch_number)
       select 900000001, current_date, 1, 1, 'me', now(), now(), min(f.id), '', '' from inventory_feed f`,
      'delete from inventory_feedpurchase where id = 900000001',
      'rows of others in inventory_feedpurchase (1)',
    ],
    [
      'a row in a table of the configuration',
      `insert into batch_species select (jsonb_populate_record(s, '{"id": 99, "name": "Other", "scientific_name": "Other"}')).* from batch_species s limit 1`,
      'delete from batch_species where id = 99',
      'rows of others in batch_species (1)',
    ],
    [
      'the marker of another',
      `update aquaseed.ownership set database_name = 'another'`,
      `update aquaseed.ownership set database_name = current_database()`,
      'the marker of database "another"',
    ],
  ])('is not dropped with %s', { timeout: GENERATION_TIMEOUT }, async (_, make, undo, told) => {
    await rowsOf(url(made), make);
    const before = await idOf(made);
    const refused = await run(generate(made, '--replace'));
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain(`\n  ${told}\n`);
    expect(await idOf(made)).toBe(before);
    await rowsOf(url(made), undo);
  });

  it('is replaced when nothing else is in it', { timeout: GENERATION_TIMEOUT }, async () => {
    const before = await idOf(made);
    const done = await run(generate(made, '--replace'));
    expect(done.code, done.stderr).toBe(0);
    expect(await idOf(made)).not.toBe(before);
  });
});

describe('names', () => {
  const long = 'x'.repeat(64);
  it.each([
    ['demo', ['demo', '--database', 'template1'], /cannot be replaced/],
    ['demo', ['demo', '--database', 'POSTGRES'], /cannot be replaced/],
    ['demo', ['demo', '--database', long], /at most 63 bytes/],
    ['demo', ['demo', '--database', ''], /is empty/],
    ['generate --replace', generate('template0', '--replace'), /cannot be replaced/],
    ['generate --replace', generate('Template1', '--replace'), /cannot be replaced/],
    ['generate', generate('\u00e6'.repeat(32)), /at most 63 bytes/],
    ['batch --replace', batch('postgres', '--replace'), /cannot be replaced/],
    [
      'refresh',
      ['refresh', youngFarm().file, '--database', 'template1'],
      /cannot be the one that is refreshed/,
    ],
    ['db start', ['db', 'start', '--database', 'template0'], /Nobody can connect/],
    ['db psql', ['db', 'psql', '--database', 'template0'], /Nobody can connect/],
    ['db url', ['db', 'url', '--database', long], /at most 63 bytes/],
  ])('%s refuses %j', async (_, args, message) => {
    const refused = await run(args);
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toMatch(message);
    expect(
      refused.stderr
        .trim()
        .split('\n')
        .filter((it) => it.startsWith('error: ')),
    ).toHaveLength(1);
    expect(refused.stderr).not.toMatch(/^\s+at /m);
  });
});
