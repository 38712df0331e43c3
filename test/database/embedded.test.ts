import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBinaries, findBinaries, repairBinaries } from '../../src/driver/database/embedded/binaries.ts';
import { homeAsRoot } from '../../src/driver/database/embedded/home.ts';
import { isServerProcess } from '../../src/driver/database/embedded/postmaster.ts';
import {
  EmbeddedServer,
  embeddedStatus,
  embeddedTarget,
  removeEmbedded,
  stopEmbedded,
} from '../../src/driver/database/embedded/server.ts';
import { readMachine, serverSettings, settingsFile } from '../../src/driver/database/embedded/settings.ts';
import { isRoot } from '../../src/driver/database/embedded/system-user.ts';
import { connectionError } from '../../src/driver/database/explain.ts';
import { openClient } from '../../src/driver/database/pool.ts';

const GB = 1024 ** 3;
// Open to everybody, so that root's server user reaches it.
const base = mkdtempSync(path.join(os.tmpdir(), 'aquaseed-embedded-'));
chmodSync(base, 0o755);
const home = path.join(base, 'home');

afterAll(async () => {
  await removeEmbedded({ home });
  rmSync(base, { recursive: true, force: true });
});

type User = { child: ChildProcess; port: number; started: boolean; start: string };

/** A process that uses the server of `home` until it is told to leave. */
async function user(mode = ''): Promise<User> {
  const script = fileURLToPath(new URL('../support/embedded-user.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, home, mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, ...(JSON.parse(line) as { port: number; started: boolean; start: string }) };
  }
  throw new Error('the process ended without a word');
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', (code) => resolve(code)));
}

async function killServer(): Promise<void> {
  const { pid } = await embeddedStatus({ home });
  if (pid === undefined) throw new Error('not running');
  process.kill(pid, 'SIGKILL');
  while (isServerProcess(pid, path.join(home, 'postgres'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function leave(one: User): Promise<number | null> {
  const end = ended(one.child);
  one.child.stdin?.end();
  return end;
}

describe('libraries of the npm package', () => {
  it('get their links back, as install scripts are off', () => {
    const found = findBinaries();
    const root = path.join(base, 'package');
    cpSync(found.root, root, { recursive: true, filter: (file) => !lstatSync(file).isSymbolicLink() });
    const bare = {
      ...found,
      root,
      initdb: path.join(root, 'native/bin/initdb'),
      postgres: path.join(root, 'native/bin/postgres'),
      pgCtl: path.join(root, 'native/bin/pg_ctl'),
    };
    const links = JSON.parse(readFileSync(path.join(root, 'native/pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    chmodSync(bare.initdb, 0o644);
    repairBinaries(bare);
    repairBinaries(bare);
    expect(spawnSync(bare.initdb, ['--version']).status).toBe(0);
    for (const link of links) expect(existsSync(path.join(root, link.target))).toBe(true);
  });

  it('are copied whole where the package cannot be repaired', () => {
    const copy = copyBinaries(findBinaries(), base);
    for (const program of [copy.initdb, copy.postgres, copy.pgCtl]) {
      expect(spawnSync(program, ['--version']).status).toBe(0);
    }
    expect(copyBinaries(findBinaries(), base)).toEqual(copy);
    rmSync(copy.root, { recursive: true });
  });
});

describe('settings', () => {
  const machine = { memory: 16 * GB, cores: 4, freeDisk: 100 * GB, sharedMemoryDisk: 8 * GB };
  it('follow memory, cores and disk', () => {
    expect(serverSettings(machine)).toMatchObject({
      wal_level: 'minimal',
      shared_buffers: '4096MB',
      max_wal_size: '8192MB',
      maintenance_work_mem: '1024MB',
      work_mem: '128MB',
    });
    expect(serverSettings({ ...machine, memory: GB, cores: 2, freeDisk: 2 * GB })).toMatchObject({
      shared_buffers: '256MB',
      max_wal_size: '512MB',
      maintenance_work_mem: '128MB',
      work_mem: '16MB',
    });
    expect(serverSettings(machine, GB / 2)).toMatchObject({ shared_buffers: '512MB' });
  });
  it('avoid a small /dev/shm', () => {
    expect(serverSettings(machine)).not.toHaveProperty('dynamic_shared_memory_type');
    expect(serverSettings({ ...machine, sharedMemoryDisk: 64 * 1024 ** 2 })).toMatchObject({
      dynamic_shared_memory_type: 'mmap',
    });
  });
  it('see no more memory than the machine has', () => {
    expect(readMachine(base).memory).toBeLessThanOrEqual(os.totalmem());
  });
  it('are quoted in the file', () => {
    expect(settingsFile({ a: "it's" })).toContain("a = 'it''s'");
  });
});

describe('a running server', () => {
  let server: EmbeddedServer;
  const lines: string[] = [];
  beforeAll(async () => {
    server = await EmbeddedServer.open({ home, log: (line) => lines.push(line) });
  });
  afterAll(() => server.release());

  it('has the settings of a throw-away server', async () => {
    const client = await openClient(server.target('postgres'));
    const { rows } = await client.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any($1)',
      [
        [
          'wal_level',
          'max_wal_senders',
          'fsync',
          'full_page_writes',
          'synchronous_commit',
          'autovacuum',
          'jit',
          'TimeZone',
          'checkpoint_timeout',
          'data_checksums',
          'server_encoding',
          'listen_addresses',
          'unix_socket_directories',
          'password_encryption',
        ],
      ],
    );
    const locale = await client.query('select datcollate, datctype from pg_database');
    await client.end();
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      wal_level: 'minimal',
      max_wal_senders: '0',
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      autovacuum: 'off',
      jit: 'off',
      TimeZone: 'UTC',
      checkpoint_timeout: '1800',
      data_checksums: 'off',
      server_encoding: 'UTF8',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      password_encryption: 'scram-sha-256',
    });
    for (const row of locale.rows) expect(row).toEqual({ datcollate: 'C', datctype: 'C' });
  });

  it('listens on 127.0.0.1 only', async () => {
    const answers = (host: string): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = net.connect({ host, port: server.port });
        socket.on('connect', () => {
          socket.destroy();
          resolve(true);
        });
        socket.on('error', () => resolve(false));
      });
    expect(await answers('127.0.0.1')).toBe(true);
    const others = Object.values(os.networkInterfaces())
      .flat()
      .filter((address) => address !== undefined && address.address !== '127.0.0.1')
      .filter((address) => !address?.address.startsWith('fe80'));
    for (const other of others) expect(await answers(other?.address ?? '')).toBe(false);
  });

  it('wants the password, and keeps it from everybody but the owner', async () => {
    const password = server.target('x').password() ?? '';
    expect(password.length).toBeGreaterThanOrEqual(24);
    expect(statSync(server.dataDirectory).mode & 0o077).toBe(0);
    for (const entry of readdirSync(home, { withFileTypes: true }).filter((it) => it.isFile())) {
      expect(readFileSync(path.join(home, entry.name), 'utf8')).not.toContain(password);
    }
    expect(server.url('x')).toContain(password);
    expect(server.target('x').display).not.toContain(password);
    expect(lines.join('\n')).not.toContain(password);
    const wrong = { ...server.target('postgres'), password: () => 'wrong' };
    await expect(openClient(wrong)).rejects.toMatchObject({
      exitCode: 3,
      message: `The password of role "aquaseed" was not accepted by 127.0.0.1:${server.port}`,
    });
    const log = readFileSync(server.logFile, 'utf8');
    expect(log).not.toContain(password);
  });

  it('does not run as root', async () => {
    const { pid } = await embeddedStatus({ home });
    expect(pid).toBeGreaterThan(0);
    if (process.platform === 'linux') expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
  });

  it('creates and drops databases of any name', async () => {
    for (const name of ['plain', 'with "quotes"; drop', 'færøyar 🐟']) {
      expect(await server.ensureDatabase(name)).toBe(true);
      expect(await server.ensureDatabase(name)).toBe(false);
      const client = await openClient(server.target(name));
      const { rows } = await client.query('select current_database() as name');
      expect(rows).toEqual([{ name }]);
      await server.dropDatabase(name);
      await client.end().catch(() => undefined);
      await server.dropDatabase(name);
    }
    const made = await Promise.all([1, 2, 3].map(() => server.ensureDatabase('same')));
    expect(made.filter((it) => it)).toHaveLength(1);
    await server.dropDatabase('same');
  });

  it('says what is wrong with a database that cannot be made', async () => {
    const error = await server.ensureDatabase('').catch((problem: unknown) => problem);
    expect(connectionError(error, server.target('')).exitCode).toBe(3);
  });
});

describe('several commands', () => {
  it('starting at once share one server, which the last one stops', async () => {
    await stopEmbedded({ home });
    const users = await Promise.all([user(), user(), user()]);
    expect(users.filter((one) => one.started)).toHaveLength(1);
    expect(new Set(users.map((one) => one.start)).size).toBe(1);
    expect((await embeddedStatus({ home })).users.sort()).toEqual(users.map((one) => one.child.pid).sort());
    const [first, second, third] = users as [User, User, User];
    expect(await leave(first)).toBe(0);
    expect(await leave(second)).toBe(0);
    expect((await embeddedStatus({ home })).running).toBe(true);
    expect(await leave(third)).toBe(0);
    expect((await embeddedStatus({ home })).running).toBe(false);
    expect(await embeddedTarget('postgres', { home })).toBeUndefined();
  });

  it('take over the server of one that was killed', async () => {
    const killed = await user();
    const end = ended(killed.child);
    killed.child.kill('SIGKILL');
    await end;
    expect((await embeddedStatus({ home })).running).toBe(true);
    const next = await EmbeddedServer.open({ home });
    expect(next.started).toBe(false);
    expect(next.port).toBe(killed.port);
    await next.release();
    await next.release();
    expect((await embeddedStatus({ home })).running).toBe(false);
  });

  it('stop the server when the last one but a killed one ends', async () => {
    const [killed, last] = [await user(), await user()];
    const end = ended(killed.child);
    killed.child.kill('SIGKILL');
    await end;
    await leave(last);
    expect((await embeddedStatus({ home })).running).toBe(false);
  });

  it('never lose the server to one that ends, however they come and go', async () => {
    const comeAndGo = async (): Promise<void> => {
      for (let turn = 0; turn < 5; turn++) {
        const server = await EmbeddedServer.open({ home });
        const client = await openClient(server.target('postgres'));
        await client.query('select pg_sleep(0.01 * random())');
        await client.end();
        await server.release();
      }
    };
    await Promise.all([1, 2, 3, 4].map(comeAndGo));
    expect((await embeddedStatus({ home })).running).toBe(false);
  });

  it('make one data directory at the same moment', async () => {
    const fresh = path.join(base, 'fresh');
    // What an attempt left that was killed.
    mkdirSync(path.join(fresh, 'postgres.new-999999999-1', 'base'), { recursive: true });
    chmodSync(fresh, 0o755);
    const servers = await Promise.all([1, 2, 3].map(() => EmbeddedServer.open({ home: fresh })));
    expect(servers.filter((it) => it.started)).toHaveLength(1);
    expect(new Set(servers.map((it) => it.url())).size).toBe(1);
    for (const it of servers) await it.release();
    expect(readdirSync(fresh).toSorted()).toEqual(['postgres', 'postgres.log']);
    await removeEmbedded({ home: fresh });
  });

  it('leave a persistent server running until it is stopped', async () => {
    const starter = await user('persistent');
    await leave(starter);
    expect(await embeddedStatus({ home })).toMatchObject({ running: true, persistent: true, users: [] });
    const next = await EmbeddedServer.open({ home });
    await next.release();
    expect((await embeddedStatus({ home })).running).toBe(true);
    expect(await stopEmbedded({ home })).toBe(true);
    expect(await stopEmbedded({ home })).toBe(false);
    expect((await embeddedStatus({ home })).persistent).toBe(false);
  });

  it('stop a server that follows a persistent one which was killed', async () => {
    await leave(await user('persistent'));
    await killServer();
    await leave(await user());
    expect((await embeddedStatus({ home })).running).toBe(false);
  });
});

describe('a stale postmaster.pid', () => {
  const pidFile = path.join(home, 'postgres', 'postmaster.pid');
  const stale = (pid: number): string =>
    [pid, path.join(home, 'postgres'), 1700000000, 5999, '', '127.0.0.1', '  123456  1', 'ready   ', ''].join(
      '\n',
    );

  it.each([
    ['of a process that is gone', () => 999_999_999],
    ['whose pid is another process now', () => process.pid],
    ['whose pid is init', () => 1],
  ])('%s does not keep the server from starting', async (_name, pid) => {
    writeFileSync(pidFile, stale(pid()));
    chmodSync(pidFile, 0o644);
    expect((await embeddedStatus({ home })).running).toBe(false);
    const server = await EmbeddedServer.open({ home });
    expect(server.started).toBe(true);
    await server.release();
  });

  it('of a server that was killed is overcome', async () => {
    const server = await EmbeddedServer.open({ home });
    await killServer();
    expect(existsSync(pidFile)).toBe(true);
    const again = await EmbeddedServer.open({ home });
    expect(again.started).toBe(true);
    await again.release();
    await server.release();
    expect((await embeddedStatus({ home })).running).toBe(false);
  });
});

describe('clear errors', () => {
  it('for data of another version', async () => {
    const other = path.join(base, 'other-version');
    mkdirSync(path.join(other, 'postgres'), { recursive: true });
    writeFileSync(path.join(other, 'postgres', 'PG_VERSION'), '14\n');
    await expect(EmbeddedServer.open({ home: other })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('was made by PostgreSQL 14'),
    });
  });
  it('for a directory that holds something else', async () => {
    const other = path.join(base, 'other-files');
    mkdirSync(path.join(other, 'postgres'), { recursive: true });
    writeFileSync(path.join(other, 'postgres', 'letter.txt'), '');
    await expect(EmbeddedServer.open({ home: other })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('not a PostgreSQL data directory'),
    });
  });
  it('for a home that cannot be made', async () => {
    writeFileSync(path.join(base, 'file'), '');
    await expect(EmbeddedServer.open({ home: path.join(base, 'file', 'home') })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('Cannot use'),
    });
  });
});

describe('a home', () => {
  it('of an earlier version opens with its data', async () => {
    const server = await EmbeddedServer.open({ home });
    await server.ensureDatabase('kept');
    await server.release();
    renameSync(path.join(home, 'postgres', 'aquaseed.password'), path.join(home, 'password'));
    for (const name of ['users', 'lock']) mkdirSync(path.join(home, name));
    writeFileSync(path.join(home, 'lock', '7'), 'free');
    const again = await EmbeddedServer.open({ home });
    expect(await again.ensureDatabase('kept')).toBe(false);
    await again.dropDatabase('kept');
    await again.release();
    expect((await embeddedStatus({ home })).running).toBe(false);
  });

  it('that was copied while its server ran has a server of its own, whatever its name', async () => {
    const copy = path.join(base, `a "copy" of $HOME's \`færøyar\``);
    const server = await EmbeddedServer.open({ home });
    cpSync(home, copy, { recursive: true });
    const { uid, gid } = statSync(server.dataDirectory);
    spawnSync('chown', ['-R', `${uid}:${gid}`, path.join(copy, 'postgres')]);
    const other = await EmbeddedServer.open({ home: copy });
    expect(other.started).toBe(true);
    expect(other.port).not.toBe(server.port);
    await other.release();
    expect((await embeddedStatus({ home })).running).toBe(true);
    await server.release();
    await removeEmbedded({ home: copy });
  });

  it('of root is one that every user can enter, unless it was chosen or holds data', () => {
    const mine = path.join(base, 'mine');
    expect(homeAsRoot(mine, false)).toMatch(/^\/var\/lib\/aquaseed\/[0-9a-f]{16}$/);
    expect(homeAsRoot(mine, true)).toBe(mine);
    expect(homeAsRoot(home, false)).toBe(home);
  });

  it.runIf(isRoot())(
    'of root is not in a directory that only root can enter, also where it was chosen',
    async () => {
      const closed = mkdtempSync(path.join(base, 'closed-'));
      const server = await EmbeddedServer.open({ home: closed });
      try {
        expect(server.dataDirectory).toMatch(/^\/var\/lib\/aquaseed\/[0-9a-f]{16}\/postgres$/);
      } finally {
        await server.release();
        await removeEmbedded({ home: closed });
      }
      expect(existsSync(path.dirname(server.dataDirectory))).toBe(false);
    },
  );
});

it('a client of pg can use the URL', async () => {
  const server = await EmbeddedServer.open({ home });
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  const { rows } = await client.query('select 1 as one');
  await client.end();
  await server.release();
  expect(rows).toEqual([{ one: 1 }]);
});
