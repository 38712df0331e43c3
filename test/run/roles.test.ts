import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun, runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generateArguments, tinyFarm } from '../support/generated.ts';
import { digestsOf, rowsOf } from './support.ts';

/** An owner that is no superuser, and a role that may only generate. */

const AS_OF = '2023-07-01';
const suffix = randomBytes(4).toString('hex');
const owner = `owner_${suffix}`;
const runner = `run_${suffix}`;
let database: TestDatabase;
let reference: TestDatabase;

const urlAs = (role: string): string => {
  const url = new URL(database.url);
  url.username = role;
  url.password = 'secret';
  return url.toString();
};

beforeAll(async () => {
  [database, reference] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  for (const role of [owner, runner])
    await rowsOf(database.url, `create role ${role} login password 'secret'`);
  await rowsOf(database.url, `alter database ${database.name} owner to ${owner}`);
  await mustRun(generateArguments(reference.url, { asOf: AS_OF, workers: 2 }));
}, GENERATION_TIMEOUT);
afterAll(async () => {
  const { url } = reference;
  await database.drop();
  for (const role of [owner, runner]) await rowsOf(url, `drop role if exists ${role}`);
  await reference.drop();
});

const generate = (role: string) => runCli(generateArguments(urlAs(role), { asOf: AS_OF, workers: 2 }));

describe.sequential('roles', () => {
  it('one without any right is told what it lacks', async () => {
    const refused = await generate(runner);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(
      `role "${runner}" may not create schemas: grant create on database "${database.name}" to "${runner}"`,
    );
  });

  it('the owner of the database installs without being a superuser', async () => {
    await mustRun(['migrate', '--database-url', urlAs(owner), '--config', tinyFarm().config]);
  });

  it('one without grants is told the first, then all the others at once', async () => {
    const first = await generate(runner);
    expect(first.code).toBe(3);
    expect(first.stderr).toContain(`grant usage on schema aquaseed to "${runner}"`);

    await rowsOf(urlAs(owner), `grant usage on schema aquaseed to ${runner}`);
    const others = await generate(runner);
    expect(others.code).toBe(3);
    expect(others.stderr).toContain(`grant select on all tables in schema public to ${runner};`);
    expect(others.stderr).toContain(
      `grant execute on function aquaseed.work_next(integer,text,integer,integer) to ${runner};`,
    );
    expect(others.stderr).toMatch(/^error: [^\n]+\n[^\n]+\n$/);
  });

  it('each missing grant is named', async () => {
    const commands = await rowsOf<{ command: string }>(
      urlAs(owner),
      `select command from aquaseed.list_run_grants('${runner}') where not granted`,
    );
    expect(commands.length).toBeGreaterThan(8);
    await rowsOf(urlAs(owner), `select aquaseed.grant_run('${runner}')`);
    await rowsOf(urlAs(owner), `revoke execute on function aquaseed.run_check(integer, text) from ${runner}`);
    const refused = await generate(runner);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(
      `role "${runner}" lacks a grant: grant execute on function aquaseed.run_check(integer,text) to ${runner};`,
    );
    expect(refused.stderr).not.toContain('work_next');
  });

  it('with the grants it generates and verifies what anybody does', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await rowsOf(urlAs(owner), `select aquaseed.grant_run('${runner}')`);
    const { code, stderr } = await generate(runner);
    expect(code, stderr).toBe(0);
    expect(await digestsOf(urlAs(runner))).toEqual(await digestsOf(reference.url));
    // Exit code 1: a tiny farm of three weeks does not pass all checks; but they are run.
    const { json } = await runCli(['verify', '--database-url', urlAs(runner), '--json']);
    expect((json() as { checks: unknown[] }).checks.length).toBeGreaterThan(20);
    expect((await runCli(['status', '--database-url', urlAs(runner)])).code).toBe(0);
  });

  it('but it neither wipes nor changes anything', async () => {
    const refused = await runCli(['wipe', '--database-url', urlAs(runner), '--confirm', 'DELETE']);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('Only the owner of schema aquaseed may wipe');
    for (const text of [
      `select * from aquaseed.wipe('DELETE')`,
      'delete from public.batch_batch',
      'create table public.x (id int)',
      'create table aquaseed.x (id int)',
      'update aquaseed.run set state = state',
    ]) {
      await expect(rowsOf(urlAs(runner), text), text).rejects.toThrow(/permission denied/);
    }
  });

  it('nobody else may call what runs with the rights of the owner', async () => {
    const open = await rowsOf(
      database.url,
      `select p.oid::regprocedure::text as name from pg_proc p
       where p.pronamespace = 'aquaseed'::regnamespace and p.prosecdef and has_function_privilege('public', p.oid, 'execute')`,
    );
    expect(open).toEqual([]);
    const [definers] = await rowsOf(
      database.url,
      `select count(*)::int as n from pg_proc p where p.pronamespace = 'aquaseed'::regnamespace and p.prosecdef`,
    );
    expect(definers).toEqual({ n: 10 });
  });
});
