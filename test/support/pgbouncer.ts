import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asUser, findUser, isRoot } from '../../src/driver/database/embedded/system-user.ts';
import { type TestServer, unusedPort } from './servers.ts';

/** Where Debian puts it, which is not in the path of every user. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

/** Whether PgBouncer is there; tests that need it skip themselves without. */
export const HAS_PGBOUNCER =
  spawnSync('pgbouncer', ['--version'], { env: { ...process.env, PATH } }).status === 0;

/** A pooler in front of a server of one test's own; everybody is let in as the server's superuser. */
export type Pooler = {
  port: number;
  url: (database: string) => string;
  stop: () => Promise<void>;
};

/** Starts PgBouncer in front of a server, with further settings such as `{ server_round_robin: '1' }`. */
export async function startPooler(
  server: TestServer,
  mode: 'session' | 'transaction' | 'statement',
  settings: Record<string, string> = {},
): Promise<Pooler> {
  const { user, password } = server.target('postgres');
  const port = await unusedPort();
  const directory = path.join(os.tmpdir(), `aquaseed-pooler-${randomBytes(4).toString('hex')}`);
  mkdirSync(directory, { mode: 0o755 });
  const file = path.join(directory, 'pgbouncer.ini');
  const lines = Object.entries({
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: mode,
    ...settings,
  }).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(
    file,
    `[databases]\n* = host=127.0.0.1 port=${server.port} user=${user} password=${password() ?? ''}\n[pgbouncer]\n${lines.join('\n')}\n`,
  );
  const runner = isRoot() ? (findUser('postgres') ?? findUser('nobody')) : undefined;
  if (runner !== undefined) chownSync(file, runner.uid, runner.gid);
  const child = spawn('pgbouncer', [file], {
    ...asUser(runner, directory),
    env: { PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr?.on('data', (data: Buffer) => {
    output = (output + data.toString()).slice(-10_000);
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  for (let tries = 0; !(await answers(port)); tries++) {
    if (child.exitCode !== null || tries === 500) throw new Error(`PgBouncer did not start: ${output}`);
    await sleep(20);
  }
  return {
    port,
    url: (database) => `postgres://${user}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
