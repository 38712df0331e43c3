import { chownSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findUser, isRoot } from '../../src/driver/database/embedded/system-user.ts';
import { PARAMETERS } from '../../src/driver/database/parameters.ts';
import { openClient, openPool } from '../../src/driver/database/pool.ts';
import { parseDatabaseUrl } from '../../src/driver/database/target.ts';
import { UserError } from '../../src/errors.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { runCli } from '../support/cli.ts';
import { startDebianServer, type TestServer } from '../support/servers.ts';

/** What psql 15 does not know, or cannot show. */

let server: TestServer | null = null;
let standby: TestServer | null = null;
let directory = '';
let files: Certificates;

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'aquaseed-hosts-')));
  files = makeCertificates(directory);
  server = await startDebianServer(15, {
    hba: 'host all trusted 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
  });
  standby = await startDebianServer(15);
  if (server === null || standby === null) return;
  await standby.stop();
  const signal = path.join(standby.dataDirectory, 'standby.signal');
  writeFileSync(signal, '');
  const owner = isRoot() ? (findUser('postgres') ?? findUser('nobody')) : undefined;
  if (owner !== undefined) chownSync(signal, owner.uid, owner.gid);
  await standby.start();
  const client = await openClient(server.target('postgres'));
  await client.query('create role trusted login');
  await client.end();
});
afterAll(async () => {
  await server?.remove();
  await standby?.remove();
  rmSync(directory, { recursive: true });
});

type Skip = { skip: (note: string) => never };

function both(context: Skip): { server: TestServer; standby: TestServer } {
  if (server === null || standby === null) return context.skip('PostgreSQL 15 of Debian is not installed');
  return { server, standby };
}

async function refusal(text: string, env: Record<string, string> = {}): Promise<UserError> {
  try {
    const client = await openClient(parseDatabaseUrl(text, 'named', { HOME: directory, ...env }));
    await client.end();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`connected: ${text}`);
}

async function portOf(text: string): Promise<unknown> {
  const client = await openClient(parseDatabaseUrl(text, 'named', { HOME: directory }));
  const { rows } = await client.query('select inet_server_port() as port');
  await client.end();
  return rows[0]?.port;
}

describe('require_auth', () => {
  it('lets a server ask for what is allowed only', async (context) => {
    const { server } = both(context);
    const by = (role: string, methods: string): string =>
      `postgres://${role}:tester-secret@127.0.0.1:${server.port}/postgres?require_auth=${methods}`;
    for (const methods of ['scram-sha-256', 'password,scram-sha-256', '!none', '!md5,!none']) {
      expect(await portOf(by('tester', methods))).toBe(server.port);
    }
    for (const methods of ['none', '!scram-sha-256']) {
      expect((await refusal(by('tester', methods))).message).toContain(
        'wants authentication by scram-sha-256',
      );
    }
    expect(await portOf(by('trusted', 'none,md5'))).toBe(server.port);
    expect((await refusal(by('trusted', 'scram-sha-256'))).message).toContain('asks for no password');
    expect((await refusal(by('trusted', '!none'))).message).toContain('asks for no password');
    const env = { PGREQUIREAUTH: 'none' };
    expect((await refusal(server.url('postgres'), env)).message).toContain('require_auth allows none');
  });
});

describe('sslnegotiation=direct', () => {
  /** A server with TLS from the first byte on, as PostgreSQL 17 is, in front of one without TLS. */
  async function withFront<T>(
    port: number,
    protocols: string[],
    work: (port: number) => Promise<T>,
  ): Promise<T> {
    const front = tls.createServer(
      { key: readFileSync(files.serverKey), cert: readFileSync(files.server), ALPNProtocols: protocols },
      (socket) => {
        const behind = net.connect(port, '127.0.0.1');
        for (const it of [socket, behind]) it.on('error', () => undefined);
        socket.pipe(behind).pipe(socket);
      },
    );
    front.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    try {
      return await work((front.address() as net.AddressInfo).port);
    } finally {
      front.close();
    }
  }

  it('begins with TLS, and wants the server to say that it is PostgreSQL', async (context) => {
    const { server } = both(context);
    const url = (port: number, mode: string): string =>
      `postgres://tester:tester-secret@localhost:${port}/postgres?sslnegotiation=direct&sslmode=${mode}&sslrootcert=${files.root}`;
    await withFront(server.port, ['postgresql'], async (port) => {
      expect(await portOf(url(port, 'verify-full'))).toBe(server.port);
    });
    await withFront(server.port, ['http/1.1'], async (port) => {
      expect((await refusal(url(port, 'require'))).exitCode).toBe(3);
    });
    expect((await refusal(url(server.port, 'require'))).exitCode).toBe(3);
  });
});

describe('several hosts', () => {
  it('may be in any order, once for all sessions of a command', async (context) => {
    const { server, standby } = both(context);
    const text = `host=127.0.0.1,127.0.0.1 port=${server.port},${standby.port} user=tester password=tester-secret dbname=postgres load_balance_hosts=random`;
    const first = new Set<number>();
    for (let i = 0; i < 60; i++) first.add(parseDatabaseUrl(text, 'named').port);
    expect([...first].sort()).toEqual([server.port, standby.port].sort());
    const target = parseDatabaseUrl(text, 'named');
    const pool = await openPool(target, { connections: 3 });
    const client = await openClient(target);
    const { rows } = await client.query('select inet_server_port() as port');
    expect(rows).toEqual([{ port: target.port }]);
    await client.end();
    await pool.end();
  });

  it('stay with the one that was found, when an earlier one comes back', async (context) => {
    const { server, standby } = both(context);
    await standby.stop();
    const target = parseDatabaseUrl(
      `host=127.0.0.1,127.0.0.1 port=${standby.port},${server.port} user=tester password=tester-secret dbname=postgres`,
      'named',
    );
    const ask = async (): Promise<unknown> => {
      const client = await openClient(target);
      const { rows } = await client.query('select inet_server_port() as port');
      await client.end();
      return rows[0]?.port;
    };
    expect(await ask()).toBe(server.port);
    await standby.start();
    expect(await ask()).toBe(server.port);
  });

  it('are all named with what is wrong with them', async (context) => {
    const { server, standby } = both(context);
    const error = await refusal(
      `host=127.0.0.1,127.0.0.1,no-such-host.invalid port=${server.port},${standby.port},5432 user=tester password=tester-secret dbname=postgres target_session_attrs=read-only`.replace(
        `${server.port},${standby.port}`,
        `${server.port},1`,
      ),
    );
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain(`127.0.0.1:${server.port} is not read-only`);
    expect(error.message).toContain('No PostgreSQL server answers at 127.0.0.1:1');
    expect(error.message).toMatch(/no-such-host\.invalid:5432 (is not known|cannot be reached)/);
    expect(error.message).not.toContain('tester-secret');
  });
});

describe('a standby', () => {
  it('is refused in one line before anything is written', async (context) => {
    const { standby } = both(context);
    const url = ['--database-url', standby.url('postgres')];
    for (const command of [['generate', 'config/schedules/demo.yaml'], ['migrate']]) {
      const { code, stderr } = await runCli([...command, ...url]);
      expect(code).toBe(3);
      expect(stderr).toContain('the server is a standby and accepts no writes');
      const lines = stderr.trim().split('\n');
      expect(lines.filter((it) => !it.startsWith('notice: '))).toHaveLength(1);
    }
  }, 600_000);
});

describe('the table of parameters', () => {
  /** conninfoOptions of PostgreSQL 18, and requiressl, which older ones have. */
  const LIBPQ =
    'application_name channel_binding client_encoding connect_timeout dbname fallback_application_name gssdelegation gssencmode gsslib host hostaddr keepalives keepalives_count keepalives_idle keepalives_interval krbsrvname load_balance_hosts max_protocol_version min_protocol_version oauth_client_id oauth_client_secret oauth_issuer oauth_scope options passfile password port replication require_auth requirepeer requiressl scram_client_key scram_server_key service servicefile ssl_max_protocol_version ssl_min_protocol_version sslcert sslcertmode sslcompression sslcrl sslcrldir sslkey sslkeylogfile sslmode sslnegotiation sslpassword sslrootcert sslsni target_session_attrs tcp_user_timeout user'.split(
      ' ',
    );

  it('has all of libpq, and nothing else', () => {
    expect(Object.keys(PARAMETERS).sort()).toEqual(LIBPQ);
  });

  it('refuses what is not honoured and would change who is trusted', () => {
    for (const text of [
      'gssencmode=require',
      'sslcertmode=require',
      'min_protocol_version=3.2',
      'scram_client_key=x',
      'scram_server_key=x',
      'replication=true',
    ]) {
      expect(() => parseDatabaseUrl(`host=h ${text}`, 'named')).toThrow(/cannot be honoured/);
    }
  });
});
