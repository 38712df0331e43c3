import { realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isConnectionLost } from '../explain.ts';
import { login } from '../login.ts';
import { DEFAULT_DATABASE, makeTarget, type ServerTarget, urlWithPassword, withDatabase } from '../target.ts';
import { makeData, ROLE, readPassword, requireUsable } from './data.ts';
import { explained, failed } from './failures.ts';
import { makeHome, type Place, placeOf, readText } from './home.ts';
import { findHost } from './host.ts';
import { findServer, HOST, type Running, readyServer, startServer, stopServer } from './postmaster.ts';
import { giveTo, serverUser } from './system-user.ts';

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
  /** Processes that use the server, by pid. */
  users: number[];
};

/** How often to look again when other commands stop the server at the moment of joining it. */
const ATTEMPTS = 100;
/** The database that is always there, where the sessions below are. */
const MAINTENANCE = 'postgres';
/**
 * Each command holds one session, and in it this advisory lock, shared, as long as it uses the server; so it counts
 * until it ends, however it ends. A command that gets it alone is the last one.
 */
const USE_LOCK = 7_246_113_003;
/** The name of such a session, before the pid of the command. */
const USER_PREFIX = 'aquaseed process ';

/**
 * The embedded PostgreSQL 18, shared by all commands that use the same home. The last one to release() stops the
 * server, unless it was made persistent.
 */
export class EmbeddedServer {
  readonly port: number;
  readonly home: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  /** True when this call started the server, false when it was running already. */
  readonly started: boolean;
  readonly #place: Place;
  readonly #running: Running;
  readonly #session: pg.Client;
  readonly #target: ServerTarget;
  #releasing: Promise<void> | undefined;

  private constructor(place: Place, running: Running, session: pg.Client, started: boolean) {
    this.#place = place;
    this.#running = running;
    this.#session = session;
    this.#target = targetOf(place, running, MAINTENANCE);
    this.port = running.port;
    this.started = started;
    this.home = place.home;
    this.dataDirectory = place.data;
    this.logFile = place.log;
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

  static async #open({ home, persistent, log = () => undefined }: EmbeddedOptions): Promise<EmbeddedServer> {
    const place = placeOf(home);
    return await explained(place, async () => {
      let started = false;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++, await sleep(50)) {
        if ((await findServer(place)) === undefined) started = await start(place, log);
        const running = readyServer(place);
        const session = running === undefined ? undefined : await join(place, running);
        if (running === undefined || session === undefined) continue;
        if (persistent) markPersistent(place, running);
        return new EmbeddedServer(place, running, session, started);
      }
      throw failed('The embedded server is stopped again and again', place.home, `See ${place.log}`);
    });
  }

  /** Connection URL with the password in it. */
  url(database: string = DEFAULT_DATABASE): string {
    return urlWithPassword(this.target(database));
  }

  /** The server as a target for openPool and openClient. */
  target(database: string = DEFAULT_DATABASE): ServerTarget {
    return withDatabase(this.#target, database);
  }

  /** Creates the database (UTF-8, locale C) unless it is there; true when it was created. */
  async ensureDatabase(name: string): Promise<boolean> {
    return await withSession(this.#target, async (client) => {
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
    await withSession(this.#target, async (client) => {
      await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    });
  }

  /** Ends this use; stops the server when nobody else uses it and it is not persistent. Safe to repeat. */
  async release(): Promise<void> {
    this.#releasing ??= this.#release();
    await this.#releasing;
  }

  async #release(): Promise<void> {
    try {
      if ((await this.#isLast()) && !isPersistent(this.#place, this.#running)) await stop(this.#place);
    } catch (error) {
      // The server has ended before.
      if (!isConnectionLost(error)) throw error;
    } finally {
      await this.#session.end();
    }
  }

  /** Nobody can join while this session holds the lock alone. */
  async #isLast(): Promise<boolean> {
    await this.#session.query('select pg_advisory_unlock_shared($1)', [USE_LOCK]);
    const { rows } = await this.#session.query<{ alone: boolean }>(
      'select pg_try_advisory_lock($1) as alone',
      [USE_LOCK],
    );
    return rows[0]?.alone === true;
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
  const place = placeOf(options.home);
  const running = readyServer(place);
  return {
    running: running !== undefined,
    persistent: running !== undefined && isPersistent(place, running),
    pid: running?.pid,
    port: running?.port,
    users: running === undefined ? [] : await usersOf(place, running).catch(() => []),
  };
}

async function usersOf(place: Place, running: Running): Promise<number[]> {
  return await withSession(targetOf(place, running, MAINTENANCE), async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select application_name as name from pg_catalog.pg_stat_activity where starts_with(application_name, $1)',
      [USER_PREFIX],
    );
    return rows.map(({ name }) => Number(name.slice(USER_PREFIX.length)));
  });
}

/** The running embedded server as a target, or undefined when it does not run. */
export async function embeddedTarget(
  database: string,
  options: EmbeddedOptions = {},
): Promise<ServerTarget | undefined> {
  const place = placeOf(options.home);
  const running = readyServer(place);
  return running === undefined ? undefined : targetOf(place, running, database);
}

/** Stops the embedded server whoever uses it; false when it did not run. */
export async function stopEmbedded(options: EmbeddedOptions = {}): Promise<boolean> {
  const place = placeOf(options.home);
  return await explained(place, async () => {
    if ((await findServer(place)) === undefined) return false;
    await stop(place);
    return true;
  });
}

/** Stops the embedded server and deletes its home with all data. */
export async function removeEmbedded(options: EmbeddedOptions = {}): Promise<void> {
  await stopEmbedded(options);
  rmSync(placeOf(options.home).home, { recursive: true, force: true });
}

function targetOf(place: Place, { port }: Running, database: string): ServerTarget {
  return makeTarget({
    source: 'embedded',
    host: HOST,
    port,
    user: ROLE,
    password: readPassword(place),
    database,
  });
}

/** The mark names the very server it was given to, so that it ends with it. */
function markPersistent({ data, persistent }: Place, { identity }: Running): void {
  writeFileSync(persistent, identity);
  giveTo(serverUser(data), persistent);
}

function isPersistent({ persistent }: Place, { identity }: Running): boolean {
  return readText(persistent) === identity;
}

/** False when another command was faster. */
async function start(place: Place, say: (line: string) => void): Promise<boolean> {
  makeHome(place.home);
  const host = findHost(place);
  requireUsable(place, host.binaries);
  // PostgreSQL's version, such as 18.4; npm's adds a third number.
  const name = `the embedded PostgreSQL ${/^\d+\.\d+/.exec(host.binaries.version)?.[0]}`;
  if (readText(path.join(place.data, 'PG_VERSION')) === undefined) {
    say(`Creating ${name} in ${place.data}`);
    await makeData(place, host);
  }
  const port = await startServer(place, host);
  if (port !== undefined) say(`Started ${name} on ${HOST}:${port}`);
  return port !== undefined;
}

async function stop(place: Place): Promise<void> {
  await stopServer(place, findHost(place));
}

/** A session that counts as a use of the server; undefined when the server is being stopped. */
async function join(place: Place, running: Running): Promise<pg.Client | undefined> {
  let client: pg.Client | undefined;
  let data: string | undefined;
  try {
    client = await login(targetOf(place, running, MAINTENANCE));
    const { rows } = await client.query<{ data: string }>(
      `select set_config('application_name', $1, false), set_config('idle_session_timeout', '0', false),
              pg_advisory_lock_shared($2), current_setting('data_directory') as data`,
      [USER_PREFIX + process.pid, USE_LOCK],
    );
    data = rows[0]?.data;
  } catch (error) {
    await client?.end();
    if (isConnectionLost(error)) return undefined;
    throw error;
  }
  if (data !== undefined && realpathSync(data) === realpathSync(place.data)) return client;
  await client.end();
  throw failed(`${HOST}:${running.port} is another server than that of ${place.home}`, data ?? '');
}

async function withSession<T>(target: ServerTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await login(target);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
