import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SETTINGS } from './data.ts';
import { failed, reasonIn } from './failures.ts';
import { type Place, readText } from './home.ts';
import type { Host } from './host.ts';
import { readMachine, serverSettings, settingsFile } from './settings.ts';
import { type Finished, giveTo, runAs, type ServerUser } from './system-user.ts';

export const HOST = '127.0.0.1';
/** How long a server may take to start or to stop. */
const WAIT_SECONDS = 120;

export type Running = {
  pid: number;
  port: number;
  /** Tells this server from those that had the same pid before it. */
  identity: string;
};

/** A server by its postmaster.pid: line 1 pid, 3 time of its start, 4 port, 8 status. */
function readPidFile(data: string): (Running & { status: string }) | undefined {
  const text = readText(path.join(data, 'postmaster.pid'));
  if (text === undefined) return undefined;
  const lines = text.split('\n').map((line) => line.trim());
  const [pid = '', , started = '', port = '', , , , status = 'starting'] = lines;
  return { pid: Number(pid), port: Number(port), identity: `${pid} ${started}`, status };
}

/** True when `pid` is a PostgreSQL server of this data directory, in which it works. */
export function isServerProcess(pid: number, data: string): boolean {
  if (process.platform === 'win32') return true;
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(data);
  }
  try {
    return realpathSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    // It is gone, or root in a container may not look at it: everybody may see its arguments.
    return readText(`/proc/${pid}/cmdline`)?.split('\0').includes(data) === true;
  }
}

/** The server of this place as it is now: ready, or on its way up or down. */
function look(data: string): (Running & { status: string }) | undefined {
  const server = readPidFile(data);
  return server !== undefined && isServerProcess(server.pid, data) ? server : undefined;
}

/** The server that is ready now. */
export function readyServer({ data }: Place): Running | undefined {
  const server = look(data);
  return server?.status === 'ready' ? server : undefined;
}

/** The server that is ready, waiting while one is on its way up or down. */
export async function findServer({ data, log }: Place): Promise<Running | undefined> {
  for (const deadline = Date.now() + WAIT_SECONDS * 1000; ; await sleep(20)) {
    const server = look(data);
    if (server === undefined || server.status === 'ready') return server;
    if (Date.now() < deadline) continue;
    throw failed(`The embedded server (pid ${server.pid})`, `still ${server.status}`, `See ${log}`);
  }
}

/**
 * Starts the server and gives its port; undefined when another command was faster, as PostgreSQL sees by
 * postmaster.pid.
 * @throws UserError (exit 3) that says why it does not start
 */
export async function startServer(place: Place, host: Host): Promise<number | undefined> {
  let port = await freePort(lastPort(place.data));
  let sharedBuffersCap: number | undefined;
  let output = '';
  for (let attempt = 0; attempt < 6; attempt++) {
    configure(place.data, host.user, port, sharedBuffersCap);
    disarmPidFile(place.data);
    const failure = await launch(place, host);
    if (failure === undefined) return readyServer(place)?.port ?? port;
    output = failure;
    if (/shared memory|Cannot allocate memory/i.test(output) && !/pre-existing/.test(output)) {
      sharedBuffersCap = (sharedBuffersCap ?? 1024 ** 3) / 2;
    } else if (/pre-existing shared memory block/.test(output)) {
      // Processes of a server that was killed need a moment to notice.
      await sleep(1000);
    } else if (/could not (bind|create any TCP)/i.test(output)) {
      port = await freePort();
    } else if (/lock file|is another postmaster/i.test(output)) {
      return undefined;
    } else break;
  }
  throw failed('The embedded server does not start', reasonIn(output), `See ${place.log}`);
}

function configure(data: string, user: ServerUser, port: number, sharedBuffersCap?: number): void {
  const file = path.join(data, SETTINGS);
  const draft = `${file}.${process.pid}.new`;
  const settings = serverSettings(readMachine(data), sharedBuffersCap);
  writeFileSync(draft, settingsFile({ ...settings, port: String(port) }), { mode: 0o600 });
  giveTo(user, draft);
  renameSync(draft, file);
}

/** The port of the last time, so that URLs stay valid; 0 is any. */
function lastPort(data: string): number {
  const text = readText(path.join(data, SETTINGS)) ?? '';
  return Number(/^port = '(\d+)'/m.exec(text)?.[1] ?? 0);
}

/** The preferred port if it is free, else any. PostgreSQL cannot choose one itself. */
function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    probe.listen(preferred, HOST, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/**
 * PostgreSQL refuses to start when the pid in postmaster.pid belongs to any living process. When that
 * process is no server of ours, the pid is replaced by one that cannot exist; the rest of the file stays, so that
 * PostgreSQL can still see whether old server processes hold the shared memory.
 */
function disarmPidFile(data: string): void {
  const file = path.join(data, 'postmaster.pid');
  const text = readText(file);
  if (text === undefined || look(data) !== undefined) return;
  writeFileSync(file, text.replace(/^-?\d+/, '999999999'));
}

/** Starts the server apart from the terminal and waits until it is ready; what it logged when it is not. */
async function launch(place: Place, host: Host): Promise<string | undefined> {
  // A copied directory may have lost the mode that PostgreSQL insists on.
  if (process.platform !== 'win32') chmodSync(place.data, 0o700);
  rotateLog(place.log);
  const log = openSync(place.log, 'a', 0o600);
  try {
    giveTo(host.user, place.log);
    const before = fstatSync(log).size;
    const args = ['start', '--silent', '--wait', `--timeout=${WAIT_SECONDS}`];
    if (process.platform !== 'win32') {
      // pg_ctl lets a shell start the server, with the program between " and the options as they are.
      args.push('-p', host.binaries.postgres.replace(/["$`\\]/g, '\\$&'));
      args.push('-o', `-D '${place.data.replaceAll("'", `'\\''`)}'`);
    }
    const { code, output } = await control(place, host, args, log);
    return code === 0 ? undefined : readFileSync(place.log).subarray(before).toString() + output;
  } finally {
    closeSync(log);
  }
}

/** The data directory goes by the environment, where no shell reads it. */
function control(place: Place, { binaries, user }: Host, args: string[], log?: number): Promise<Finished> {
  return runAs(user, place.home, binaries.pgCtl, args, { env: { PGDATA: place.data }, log });
}

/** Keeps one old log of at most about 10 MB. */
function rotateLog(file: string): void {
  if (existsSync(file) && statSync(file).size > 10 * 1024 * 1024) renameSync(file, `${file}.old`);
}

/** Ends all sessions and the server. */
export async function stopServer(place: Place, host: Host): Promise<void> {
  const args = ['stop', '--silent', '--wait', '--mode=fast', `--timeout=${WAIT_SECONDS}`];
  const { code, output } = await control(place, host, args);
  // Where another command was faster, or the whole home was deleted, nothing is left to stop.
  if (code === 0 || look(place.data) === undefined) return;
  throw failed('The embedded server does not stop', reasonIn(output), `See ${place.log}`);
}
