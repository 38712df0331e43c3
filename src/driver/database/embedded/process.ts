import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** The system user that the server runs as; undefined means the user of this process. */
export type ServerUser = { uid: number; gid: number; name: string } | undefined;

/** True for root on a system with numeric users. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Looks a system user up by name or number; undefined where there is none. */
export function findUser(who: string): { uid: number; gid: number; name: string } | undefined {
  const ask = (flag: string): string | undefined => {
    const result = spawnSync('id', [flag, who], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return result.status === 0 ? result.stdout.trim() : undefined;
  };
  const [uid, gid, name] = [ask('-u'), ask('-g'), ask('-un')];
  if (uid === undefined || gid === undefined || name === undefined) return undefined;
  return { uid: Number(uid), gid: Number(gid), name };
}

/** Spawn options that make a child run as `user`, with an environment that holds nothing of ours. */
export function asUser(user: ServerUser, cwd: string): SpawnOptions & { cwd: string } {
  const env: NodeJS.ProcessEnv = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', LANG: 'C', TZ: 'UTC' };
  if (process.platform === 'win32') Object.assign(env, process.env, { TZ: 'UTC' });
  return { cwd, env, ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }) };
}

/** Output of a finished child; `code` is undefined when it could not be started or was killed. */
type Finished = { code: number | undefined; output: string };

/** Runs a program to its end as `user`, apart from the terminal, so that Ctrl-C does not reach it. */
export function runAs(user: ServerUser, cwd: string, program: string, args: string[]): Promise<Finished> {
  return new Promise((resolve) => {
    let child: ReturnType<typeof spawn>;
    try {
      child = spawn(program, args, {
        ...asUser(user, cwd),
        detached: true,
        windowsHide: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      resolve({ code: undefined, output: String(error) });
      return;
    }
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

/**
 * A text that names a process for as long as it lives: its pid and its start time, so that a later process
 * with the same pid is not taken for it. Undefined when no such process lives.
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${pid}-${fields[19]}`;
    } catch {
      return `${pid}-0`;
    }
  }
  if (process.platform === 'win32') return `${pid}-0`;
  const result = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return `${pid}-${(result.stdout ?? '').replace(/[^0-9A-Za-z]/g, '') || '0'}`;
}

/** True while the process that `processIdentity` named is alive. */
export function isAlive(identity: string): boolean {
  return processIdentity(Number.parseInt(identity, 10)) === identity;
}

/** True when `pid` is a PostgreSQL server of this data directory. */
export function isServerProcess(pid: number, dataDirectory: string): boolean {
  if (processIdentity(pid) === undefined) return false;
  if (process.platform === 'linux') {
    try {
      if (realpathSync(`/proc/${pid}/cwd`) === realpathSync(dataDirectory)) return true;
    } catch {
      // Not readable by this user: judge by the command line.
    }
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return args.some((arg) => /postgres/.test(arg)) && args.some((arg) => arg.includes(dataDirectory));
    } catch {
      return false;
    }
  }
  if (process.platform === 'win32') return true;
  const result = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return (result.stdout ?? '').includes(dataDirectory);
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
