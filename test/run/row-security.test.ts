import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/driver/database/pool.ts';
import { type CliResult, mustRun, runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { tinyFarm } from '../support/generated.ts';

/** A database of an ordinary role, installed; whoever reads or writes it does not see or write all rows. */

const suffix = Math.random().toString(36).slice(2, 8);
const owner = `rls_owner_${suffix}`;
const runner = `rls_runner_${suffix}`;
let database: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = await openClient(database.target);
  await admin.query(`create role ${owner} login createdb password 'own'`);
  await admin.query(`create role ${runner} login password 'run'`);
  await admin.query(`alter database ${database.name} owner to ${owner}`);
  await mustRun(['migrate', ...as(owner, 'own'), '--config', tinyFarm().config]);
  await admin.query(`select aquaseed.grant_run('${runner}')`);
}, 600_000);

afterAll(async () => {
  await admin.query(`reassign owned by ${owner} to current_user; drop owned by ${owner}, ${runner}`);
  await admin.query(`drop role ${owner}, ${runner}`);
  await admin.end();
  await database.drop();
});

function as(role: string, password: string): string[] {
  const { host, port } = database.target;
  return ['--database-url', `postgres://${role}:${password}@${host}:${port}/${database.name}`];
}

function generate(role: string, password: string): Promise<CliResult> {
  const { file, config } = tinyFarm();
  return runCli(['generate', file, '--config', config, '--workers', '1', ...as(role, password)]);
}

async function runs(): Promise<number> {
  const { rows } = await admin.query<{ runs: number }>('select count(*)::int as runs from aquaseed.run');
  return rows[0]?.runs ?? -1;
}

describe('row security on tables', () => {
  it('is found by every command before it does anything, for an owner that it is forced on', async () => {
    await admin.query(
      'alter table public.batch_batch enable row level security, force row level security; ' +
        'alter table aquaseed.run enable row level security, force row level security',
    );
    const { file, config } = tinyFarm();
    for (const command of [
      ['generate', file, '--config', config, '--workers', '1'],
      ['migrate', '--config', config],
      ['assimilate', '--workers', '1'],
      ['verify', '--config', config],
      ['wipe', '--confirm', 'DELETE'],
      ['checksum'],
      ['status'],
      ['refresh', file, '--config', config],
    ]) {
      const { code, stderr } = await runCli([...command, ...as(owner, 'own')]);
      expect({ command: command[0], code }).toEqual({ command: command[0], code: 3 });
      // A refresh has another reason before: the session of this test, which the role may not end.
      if (command[0] === 'refresh') continue;
      expect(stderr).toContain(`row security applies to role "${owner}" in aquaseed.run, public.batch_batch`);
    }
    expect(await runs()).toBe(0);
    const { rows } = await admin.query('select from pg_database where datname = $1', [
      `${database.name}_next`,
    ]);
    expect(rows).toEqual([]);
  }, 600_000);

  it('is found for a role that may generate by the rights of the owner', async () => {
    await admin.query(
      'alter table public.batch_batch no force row level security; alter table aquaseed.run disable row level security',
    );
    const { code, stderr } = await generate(runner, 'run');
    expect(code).toBe(3);
    expect(stderr).toContain(`row security applies to role "${runner}" in public.batch_batch`);
    expect(await runs()).toBe(0);
  }, 600_000);

  it('does not matter to an owner that it is not forced on, nor to a role that bypasses it', async () => {
    expect((await runCli(['status', ...as(owner, 'own')])).code).toBe(0);
    await admin.query('alter table public.batch_batch force row level security');
    await admin.query(`alter role ${owner} bypassrls`);
    expect((await runCli(['status', ...as(owner, 'own')])).code).toBe(0);
    await admin.query(`alter role ${owner} nobypassrls`);
    await admin.query('alter table public.batch_batch disable row level security');
  }, 600_000);
});
