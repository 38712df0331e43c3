import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { type Binaries, copyBinaries, findBinaries, isComplete, repairLinks } from './embedded/binaries.ts';
import { defaultHome } from './embedded/home.ts';
import { withLock } from './embedded/lock.ts';
import {
  asUser,
  findUser,
  isAlive,
  isRoot,
  isServerProcess,
  processIdentity,
  runAs,
  type ServerUser,
  sleep,
  succeedsAs,
} from './embedded/process.ts';
import { readMachine, serverSettings, settingsFile } from './embedded/settings.ts';
import { DEFAULT_DATABASE, makeTarget, type ServerTarget, urlWithPassword } from './target.ts';

const ROLE = 'aquaseed';
const HOST = '127.0.0.1';
const START_SECONDS = 120;
/** Where root keeps server files that an unprivileged user must reach. */
const SHARED_BASE = '/var/lib/aquaseed';

export type EmbeddedOptions = {
  /** Directory of the server's files; by default that of `defaultHome`. */
  home?: string | undefined;
  /** Leave the server running after the last user is gone, until `stopEmbedded`. */
  persistent?: boolean | undefined;
  /** Told what is going on, for the terminal: one line each, no password. */
  log?: ((line: string) => void) | undefined;
};

type EmbeddedStatus = {
  running: boolean;
  persistent: boolean;
  pid: number | undefined;
  port: number | undefined;
  /** Living processes that use the server, by pid. */
  users: number[];
  home: string;
  dataDirectory: string;
  logFile: string;
};

/**
 * Files of one embedded server. `home` belongs to the user of the command and holds password, lock, list
 * of users and location; `base` holds the data directory and the log, and is the same directory unless
 * root had to move it to where the server's system user can reach it.
 */
class Place {
  readonly home: string;
  base: string;

  constructor(home: string) {
    this.home = existsSync(home) ? realpathSync(home) : home;
    this.base = this.home;
    // A note that was copied along with the project speaks of somebody else's data: not followed.
    const noted = readText(path.join(this.home, 'location'));
    if (isRoot() && noted === this.sharedBase && existsSync(noted)) this.base = noted;
  }

  /** Where the server's files go when its system user cannot reach the home. */
  get sharedBase(): string {
    return path.join(SHARED_BASE, createHash('sha256').update(this.home).digest('hex').slice(0, 16));
  }

  get dataDirectory(): string {
    return path.join(this.base, 'postgres');
  }
  get logFile(): string {
    return path.join(this.base, 'postgres.log');
  }
  get passwordFile(): string {
    return path.join(this.home, 'password');
  }
  get usersDirectory(): string {
    return path.join(this.home, 'users');
  }
  get lockDirectory(): string {
    return path.join(this.home, 'lock');
  }
  get persistentFile(): string {
    return path.join(this.home, 'persistent');
  }

  /** Gives a file that root made to the owner of the home, who may run commands here later. */
  own = (file: string): void => {
    if (!isRoot()) return;
    const owner = statSync(this.home);
    if (owner.uid !== 0) chownSync(file, owner.uid, owner.gid);
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function homeOf(options: EmbeddedOptions): string {
  return path.resolve(options.home ?? defaultHome());
}

function failed(what: string, detail: string, hint?: string): UserError {
  return new UserError(`${what}${detail === '' ? '' : `: ${detail}`}`, EXIT.database, hint);
}

/** The line of a program's output that says why it gave up. */
function reason(output: string): string {
  if (/No space left on device|wrote only \d+ of \d+ bytes/.test(output)) return 'no space left on the disk';
  const lines = output.split(/\r?\n/).map((line) => line.trim());
  const telling = lines.filter((line) => /\b(FATAL|PANIC|ERROR|error|fatal|cannot|could not)\b/.test(line));
  const fatal = telling.find((line) => line.includes('FATAL:'));
  return (
    (fatal ?? telling.at(-1) ?? lines.filter((line) => line !== '').at(-1) ?? '')
      .replace(/^.*?\b(FATAL|PANIC|ERROR|error|fatal):\s*/, '')
      .slice(0, 300) || 'no reason given'
  );
}

/**
 * The embedded PostgreSQL 18, shared by all commands that use the same home. Each open() registers a
 * user; the last living user to release() stops the server, unless it was made persistent.
 */
export class EmbeddedServer {
  readonly host = HOST;
  readonly port: number;
  readonly user = ROLE;
  readonly home: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  /** True when this call started the server, false when it was running already. */
  readonly started: boolean;
  readonly #place: Place;
  readonly #password: string;
  readonly #userFile: string;
  #releasing: Promise<void> | undefined;

  private constructor(place: Place, port: number, password: string, started: boolean, userFile: string) {
    this.#place = place;
    this.#password = password;
    this.#userFile = userFile;
    this.port = port;
    this.started = started;
    this.home = place.home;
    this.dataDirectory = place.dataDirectory;
    this.logFile = place.logFile;
  }

  /**
   * Starts the server, or joins the one that runs, creating the data directory at the first use.
   * Throws a UserError (exit 3) that says why it could not.
   */
  static async open(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
    const opening = EmbeddedServer.#open(options);
    inUse.add(opening);
    return await opening;
  }

  static async #open(options: EmbeddedOptions): Promise<EmbeddedServer> {
    const place = openHome(homeOf(options));
    return await guarded(place, async () => {
      const say = options.log ?? (() => undefined);
      let running = await findRunning(place);
      const started = running === undefined;
      if (running === undefined) {
        const host = prepareHost(place, say);
        await initialise(place, host, say);
        running = await start(place, host, say);
      }
      const password = readPassword(place);
      await checkServes(place, running, password);
      if (options.persistent) {
        writeOwn(place, place.persistentFile, processIdentity(running.pid) ?? '');
      }
      const userFile = addUser(place);
      return new EmbeddedServer(place, running.port, password, started, userFile);
    });
  }

  /** Connection URL with the password in it. */
  url(database: string = DEFAULT_DATABASE): string {
    return urlWithPassword(this.target(database));
  }

  /** The server as a target for openPool and openClient. */
  target(database: string = DEFAULT_DATABASE): ServerTarget {
    return makeTarget({
      source: 'embedded',
      host: this.host,
      port: this.port,
      user: this.user,
      password: this.#password,
      database,
    });
  }

  /** Creates the database (UTF-8, locale C) unless it is there; true when it was created. */
  async ensureDatabase(name: string): Promise<boolean> {
    return await this.#admin(async (client) => {
      const found = await client.query('select 1 from pg_catalog.pg_database where datname = $1', [name]);
      if (found.rows.length > 0) return false;
      const identifier = pg.escapeIdentifier(name);
      try {
        await client.query(`create database ${identifier} template template0 encoding 'UTF8' locale 'C'`);
      } catch (error) {
        // Another command made it at the same moment.
        const code = (error as { code?: unknown }).code;
        if (code === '42P04' || code === '23505') return false;
        throw error;
      }
      return true;
    });
  }

  /** Drops the database if it is there, ending the sessions on it. */
  async dropDatabase(name: string): Promise<void> {
    await this.#admin(async (client) => {
      await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    });
  }

  /** Ends this use; stops the server when nobody else uses it and it is not persistent. Safe to repeat. */
  async release(): Promise<void> {
    this.#releasing ??= this.#release(this.#userFile);
    await this.#releasing;
  }

  async #release(userFile: string): Promise<void> {
    if (!existsSync(this.#place.home)) return;
    await guarded(this.#place, async () => {
      rmSync(userFile, { force: true });
      if (livingUsers(this.#place).length > 0) return;
      const running = readServerFile(this.#place.dataDirectory);
      if (running === undefined || isPersistent(this.#place, running.pid)) return;
      await stop(this.#place);
    });
  }

  async #admin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = adminClient(this.port, this.#password);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

/** Servers that this process opened, or is opening. */
const inUse = new Set<Promise<EmbeddedServer>>();

/** Releases every server that this process uses, for its end out of turn; tells no error. */
export async function releaseServers(): Promise<void> {
  for (const opening of inUse) await opening.then((server) => server.release()).catch(() => undefined);
}

/** What is known about the embedded server without starting it. */
export async function embeddedStatus(options: EmbeddedOptions = {}): Promise<EmbeddedStatus> {
  const place = new Place(homeOf(options));
  const file = readServerFile(place.dataDirectory);
  const running =
    file !== undefined && file.status === 'ready' && isServerProcess(file.pid, place.dataDirectory);
  return {
    running,
    persistent: running && isPersistent(place, file.pid),
    pid: running ? file.pid : undefined,
    port: running ? file.port : undefined,
    users: livingUsers(place),
    home: place.home,
    dataDirectory: place.dataDirectory,
    logFile: place.logFile,
  };
}

/** The running embedded server as a target, or undefined when it does not run. Registers no user. */
export async function embeddedTarget(
  database: string,
  options: EmbeddedOptions = {},
): Promise<ServerTarget | undefined> {
  const status = await embeddedStatus(options);
  if (status.port === undefined) return undefined;
  const password = readPassword(new Place(status.home));
  return makeTarget({ source: 'embedded', host: HOST, port: status.port, user: ROLE, password, database });
}

/** Stops the embedded server whoever uses it; false when it did not run. */
export async function stopEmbedded(options: EmbeddedOptions = {}): Promise<boolean> {
  const home = homeOf(options);
  if (!existsSync(home)) return false;
  const place = openHome(home);
  return await guarded(place, async () => {
    if ((await findRunning(place)) === undefined) return false;
    await stop(place);
    return true;
  });
}

/** Stops the embedded server and deletes its home with all data. */
export async function removeEmbedded(options: EmbeddedOptions = {}): Promise<void> {
  const home = homeOf(options);
  if (!existsSync(home)) return;
  await stopEmbedded(options);
  const place = new Place(home);
  if (isRoot() && existsSync(place.sharedBase)) {
    rmSync(place.sharedBase, { recursive: true, force: true });
  }
  rmSync(home, { recursive: true, force: true });
}

/** Does `work` while no other process starts or stops this server; says plainly what the system refuses. */
async function guarded<T>(place: Place, work: () => Promise<T>): Promise<T> {
  try {
    return await withLock(place.lockDirectory, work, { own: place.own });
  } catch (error) {
    const { code, path: file } = error as NodeJS.ErrnoException;
    if (error instanceof UserError || code === undefined || file === undefined) throw error;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw failed(
        `The disk of ${place.base}, the directory of the embedded server, is full`,
        code,
        'Free some space, or set AQUASEED_HOME to a directory on another disk.',
      );
    }
    throw failed(
      `Cannot use ${place.home}, the directory of the embedded server`,
      `${code} on ${path.relative(place.home, file) || file}`,
      'Set AQUASEED_HOME to a directory of your own, or name a server with --database-url.',
    );
  }
}

function openHome(home: string): Place {
  try {
    if (!existsSync(home)) {
      const parent = nearestParent(home);
      const first = mkdirSync(home, { recursive: true, mode: 0o755 }) ?? home;
      // As under sudo: what is made in somebody's home is theirs, with every directory above it.
      if (isRoot() && parent.uid !== 0 && parent.uid !== 65534) {
        for (let made = home; made.startsWith(first); made = path.dirname(made)) {
          chownSync(made, parent.uid, parent.gid);
        }
      }
    }
    const place = new Place(home);
    mkdirSync(place.usersDirectory, { recursive: true });
    place.own(place.usersDirectory);
    return place;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw failed(
      `Cannot write to ${home}, the directory of the embedded server`,
      code,
      'Set AQUASEED_HOME to a directory that you can write to, or name a server with --database-url.',
    );
  }
}

function nearestParent(directory: string): { uid: number; gid: number } {
  let parent = path.dirname(directory);
  while (!existsSync(parent)) parent = path.dirname(parent);
  return statSync(parent);
}

function writeOwn(place: Place, file: string, content: string, mode = 0o600): void {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, content, { mode });
  place.own(draft);
  renameSync(draft, file);
}

// ---------------------------------------------------------------------------------------- users

let opened = 0;

function addUser(place: Place): string {
  const file = path.join(place.usersDirectory, `${processIdentity(process.pid)}.${++opened}`);
  writeFileSync(file, '');
  place.own(file);
  return file;
}

/** Pids of living users; files of dead ones are removed. */
function livingUsers(place: Place): number[] {
  let names: string[];
  try {
    names = readdirSync(place.usersDirectory);
  } catch {
    return [];
  }
  const pids: number[] = [];
  for (const name of names) {
    if (isAlive(name.split('.')[0] ?? '')) pids.push(Number.parseInt(name, 10));
    else rmSync(path.join(place.usersDirectory, name), { force: true });
  }
  return pids;
}

/** The mark names the very server process it was given to, so that it ends with it. */
function isPersistent(place: Place, pid: number): boolean {
  const mark = readText(place.persistentFile);
  return mark !== undefined && mark !== '' && mark === processIdentity(pid);
}

// ------------------------------------------------------------------------- programs, system user

/** PostgreSQL's version, such as 18.4; npm's adds a third number. */
function serverVersion(binaries: Binaries): string {
  return /^\d+\.\d+/.exec(binaries.version)?.[0] ?? binaries.version;
}

type Host = { binaries: Binaries; user: ServerUser };

/**
 * Finds programs, system user and directories with which a server can really run, moving programs and
 * data when root's server user cannot reach them. Sets `place.base`.
 */
function prepareHost(place: Place, say: (line: string) => void): Host {
  const found = findBinaries();
  checkData(place, found);
  if (!isRoot()) {
    if (isComplete(found)) return { binaries: found, user: undefined };
    try {
      repairLinks(found);
      return { binaries: found, user: undefined };
    } catch {
      return { binaries: copyBinaries(found, place.home), user: undefined };
    }
  }
  const user = chooseServerUser(place);
  if (user === undefined) {
    throw failed(
      'PostgreSQL refuses to run as root and there is no other system user to run it as',
      'neither postgres nor nobody exists',
      'Run as an ordinary user, or name a server with --database-url.',
    );
  }
  if (!isComplete(found)) {
    try {
      repairLinks(found);
    } catch {
      // Read-only: the copy below gets its links.
    }
  }
  const usable = isComplete(found) && canRun(found, user);
  if (usable && canKeepData(place.dataDirectory, place.base, user)) return { binaries: found, user };

  const base = place.sharedBase;
  if (!canKeepData(place.dataDirectory, place.base, user)) {
    say(`The server runs as user ${user.name}, who cannot reach ${place.home}: its files are in ${base}`);
    makeSharedBase(base);
    if (!canKeepData(path.join(base, 'postgres'), base, user)) {
      throw failed(`User ${user.name} cannot keep the data of the embedded server in ${base}`, '');
    }
    place.base = base;
    writeOwn(place, path.join(place.home, 'location'), `${base}\n`, 0o644);
  }
  if (usable) return { binaries: found, user };
  makeSharedBase(base);
  const copy = copyBinaries(found, base);
  if (!canRun(copy, user)) {
    throw failed(`User ${user.name} cannot run the embedded server's programs in ${copy.root}`, '');
  }
  return { binaries: copy, user };
}

/** Directories of root alone to write, of everybody to enter. */
function makeSharedBase(base: string): void {
  try {
    mkdirSync(base, { recursive: true, mode: 0o755 });
    for (const directory of [SHARED_BASE, base]) {
      if (statSync(directory).uid !== 0) throw new Error(`${directory} does not belong to root`);
      chmodSync(directory, 0o755);
    }
  } catch (error) {
    throw failed(
      `Cannot make ${base} for the files of the embedded server`,
      (error as Error).message,
      'Set AQUASEED_HOME to a directory that ordinary users can enter, or name a server with --database-url.',
    );
  }
}

/** As root: the owner of existing data or of the home, else postgres, else nobody. */
function chooseServerUser(place: Place): ServerUser {
  const owners: number[] = [];
  for (const file of [place.dataDirectory, place.home]) {
    if (existsSync(file)) owners.push(statSync(file).uid);
  }
  const candidates = [...owners.filter((uid) => uid !== 0).map(String), 'postgres', 'nobody'];
  for (const candidate of candidates) {
    const user = findUser(candidate);
    if (user !== undefined && user.uid !== 0) return user;
  }
  return undefined;
}

function canRun(binaries: Binaries, user: ServerUser): boolean {
  return (
    succeedsAs(user, binaries.postgres, ['--version']) &&
    succeedsAs(user, binaries.initdb, ['--version']) &&
    succeedsAs(user, binaries.pgCtl, ['--version']) &&
    // initdb also reads its templates.
    succeedsAs(user, '/bin/sh', ['-c', 'test -r "$1"', 'sh', path.join(binaries.root, 'native', 'share')])
  );
}

/** True when `user` can own and enter the data directory, which is made for it if missing. */
function canKeepData(dataDirectory: string, base: string, user: ServerUser): boolean {
  const probe = existsSync(dataDirectory) ? dataDirectory : path.join(base, `.probe-${process.pid}`);
  const temporary = probe !== dataDirectory;
  try {
    if (temporary) {
      mkdirSync(probe, { mode: 0o700 });
      if (user !== undefined) chownSync(probe, user.uid, user.gid);
    }
    return succeedsAs(user, '/bin/sh', ['-c', 'cd "$1" && test -w "$1"', 'sh', probe]);
  } catch {
    return false;
  } finally {
    if (temporary) rmSync(probe, { recursive: true, force: true });
  }
}

// ---------------------------------------------------------------------------------- data directory

function readPassword(place: Place): string {
  let password: string;
  try {
    password = readFileSync(place.passwordFile, 'utf8').trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw failed(
        `The password of the embedded server is gone (${place.passwordFile})`,
        '',
        `Its data can be made again: stop the server, delete ${place.dataDirectory} and run the command again.`,
      );
    }
    throw failed(
      `Cannot read the password of the embedded server (${place.passwordFile})`,
      code ?? '',
      'It belongs to another user of this machine: set AQUASEED_HOME to a directory of your own.',
    );
  }
  return password;
}

/** Refuses a data directory that this server cannot use, before anything is made or moved. */
function checkData(place: Place, binaries: Binaries): void {
  const versionFile = path.join(place.dataDirectory, 'PG_VERSION');
  if (existsSync(versionFile)) {
    const have = readText(versionFile);
    const want = binaries.version.split('.')[0];
    if (have !== want) {
      throw failed(
        `${place.dataDirectory} was made by PostgreSQL ${have}, but the embedded server is PostgreSQL ${want}`,
        '',
        'Its data can be made again: delete that directory and run the command again.',
      );
    }
    return;
  }
  if (existsSync(place.dataDirectory) && readdirSync(place.dataDirectory).length > 0) {
    throw failed(
      `${place.dataDirectory} exists and is not a PostgreSQL data directory`,
      '',
      'Move it away, or set AQUASEED_HOME to another directory.',
    );
  }
}

/** Creates the data directory at the first use. An interrupted attempt leaves nothing under its name. */
async function initialise(place: Place, host: Host, say: (line: string) => void): Promise<void> {
  if (existsSync(path.join(place.dataDirectory, 'PG_VERSION'))) return;
  for (const name of readdirSync(place.base)) {
    if (name.startsWith('postgres.new-'))
      rmSync(path.join(place.base, name), { recursive: true, force: true });
  }
  say(`Creating the embedded PostgreSQL ${serverVersion(host.binaries)} in ${place.dataDirectory}`);
  if (!existsSync(place.passwordFile)) {
    writeOwn(place, place.passwordFile, `${randomBytes(18).toString('base64url')}\n`);
  }
  const password = readPassword(place);
  const draft = path.join(place.base, `postgres.new-${randomBytes(4).toString('hex')}`);
  mkdirSync(draft, { mode: 0o700 });
  giveTo(host.user, draft);
  const passwordDraft = `${draft}.password`;
  try {
    writeFileSync(passwordDraft, password, { mode: 0o600 });
    giveTo(host.user, passwordDraft);
    const result = await runAs(host.user, place.base, host.binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${ROLE}`,
      `--pwfile=${passwordDraft}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-data-checksums',
      '--no-sync',
      '--no-instructions',
    ]);
    if (result.code !== 0) {
      throw failed(
        'Cannot create the data directory of the embedded server',
        reason(result.output),
        result.code === undefined
          ? 'Its programs do not run on this system (they need glibc): name a server with --database-url.'
          : 'Set AQUASEED_HOME to a directory on another disk, or name a server with --database-url.',
      );
    }
    // Only by TCP from this machine, and only with the password.
    writeFor(host.user, path.join(draft, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
    const main = path.join(draft, 'postgresql.conf');
    writeFor(host.user, main, `${readFileSync(main, 'utf8')}\ninclude = 'aquaseed.conf'\n`);
    writeFor(host.user, path.join(draft, 'aquaseed.conf'), '');
    if (existsSync(place.dataDirectory)) rmSync(place.dataDirectory, { recursive: true });
    renameSync(draft, place.dataDirectory);
  } finally {
    rmSync(passwordDraft, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

function giveTo(user: ServerUser, file: string): void {
  if (user !== undefined) chownSync(file, user.uid, user.gid);
}

function writeFor(user: ServerUser, file: string, content: string): void {
  writeFileSync(file, content, { mode: 0o600 });
  giveTo(user, file);
}

// ------------------------------------------------------------------------------- the server process

type ServerFile = { pid: number; port: number; status: string };
type Running = { pid: number; port: number };

/** What postmaster.pid says: line 1 pid, line 4 port, line 8 status. */
function readServerFile(dataDirectory: string): ServerFile | undefined {
  const text = readText(path.join(dataDirectory, 'postmaster.pid'));
  if (text === undefined) return undefined;
  const lines = text.split('\n').map((line) => line.trim());
  return {
    pid: Math.abs(Number.parseInt(lines[0] ?? '', 10)),
    port: Number.parseInt(lines[3] ?? '', 10),
    status: lines[7] ?? 'starting',
  };
}

/**
 * The server that serves this data directory, waiting while one is on its way up or down.
 * A postmaster.pid whose process is gone, or is no server of ours, counts as none.
 */
async function findRunning(place: Place): Promise<Running | undefined> {
  const deadline = Date.now() + START_SECONDS * 1000;
  for (;;) {
    const file = readServerFile(place.dataDirectory);
    if (file === undefined || !isServerProcess(file.pid, place.dataDirectory)) return undefined;
    if (file.status === 'ready') return { pid: file.pid, port: file.port };
    if (Date.now() > deadline) {
      throw failed(
        `The embedded server (pid ${file.pid}) has been ${file.status} for ${START_SECONDS} s`,
        '',
        `See ${place.logFile}`,
      );
    }
    await sleep(50);
  }
}

/**
 * PostgreSQL refuses to start when the pid in postmaster.pid belongs to any living process. When that
 * process is no server of ours (checked before), the pid is replaced by one that cannot exist; the rest of
 * the file stays, so that PostgreSQL can still see whether old server processes hold the shared memory.
 */
function disarmServerFile(dataDirectory: string): void {
  const file = path.join(dataDirectory, 'postmaster.pid');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return;
  }
  writeFileSync(file, text.replace(/^\s*-?\d+/, '999999999'));
}

function freePort(preferred: number | undefined): Promise<number> {
  const attempt = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(undefined));
      probe.listen(port, HOST, () => {
        const address = probe.address();
        const got = typeof address === 'object' && address !== null ? address.port : undefined;
        probe.close(() => resolve(got));
      });
    });
  return (async () => {
    // The port of the last time again if it is free, so that URLs stay valid.
    const again = preferred === undefined ? undefined : await attempt(preferred);
    const port = again ?? (await attempt(0));
    if (port === undefined) throw failed('No free port on 127.0.0.1 for the embedded server', '');
    return port;
  })();
}

function lastPort(place: Place): number | undefined {
  const match = /^port = '(\d+)'/m.exec(readText(path.join(place.dataDirectory, 'aquaseed.conf')) ?? '');
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

async function start(place: Place, host: Host, say: (line: string) => void): Promise<Running> {
  let sharedBuffersCap: number | undefined;
  let problem = '';
  for (let attempt = 0; attempt < 6; attempt++) {
    const port = await freePort(attempt === 0 ? lastPort(place) : undefined);
    const settings = serverSettings(readMachine(place.dataDirectory), sharedBuffersCap);
    writeFor(
      host.user,
      path.join(place.dataDirectory, 'aquaseed.conf'),
      settingsFile({ ...settings, port: String(port) }),
    );
    disarmServerFile(place.dataDirectory);
    const result = await launch(place, host);
    if (typeof result !== 'string') {
      say(`Started the embedded PostgreSQL ${serverVersion(host.binaries)} on ${HOST}:${result.port}`);
      return result;
    }
    problem = reason(result);
    if (/shared memory|Cannot allocate memory/i.test(result) && !/pre-existing/.test(result)) {
      sharedBuffersCap = (sharedBuffersCap ?? 1024 * 1024 * 1024) / 2;
    } else if (/pre-existing shared memory block|is another postmaster|lock file/i.test(result)) {
      // Processes of a server that was killed need a moment to notice.
      await sleep(1000);
    } else if (!/could not (bind|create any TCP)/i.test(result)) {
      break;
    }
  }
  throw failed('The embedded server does not start', problem, `See ${place.logFile}`);
}

/** Starts the server apart from the terminal; its pid and port once it is ready, else what it logged. */
async function launch(place: Place, host: Host): Promise<Running | string> {
  rotateLog(place.logFile);
  const log = openSync(place.logFile, 'a', 0o600);
  place.own(place.logFile);
  const before = statSync(place.logFile).size;
  let exited = false;
  let spawnProblem = '';
  try {
    // A copied directory may have lost the mode that PostgreSQL insists on.
    if (process.platform !== 'win32') chmodSync(place.dataDirectory, 0o700);
    const child = spawn(host.binaries.postgres, ['-D', place.dataDirectory], {
      ...asUser(host.user, place.base),
      // Its own session: Ctrl-C in the terminal is for the command, not for the server.
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log],
    });
    child.on('error', (error) => {
      spawnProblem = error.message;
      exited = true;
    });
    child.on('exit', () => {
      exited = true;
    });
    child.unref();
    const deadline = Date.now() + START_SECONDS * 1000;
    while (!exited && Date.now() < deadline) {
      const file = readServerFile(place.dataDirectory);
      if (file !== undefined && file.pid === child.pid && file.status === 'ready') {
        return { pid: file.pid, port: file.port };
      }
      await sleep(20);
    }
    if (!exited) {
      child.kill('SIGINT');
      return `FATAL: not ready after ${START_SECONDS} s`;
    }
  } finally {
    closeSync(log);
  }
  return spawnProblem || readFileSync(place.logFile).subarray(before).toString();
}

/** Keeps one old log of at most about 10 MB. */
function rotateLog(file: string): void {
  try {
    if (statSync(file).size > 10 * 1024 * 1024) renameSync(file, `${file}.old`);
  } catch {
    // There is no log yet.
  }
}

async function stop(place: Place): Promise<void> {
  rmSync(place.persistentFile, { force: true });
  const running = readServerFile(place.dataDirectory);
  if (running === undefined || !isServerProcess(running.pid, place.dataDirectory)) return;
  if (process.platform === 'win32') {
    const { pgCtl } = findBinaries();
    await runAs(undefined, place.base, pgCtl, ['stop', '-w', '-m', 'fast', '-D', place.dataDirectory]);
    return;
  }
  // What pg_ctl does for a fast stop: end all sessions, write out, leave.
  try {
    process.kill(running.pid, 'SIGINT');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EPERM') {
      throw failed(
        `The embedded server (pid ${running.pid}) belongs to another user, so it cannot be stopped`,
        '',
      );
    }
  }
  const deadline = Date.now() + START_SECONDS * 1000;
  while (isServerProcess(running.pid, place.dataDirectory)) {
    if (Date.now() > deadline) {
      throw failed(
        `The embedded server (pid ${running.pid}) did not stop within ${START_SECONDS} s`,
        '',
        `See ${place.logFile}`,
      );
    }
    await sleep(20);
  }
}

function adminClient(port: number, password: string): pg.Client {
  return new pg.Client({
    host: HOST,
    port,
    user: ROLE,
    password,
    database: 'postgres',
    ssl: false,
    application_name: 'aquaseed',
    connectionTimeoutMillis: 30_000,
  });
}

/** Makes sure that what listens on the port is the server of this data directory. */
async function checkServes(place: Place, running: Running, password: string): Promise<void> {
  const client = adminClient(running.port, password);
  let directory: unknown;
  try {
    await client.connect();
    const result = await client.query("select current_setting('data_directory') as directory");
    directory = result.rows[0]?.directory;
  } catch (error) {
    throw failed(
      `The embedded server on ${HOST}:${running.port} does not answer`,
      (error as Error).message,
      `See ${place.logFile}`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
  if (typeof directory !== 'string' || path.resolve(directory) !== path.resolve(place.dataDirectory)) {
    throw failed(`The server on ${HOST}:${running.port} is not the embedded server of ${place.home}`, '');
  }
}
