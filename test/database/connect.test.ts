import { readFileSync } from 'node:fs';
import net from 'node:net';
import { inspect } from 'node:util';
import pg from 'pg';
import { type DatabasePool, sql } from 'slonik';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectionError, errorCode, isConnectionLost } from '../../src/driver/database/explain.ts';
import { openClient, openPool, useTarget } from '../../src/driver/database/pool.ts';
import { checkServer } from '../../src/driver/database/requirements.ts';
import {
  makeTarget,
  parseDatabaseUrl,
  resolveTarget,
  type ServerTarget,
} from '../../src/driver/database/target.ts';
import { parseBigint } from '../../src/driver/database/values.ts';
import { UserError } from '../../src/errors.ts';
import { startCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startDebianServer, type TestServer, unusedPort } from '../support/servers.ts';

const any = z.object({}).passthrough();

async function failure(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${inspect(error)}`);
  expect(error.exitCode).toBe(3);
  expect(error.message).not.toContain('\n');
  return error;
}

/** Role names belong to the whole server, so each test file makes its own. */
const suffix = Math.random().toString(36).slice(2, 8);
const role = `conn_${suffix}`;

let database: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = await openClient(database.target);
  await admin.query(`create role ${role} login password 'limited-secret'`);
});

afterAll(async () => {
  await admin.query(`drop owned by ${role}`);
  await admin.query(`drop role ${role}`);
  await admin.end();
  await database.drop();
});

function limited(): ServerTarget {
  const { host, port } = database.target;
  const password = 'limited-secret';
  return makeTarget({ source: 'named', host, port, user: role, password, database: database.name });
}

describe('openPool', () => {
  let pool: DatabasePool;
  beforeAll(async () => {
    pool = await openPool(database.target, { connections: 2, settings: { work_mem: '33MB' } });
  });
  afterAll(() => pool.end());

  it('sets every session up', async () => {
    const show = (connection: Pick<DatabasePool, 'one'>): Promise<unknown> =>
      connection.one(sql.type(any)`
        select current_setting('synchronous_commit') as synchronous_commit,
               current_setting('jit') as jit,
               current_setting('TimeZone') as timezone,
               current_setting('application_name') as application_name,
               current_setting('client_min_messages') as client_min_messages,
               current_setting('statement_timeout') as statement_timeout,
               current_setting('idle_in_transaction_session_timeout') as idle_timeout,
               current_setting('work_mem') as work_mem`);
    const expected = {
      synchronous_commit: 'off',
      jit: 'off',
      timezone: 'UTC',
      application_name: 'aquaseed',
      client_min_messages: 'warning',
      statement_timeout: '0',
      idle_timeout: '0',
      work_mem: '33MB',
    };
    // Twice over two connections at once: the settings outlive a use of a connection.
    for (const _round of [1, 2]) {
      const shown = await Promise.all([1, 2].map(() => pool.connect((connection) => show(connection))));
      expect(shown).toEqual([expected, expected]);
    }
  });

  it('keeps its connections between uses', async () => {
    const pid = sql.type(z.object({ pid: z.number() }))`select pg_backend_pid() as pid`;
    const first = await pool.oneFirst(pid);
    expect(await pool.oneFirst(pid)).toBe(first);
  });

  it('reads values without losing digits', async () => {
    const row = await pool.one(sql.type(any)`
      select 42::int8 as small, 9007199254740993::int8 as big, 0.1234567890123456789::numeric as exact,
             date '2025-03-01' as day, timestamptz '2025-03-01 12:00:00.123456+02' as moment,
             timestamp '2025-03-01 12:00' as local, null::int8 as nothing, 1.5::float8 as real,
             '{"a": 1}'::jsonb as json, array[1, null, 9007199254740993]::int8[] as bigs,
             array[1.10, 2]::numeric[] as numerics, array[date '2025-03-01'] as days, true as yes`);
    expect(row).toEqual({
      small: 42,
      big: 9007199254740993n,
      exact: '0.1234567890123456789',
      day: '2025-03-01',
      moment: '2025-03-01 10:00:00.123456+00',
      local: '2025-03-01 12:00:00',
      nothing: null,
      real: 1.5,
      json: { a: 1 },
      bigs: [1, null, 9007199254740993n],
      numerics: ['1.10', '2'],
      days: ['2025-03-01'],
      yes: true,
    });
    expect([parseBigint('-9007199254740991'), parseBigint('-9007199254740992')]).toEqual([
      -9007199254740991,
      -9007199254740992n,
    ]);
  });

  it('does not try a failed transaction again', async () => {
    let attempts = 0;
    const work = pool.transaction(async (connection) => {
      attempts += 1;
      await connection.query(sql.unsafe`do $$ begin raise exception 'no' using errcode = '40001'; end $$`);
    });
    const error: unknown = await work.catch((problem: unknown) => problem);
    expect(errorCode(error)).toBe('40001');
    expect(isConnectionLost(error)).toBe(false);
    expect(attempts).toBe(1);
  });

  it('notices a lost connection, and goes on with a new one', async () => {
    const error: unknown = await pool
      .connect((connection) => connection.query(sql.unsafe`select pg_terminate_backend(pg_backend_pid())`))
      .catch((problem: unknown) => problem);
    expect(isConnectionLost(error)).toBe(true);
    expect(await pool.oneFirst(sql.type(z.object({ one: z.number() }))`select 1 as one`)).toBe(1);
  });

  it('never shows the password', async () => {
    const { password } = new URL(database.url);
    const client = await openClient(database.target);
    const shown = inspect([pool, pool.configuration, database.target], { depth: 10 });
    await client.end();
    if (password !== '') expect(shown).not.toContain(password);
    expect(JSON.stringify(pool.configuration)).not.toContain(password || 'no password');
  });
});

describe('a connection that cannot be made', () => {
  it('names host and port of a server that does not answer', async () => {
    const port = await unusedPort();
    const target = parseDatabaseUrl(`postgres://anna:s3cret@127.0.0.1:${port}/farm`, 'DATABASE_URL');
    for (const work of [openClient(target), openPool(target, { connections: 1 })]) {
      const error = await failure(work);
      expect(error.message).toBe(`No PostgreSQL server answers at 127.0.0.1:${port}`);
      expect(error.hint).toContain('DATABASE_URL');
      expect(inspect(error)).not.toContain('s3cret');
    }
  });

  it('names an unknown host', async () => {
    const target = parseDatabaseUrl('postgres://anna:s3cret@no-such-host.invalid/farm', 'named');
    expect((await failure(openClient(target))).message).toMatch(
      /^(The host name of no-such-host\.invalid:5432 is not known|The server at no-such-host\.invalid:5432 cannot be reached)/,
    );
  });

  it('names the role of a wrong password', async () => {
    const target = { ...limited(), password: () => 's3cret-but-wrong' };
    const error = await failure(openPool(target, { connections: 1 }));
    expect(error.message).toMatch(new RegExp(`^The password of role "${role}" was not accepted by `));
    expect(inspect(error)).not.toContain('s3cret');
  });

  it('asks for a missing password', async () => {
    const error = await failure(openClient({ ...limited(), password: () => undefined }));
    expect(error.message).toContain(`asks for a password of role "${role}"`);
    expect(error.hint).toContain('PGPASSWORD');
  });

  it('names an unknown database', async () => {
    const error = await failure(openClient({ ...limited(), database: 'no such database' }));
    expect(error.message).toContain('Database "no such database" does not exist on');
  });

  it('says when the role may not connect', async () => {
    await admin.query(`revoke connect on database ${pg.escapeIdentifier(database.name)} from public`);
    const error = await failure(openClient(limited()));
    await admin.query(`grant connect on database ${pg.escapeIdentifier(database.name)} to public`);
    expect(error.message).toContain(`Role "${role}" may not connect to database "${database.name}"`);
  });

  it('says when there is no free connection', async () => {
    await admin.query(`alter role ${role} connection limit 1`);
    const first = await openClient(limited());
    const error = await failure(openClient(limited()));
    expect(error.message).toContain('has no free connection left');
    await first.end();
    await admin.query(`alter role ${role} connection limit -1`);
  });

  it('says when the server offers no TLS', async () => {
    const url = new URL(database.url);
    url.searchParams.set('sslmode', 'require');
    if (process.env.TEST_DATABASE_URL) return;
    const error = await failure(openClient(parseDatabaseUrl(url.toString(), 'named')));
    expect(error.message).toContain('does not offer TLS');
  });

  it.each([
    [{ code: 'EMFILE' }, 'as many open files as it may'],
    [{ code: 'ENOTFOUND' }, 'is not known'],
    [{ code: 'EAI_AGAIN' }, 'is not known'],
    [{ code: 'EHOSTUNREACH' }, 'cannot be reached'],
    [{ code: 'ETIMEDOUT' }, 'cannot be reached'],
    [{ code: 'CERT_REVOKED' }, 'is not accepted (CERT_REVOKED)'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'is not for this name'],
    [{ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 'TLS handshake'],
    [{ code: '57P03', message: 'the database system is in recovery mode' }, 'in recovery mode'],
    [{ code: '57P01', message: 'terminating connection' }, 'ended the connection'],
    [{ code: '08P01', message: 'unsupported startup parameter: options' }, 'a direct connection'],
    [{ message: 'Unknown authenticationOk message type 7' }, 'not spoken here'],
    [{ message: 'SASL: Only mechanism(s) SCRAM-SHA-256 are supported' }, 'not spoken here'],
    [{ code: 'XX000', message: 'two\nlines' }, 'Cannot connect to'],
  ])('is one line: %o', ({ message = 'x', ...code }: { code?: string; message?: string }, text) => {
    const error = connectionError(Object.assign(new Error(message), code), limited());
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain(text);
    expect(error.message).not.toContain('\n');
  });

  it('shows no password of the command line to other users', async (context) => {
    if (process.platform !== 'linux') return context.skip('/proc is of Linux');
    // It accepts, and says nothing.
    const silent = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as net.AddressInfo;
    for (const url of [
      `postgres://u:s3cret@127.0.0.1:${port}/x`,
      `postgres://u@127.0.0.1:${port}/x?password=s3cret&sslmode=disable`,
      `host=127.0.0.1 port=${port} password=s3cret user=u`,
      `host=127.0.0.1 port=${port} user=u password = 'my s3cret'`,
      `host=127.0.0.1 port=${port} user=u sslpassword=s3cret`,
    ]) {
      const connected = new Promise((resolve) => silent.once('connection', resolve));
      const running = startCli(['status', '--database-url', url]);
      await connected;
      expect(readFileSync(`/proc/${running.pid}/cmdline`, 'latin1')).not.toContain('s3cret');
      running.kill('SIGKILL');
      const { stdout, stderr } = await running.result;
      expect(stdout + stderr).not.toContain('s3cret');
    }
    silent.close();
  });

  it('keeps the errors that are clear already', () => {
    const error = new UserError('clear', 3);
    expect(connectionError(error, limited())).toBe(error);
    expect(connectionError(new Error('outside', { cause: error }), limited())).toBe(error);
  });
});

describe('useTarget', () => {
  it('passes a server through', async () => {
    const target = resolveTarget({ databaseUrl: database.url }, {});
    const open = await useTarget(target);
    expect(open).toMatchObject({ target, embedded: undefined });
    await open.release();
  });
});

describe('checkServer', () => {
  it('is content with the server of the tests', async () => {
    const report = await checkServer(admin, { connections: 2 });
    expect(report.version).toBeGreaterThanOrEqual(15);
    expect(report.warnings).toEqual([]);
  });

  it('names missing privileges and connections at once, and how to mend them', async () => {
    const client = await openClient(limited());
    const error = await failure(checkServer(client, { connections: 100_000 }));
    await client.end();
    expect(error.message).toContain(`role "${role}" may not create schemas: grant create on database`);
    expect(error.message).toContain('create extension btree_gist;');
    expect(error.message).toMatch(/100000 connections are needed, \d+ are free/);
  });

  it('is content with a role that owns the database', async () => {
    await admin.query(`grant create on database ${pg.escapeIdentifier(database.name)} to ${role}`);
    const client = await openClient(limited());
    const report = await checkServer(client, { connections: 2 });
    await client.end();
    expect(report.warnings).toEqual([]);
  });
});

describe('PostgreSQL 15', () => {
  let server: TestServer | null = null;
  beforeAll(async () => {
    server = await startDebianServer(15, {
      settings: { max_connections: '5', superuser_reserved_connections: '1' },
      hba: 'hostssl all only_tls 127.0.0.1/32 scram-sha-256\nhost all tester 127.0.0.1/32 scram-sha-256\n',
    });
  });
  afterAll(() => server?.remove());

  it('is accepted, in UTF-8 only', async (context) => {
    if (server === null) return context.skip('PostgreSQL 15 of Debian is not installed');
    const client = await openClient(server.target('postgres'));
    expect(await checkServer(client, { connections: 3 })).toEqual({ version: 15, warnings: [] });
    expect((await failure(checkServer(client, { connections: 50 }))).message).toContain('5 are free');
    await client.query("create database latin template template0 encoding 'LATIN1' locale 'C'");
    await client.end();
    const latin = await openClient(server.target('latin'));
    const error = await failure(checkServer(latin));
    await latin.end();
    expect(error.message).toBe(
      'Database "latin" cannot be used: the database must be in UTF-8, this one is in LATIN1',
    );
  });

  it('may be full', async (context) => {
    if (server === null) return context.skip('PostgreSQL 15 of Debian is not installed');
    const clients: pg.Client[] = [];
    const target = server.target('postgres');
    const error = await failure(
      (async () => {
        for (;;) clients.push(await openClient(target));
      })(),
    );
    for (const client of clients) await client.end();
    expect(error.message).toContain('has no free connection left');
  });

  it('may want TLS', async (context) => {
    if (server === null) return context.skip('PostgreSQL 15 of Debian is not installed');
    const target = { ...server.target('postgres'), user: 'only_tls' };
    const error = await failure(openClient(target));
    expect(error.message).toContain('accepts role "only_tls" only over TLS');
    expect(error.hint).toContain('sslmode=require');
  });

  it('may be stopped while in use', async (context) => {
    if (server === null) return context.skip('PostgreSQL 15 of Debian is not installed');
    const pool = await openPool(server.target('postgres'), { connections: 1 });
    const query = pool.query(sql.unsafe`select pg_sleep(600)`).catch((problem: unknown) => problem);
    const watch = await openClient(server.target('postgres'));
    for (;;) {
      const { rowCount } = await watch.query(
        "select from pg_stat_activity where wait_event = 'PgSleep' and state = 'active'",
      );
      if (rowCount) break;
    }
    await server.stop('immediate');
    expect(isConnectionLost(await query)).toBe(true);
    await watch.end().catch(() => undefined);
    const refused: unknown = await pool.query(sql.unsafe`select 1`).catch((problem: unknown) => problem);
    expect(connectionError(refused, server.target('postgres')).message).toContain(
      'No PostgreSQL server answers',
    );
    await server.start();
    expect(await pool.oneFirst(sql.type(z.object({ one: z.number() }))`select 1 as one`)).toBe(1);
    await pool.end();
  });
});
