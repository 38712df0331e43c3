import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  asUser,
  findUser,
  isRoot,
  runAs,
  type ServerUser,
} from '../../src/driver/database/embedded/system-user.ts';
import { makeTarget, type ServerTarget } from '../../src/driver/database/target.ts';

/** A server of one test's own. */
export type TestServer = {
  port: number;
  pid: number;
  dataDirectory: string;
  /** Connection URL of a database, password included; the role `tester` is a superuser. */
  url: (database: string) => string;
  target: (database: string) => ServerTarget;
  /** Stops the server (`immediate` as in a crash) and keeps its data. */
  stop: (mode?: 'fast' | 'immediate') => Promise<void>;
  /** Starts it again on the same port. */
  start: () => Promise<void>;
  /**
   * Sets the largest file, in bytes, that these of its processes may write, and those that they start; false where
   * that is not possible.
   */
  limitFiles: (pids: readonly number[], bytes: number | 'unlimited') => Promise<boolean>;
  /** Stops it and deletes its data. */
  remove: () => Promise<void>;
};

type TestServerOptions = {
  /** Further settings, such as `{ max_connections: '5' }`. */
  settings?: Record<string, string>;
  /** Options of initdb, such as `--encoding=LATIN1`. */
  initdb?: string[];
  /** Lines of pg_hba.conf instead of the usual one. */
  hba?: string;
};

const PASSWORD = 'tester-secret';

/**
 * A throw-away cluster of Debian's PostgreSQL `major` (such as 15), or null where its programs are not
 * installed; tests then skip themselves.
 */
export async function startDebianServer(
  major: number,
  options: TestServerOptions = {},
): Promise<TestServer | null> {
  const programs = `/usr/lib/postgresql/${major}/bin`;
  const isThere = existsSync(path.join(programs, 'initdb')) && (!isRoot() || serverUser() !== undefined);
  return isThere ? await startServer(programs, options) : null;
}

/** Who runs a server for root, to whom PostgreSQL refuses to. */
export function serverUser(): ServerUser {
  return isRoot() ? (findUser('postgres') ?? findUser('nobody')) : undefined;
}

/** A throw-away cluster made by the programs in a directory. */
export async function startServer(programs: string, options: TestServerOptions = {}): Promise<TestServer> {
  const user = serverUser();
  const base = path.join(os.tmpdir(), `aquaseed-pg-${randomBytes(4).toString('hex')}`);
  mkdirSync(base, { mode: 0o700 });
  if (user !== undefined) chownSync(base, user.uid, user.gid);
  const dataDirectory = path.join(base, 'data');
  const passwordFile = path.join(base, 'password');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const made = await runAs(user, base, path.join(programs, 'initdb'), [
    `--pgdata=${dataDirectory}`,
    '--username=tester',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--locale=C',
    '--encoding=UTF8',
    '--no-sync',
    ...(options.initdb ?? []),
  ]);
  if (made.code !== 0) {
    rmSync(base, { recursive: true, force: true });
    throw new Error(`initdb in ${programs} failed: ${made.output}`);
  }
  const port = await unusedPort();
  writeFileSync(
    path.join(dataDirectory, 'pg_hba.conf'),
    options.hba ?? 'host all all 127.0.0.1/32 scram-sha-256\n',
  );
  const settings: Record<string, string> = {
    fsync: 'off',
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    shared_buffers: '64MB',
    ...options.settings,
  };
  const arguments_ = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let pid = 0;

  const start = async (): Promise<void> => {
    const child = spawn(path.join(programs, 'postgres'), ['-D', dataDirectory, ...arguments_], {
      ...asUser(user, base),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr?.on('data', (data: Buffer) => {
      output = (output + data.toString()).slice(-10_000);
    });
    let ended = false;
    child.on('exit', () => {
      ended = true;
    });
    child.on('error', () => {
      ended = true;
    });
    pid = child.pid ?? 0;
    for (let i = 0; i < 3000 && !ended; i++) {
      try {
        const lines = readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
        if (Number(lines[0]) === pid && /^(ready|standby)$/.test(lines[7]?.trim() ?? '')) return;
      } catch {
        // Not there yet.
      }
      await sleep(20);
    }
    throw new Error(`PostgreSQL in ${programs} did not start: ${output}`);
  };

  const stop = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    await runAs(user, base, path.join(programs, 'pg_ctl'), ['stop', '-D', dataDirectory, '-m', mode, '-w']);
  };

  await start();
  const target = (database: string): ServerTarget =>
    makeTarget({ source: 'named', host: '127.0.0.1', port, user: 'tester', password: PASSWORD, database });
  return {
    port,
    get pid() {
      return pid;
    },
    dataDirectory,
    url: (database) => `postgres://tester:${PASSWORD}@127.0.0.1:${port}/${database}`,
    target,
    stop,
    start,
    limitFiles: async (pids, bytes) => {
      // Only the soft limit, so that it can be raised again.
      for (const it of pids) {
        const args = [`--pid=${it}`, `--fsize=${bytes}:`];
        const { code } = await runAs(user, base, 'prlimit', args);
        if (code !== 0) return false;
      }
      return true;
    },
    remove: async () => {
      await stop('immediate');
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** A TCP port of 127.0.0.1 that nobody listens on at this moment. */
export function unusedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
