import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { EXIT, UserError } from '../../../errors.ts';

/** The system user that the server runs as; undefined means the user of this process. */
export type ServerUser = { uid: number; gid: number; name: string } | undefined;

/** True for root on a system with numeric users. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** PostgreSQL refuses to run as root: then it runs as the owner of its data, which begins as postgres or nobody. */
export function serverUser(dataDirectory: string): ServerUser {
  if (!isRoot()) return undefined;
  if (existsSync(dataDirectory)) {
    const { uid, gid } = statSync(dataDirectory);
    if (uid !== 0) return { uid, gid, name: String(uid) };
  }
  const user = findUser('postgres') ?? findUser('nobody');
  if (user !== undefined) return user;
  throw new UserError(
    'PostgreSQL refuses to run as root and there is no other system user to run it as: neither postgres nor nobody exists',
    EXIT.database,
    'Run as an ordinary user, or name a server with --database-url.',
  );
}

/** Looks a system user up by name; undefined where there is none. */
export function findUser(name: string): ServerUser {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout), name };
}

export function giveTo(user: ServerUser, file: string): void {
  if (user !== undefined) chownSync(file, user.uid, user.gid);
}

/** Spawn options that make a child run as `user`, with an environment that holds nothing of ours. */
export function asUser(user: ServerUser, cwd: string): SpawnOptions & { cwd: string } {
  const env: NodeJS.ProcessEnv = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', LANG: 'C', TZ: 'UTC' };
  if (process.platform === 'win32') Object.assign(env, process.env, { TZ: 'UTC' });
  return { cwd, env, ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }) };
}

/** Output of a finished child; `code` is undefined when it could not be started or was killed. */
export type Finished = { code: number | undefined; output: string };

type RunOptions = {
  env?: Record<string, string>;
  /** An open file that takes the output instead, also that of processes which the program leaves behind. */
  log?: number | undefined;
};

/** Runs a program to its end as `user`, apart from the terminal, so that Ctrl-C does not reach it. */
export function runAs(
  user: ServerUser,
  cwd: string,
  program: string,
  args: string[],
  { env, log }: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const options = asUser(user, cwd);
    const child = spawn(program, args, {
      ...options,
      env: { ...options.env, ...env },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
    });
    let output = '';
    const collect = (data: Buffer): void => {
      output = (output + data.toString()).slice(-20_000);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => resolve({ code: undefined, output: output + error.message }));
    child.on('close', (code) => resolve({ code: code ?? undefined, output }));
  });
}

/** Runs a short program as `user` and waits; true when it ended with code 0. */
export function succeedsAs(user: ServerUser, program: string, args: string[]): boolean {
  const result = spawnSync(program, args, {
    ...asUser(user, path.parse(process.cwd()).root),
    stdio: 'ignore',
  });
  return result.status === 0;
}
