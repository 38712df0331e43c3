import os from 'node:os';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/driver/cli.ts';
import { openClient, openPool } from '../../src/driver/database/pool.ts';
import { parseDatabaseUrl } from '../../src/driver/database/target.ts';
import { UserError } from '../../src/errors.ts';
import { runCli } from '../support/cli.ts';
import { HAS_PGBOUNCER, type Pooler, startPooler } from '../support/pgbouncer.ts';
import { startDebianServer, type TestServer } from '../support/servers.ts';

let server: TestServer | null = null;
const poolers: Pooler[] = [];

beforeAll(async () => {
  if (!HAS_PGBOUNCER) return;
  server = await startDebianServer(15);
  if (server === null) return;
  const client = await openClient(server.target('postgres'));
  await client.query('create database farm');
  await client.end();
});
afterAll(async () => {
  for (const pooler of poolers) await pooler.stop();
  await server?.remove();
});

async function pooled(
  context: { skip: (note: string) => never },
  ...[mode, settings]: [Parameters<typeof startPooler>[1], Record<string, string>?]
): Promise<{ server: TestServer; pooler: Pooler }> {
  if (!HAS_PGBOUNCER) context.skip('PgBouncer is not installed (apt-get install pgbouncer)');
  if (server === null) context.skip('PostgreSQL 15 of Debian is not installed');
  const pooler = await startPooler(server, mode, settings);
  poolers.push(pooler);
  return { server, pooler };
}

/** What the session of somebody who comes after us on the pooler's connections would find. */
async function leftBehind(server: TestServer): Promise<unknown> {
  const client = new pg.Client(server.url('farm'));
  await client.connect();
  const { rows } = await client.query(`
    select (select count(*)::int from pg_locks where locktype = 'advisory') as locks,
           (select count(*)::int from pg_stat_activity where state like 'idle in transaction%') as transactions,
           (select count(*)::int from pg_stat_activity where application_name like 'aquaseed%') as names,
           (select count(*)::int from pg_namespace where nspname = 'aquaseed') as schemas`);
  await client.end();
  return rows[0];
}

const NOTHING = { locks: 0, transactions: 0, names: 0, schemas: 0 };

/** Opens server connections of the pooler, so that there are several to choose from. */
async function warmUp(url: string, connections: number): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client(url);
      await client.connect();
      await client.query('begin');
      return client;
    }),
  );
  for (const client of clients) {
    await client.query('commit');
    await client.end();
  }
}

describe('a pooler that gives every transaction another connection', () => {
  // What a command needs besides the database, where it needs something.
  const needs: Record<string, string[]> = {
    generate: ['config/schedules/demo.yaml'],
    wipe: ['--confirm', 'DELETE'],
    refresh: ['config/schedules/demo.yaml'],
    report: ['--out', `${os.tmpdir()}/never-written.html`],
    plan: ['--from', 'config/schedules/demo.yaml', '--dry-run'],
    batch: ['--start-date', '2025-01-01', '--eggs', '100000', '--geography', 'Scotland', '--duration', '90'],
  };
  // Every command that opens a connection; demo has the option, and uses the embedded server all the same.
  const commands = createProgram(() => undefined)
    .commands.filter((it) => it.options.some(({ long }) => long === '--database-url') && it.name() !== 'demo')
    .map((it) => {
      const named = it.registeredArguments
        .filter(({ required }) => required)
        .map((argument) => argument.name());
      return [it.name(), ...(needs[it.name()] ?? named)];
    })
    .concat([['refresh', '--rollback']]);

  it('meets every command that opens a connection', () => {
    const names = commands.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['status', ...Object.keys(needs)]));
  });

  it('is refused by every command, and nothing stays on its connections', async (context) => {
    const { server, pooler } = await pooled(context, 'transaction');
    for (const command of commands) {
      const { code, stderr } = await runCli([...command, '--database-url', pooler.url('farm')]);
      expect({ command, code }).toEqual({ command, code: 3 });
      expect(stderr).toContain('a direct connection to the server is needed');
      expect(stderr).toContain('AQUASEED_DIRECT_URL or DIRECT_URL');
      expect(stderr).toContain('5432');
      expect(await leftBehind(server)).toEqual(NOTHING);
    }
    // The session of the next user has none of our settings.
    const client = new pg.Client(pooler.url('farm'));
    await client.connect();
    const { rows } = await client.query(
      "select current_setting('synchronous_commit') as commits, current_setting('jit') as jit",
    );
    await client.end();
    expect(rows).toEqual([{ commits: 'on', jit: 'on' }]);
  }, 600_000);

  it.for([
    ['one connection', 'transaction', {}, 1],
    ['the one that was used last', 'transaction', { server_round_robin: '0' }, 5],
    ['the one that was used first', 'transaction', { server_round_robin: '1' }, 5],
    ['statements', 'statement', {}, 1],
    ['statements, round robin', 'statement', { server_round_robin: '1' }, 0],
    ['a pool of one', 'transaction', { default_pool_size: '1' }, 1],
  ] as const)('is recognised whatever it chooses: %s', async ([, mode, settings, connections], context) => {
    const { server, pooler } = await pooled(context, mode, settings);
    if (mode === 'transaction') await warmUp(pooler.url('farm'), connections);
    for (const open of [
      () => openClient(parseDatabaseUrl(pooler.url('farm'), 'named')),
      () => openPool(parseDatabaseUrl(pooler.url('farm'), 'named'), { connections: 2 }),
    ]) {
      const error: unknown = await open().catch((problem: unknown) => problem);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).exitCode).toBe(3);
      expect((error as UserError).message).toContain('direct connection');
    }
    expect(await leftBehind(server)).toEqual(NOTHING);
  });

  it('is named where it takes no startup options', async (context) => {
    const { pooler } = await pooled(context, 'transaction');
    const { code, stderr } = await runCli(['status', '--database-url', pooler.url('farm')], {
      env: { PGOPTIONS: '-c geqo=off' },
    });
    expect(code).toBe(3);
    expect(stderr).toContain('a pooler that takes no options; a direct connection');
  });

  it('is not asked where a direct URL is beside it', async (context) => {
    const { server, pooler } = await pooled(context, 'transaction');
    const { code, stderr } = await runCli(['migrate'], {
      env: {
        DATABASE_URL: `${pooler.url('farm')}?pgbouncer=true`,
        DIRECT_URL: server.url('farm'),
      },
    });
    expect(code).toBe(0);
    expect(stderr).toBe(`Using postgres://tester@127.0.0.1:${server.port}/farm (from DIRECT_URL)\n`);
    const refused = await runCli(['status', '--database-url', pooler.url('farm')], {
      env: { DIRECT_URL: server.url('farm') },
    });
    expect(refused.code).toBe(3);
    const client = await openClient(server.target('farm'));
    await client.query('drop schema public, aquaseed cascade; create schema public');
    await client.end();
  });
});

describe('a pooler in session mode', () => {
  it('works', async (context) => {
    const { pooler } = await pooled(context, 'session');
    const target = parseDatabaseUrl(pooler.url('farm'), 'named');
    const pool = await openPool(target, { connections: 3 });
    const client = await openClient(target);
    const { rows } = await client.query(`select current_setting('application_name') as name`);
    expect(rows).toEqual([{ name: 'aquaseed' }]);
    await client.end();
    await pool.end();
    const { code, stderr } = await runCli(['migrate', '--database-url', pooler.url('farm')]);
    expect(code, stderr).toBe(0);
  });
});
