import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { mustRun, runCli } from '../support/cli.ts';
import {
  createOwnedDatabase,
  createTestDatabase,
  type OwnedDatabase,
  type TestDatabase,
} from '../support/database.ts';
import { GENERATION_TIMEOUT, generateArguments, tinyConfig, tinyFarm } from '../support/generated.ts';
import { digestsOf, rowsOf } from '../support/run.ts';

/** An owner that is no superuser, and a role that may only generate. */

const AS_OF = '2023-07-01';
let database: OwnedDatabase;
let owner: string;
let runner: string;
let reference: TestDatabase;

beforeAll(async () => {
  [database, reference] = await Promise.all([createOwnedDatabase(), createTestDatabase()]);
  ({ owner, runner } = database);
  await mustRun(generateArguments(reference.url, { asOf: AS_OF, workers: 2 }));
}, GENERATION_TIMEOUT);
afterAll(async () => {
  await database.drop();
  await reference.drop();
});

const generate = (role: string) =>
  runCli(generateArguments(database.urlAs(role), { asOf: AS_OF, workers: 2 }));

describe.sequential('roles', () => {
  it('one without any right is told what it lacks', async () => {
    const refused = await generate(runner);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(
      `role "${runner}" may not create schemas: grant create on database "${database.name}" to "${runner}"`,
    );
  });

  it('the owner of the database installs without being a superuser', async () => {
    await mustRun(['migrate', '--database-url', database.urlAs(owner), '--config', tinyFarm().config]);
  });

  it('one without grants is told the first, then how to get all the others', async () => {
    const first = await generate(runner);
    expect(first.code).toBe(3);
    expect(first.stderr).toContain(`grant usage on schema aquaseed to "${runner}"`);

    await rowsOf(database.urlAs(owner), `grant usage on schema aquaseed to ${runner}`);
    const others = await generate(runner);
    expect(others.code).toBe(3);
    expect(others.stderr).toMatch(
      new RegExp(
        `lacks \\d+ grants: the owner of schema aquaseed gives them with select aquaseed.grant_run\\('${runner}'\\);`,
      ),
    );
    expect(others.stderr).toMatch(/^error: [^\n]+\n([^\n]+\n)?$/);
  });

  it('each missing grant is named', async () => {
    const commands = await rowsOf<{ command: string }>(
      database.urlAs(owner),
      `select command from aquaseed.list_run_grants('${runner}') where not granted`,
    );
    expect(commands.length).toBeGreaterThan(100);
    await rowsOf(database.urlAs(owner), `select aquaseed.grant_run('${runner}')`);
    await rowsOf(
      database.urlAs(owner),
      `revoke execute on function aquaseed.run_check(integer, text) from ${runner}`,
    );
    const refused = await generate(runner);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(
      `role "${runner}" lacks a grant: grant execute on routine aquaseed.run_check(integer,text) to ${runner};`,
    );
    expect(refused.stderr).not.toContain('work_next');
  });

  it('it is refused a configuration that the owner has not loaded', async () => {
    await rowsOf(database.urlAs(owner), `select aquaseed.grant_run('${runner}')`);
    const other = tinyConfig();
    const file = path.join(other, 'biology.yaml');
    const biology = parse(readFileSync(file, 'utf8'));
    biology.batch.harvest_target_kg.max += 0.1;
    writeFileSync(file, stringify(biology));
    const refused = await runCli(generateArguments(database.urlAs(runner), { asOf: AS_OF, config: other }));
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(
      /^error: another configuration is loaded in database "[^"]+", and only the owner of schema aquaseed may change it\n[^\n]*migrate, with the same --config and --profile/m,
    );
    expect(await rowsOf(database.url, 'select from aquaseed.run')).toEqual([]);
  });

  it('with the grants it generates and verifies what anybody does', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await rowsOf(database.urlAs(owner), `select aquaseed.grant_run('${runner}')`);
    const { code, stderr } = await generate(runner);
    expect(code, stderr).toBe(0);
    expect(await digestsOf(database.urlAs(runner))).toEqual(await digestsOf(reference.url));
    // Exit code 1: a tiny farm of three weeks does not pass all checks; but they are run.
    const { json } = await runCli(['verify', '--database-url', database.urlAs(runner), '--json']);
    expect((json() as { checks: unknown[] }).checks.length).toBeGreaterThan(20);
    expect((await runCli(['status', '--database-url', database.urlAs(runner)])).code).toBe(0);
  });

  it('but it neither wipes nor changes anything', async () => {
    const refused = await runCli(['wipe', '--database-url', database.urlAs(runner), '--confirm', 'DELETE']);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('Only the owner of schema aquaseed may wipe');
    for (const text of [
      `select * from aquaseed.wipe('DELETE')`,
      'delete from public.batch_batch',
      'create table public.x (id int)',
      'create table aquaseed.x (id int)',
      'update aquaseed.run set state = state',
    ]) {
      await expect(rowsOf(database.urlAs(runner), text), text).rejects.toThrow(/permission denied/);
    }
    const bounds = 'select to_jsonb(b) as bound from aquaseed.check_bound b order by b.position';
    const before = await rowsOf(database.url, bounds);
    for (const [text, says] of [
      [`select aquaseed.load_check_bounds('{"checks": []}')`, /other ranges of checks are loaded/],
      [
        `select aquaseed.load_configuration('{}', '{}', '{}', '{}', '{}', '{}', '{}', 'x')`,
        /another configuration is loaded/,
      ],
      [`select * from aquaseed.checksum_table('pg_authid')`, /no table "pg_authid"/],
      [`select * from aquaseed.checksum_table('batch_mortalityevent_s001')`, /no table/],
      [`select * from aquaseed.work_next(1, 'load', 0, 1)`, /there is no stage "load"/],
      [`select * from aquaseed.work_next(2, 'emit', 0, 1)`, /there is no stage "emit" of a run 2/],
      [`select aquaseed.note_seconds(1, 'x', 1)`, /seconds of a stage are expected/],
      [`select aquaseed.note_seconds(1, 'emit', 'nan')`, /seconds of a stage are expected/],
    ] as const) {
      await expect(rowsOf(database.urlAs(runner), text), text).rejects.toThrow(says);
    }
    expect(await rowsOf(database.url, bounds)).toEqual(before);
  });
});
