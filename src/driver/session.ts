import { readFileSync } from 'node:fs';
import type pg from 'pg';
import type { DatabasePool } from 'slonik';
import { EXIT, UserError } from '../errors.ts';
import {
  checkServer,
  isConnectionLost,
  lostConnection,
  openClient,
  openPool,
  requireVisibleRows,
  useTarget,
} from './database/connect.ts';
import type { EmbeddedServer } from './database/embedded/server.ts';
import { resolveTarget, type ServerTarget, type TargetOptions } from './database/target.ts';
import { requireName, requireReplaceable } from './databases.ts';
import { asTyped } from './invocation.ts';
import { dropToReplace, type Replacement, requireFittingConfirm } from './replace.ts';
import { RUN_LOCK } from './statements.ts';

/** Version of the package. */
export const TOOL_VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Where the embedded server is told to create and drop databases. */
const EMBEDDED_MAINTENANCE = 'postgres';

/** A database that is ready to be worked on. */
export interface Session {
  target: ServerTarget;
  /** The embedded server, when that is where the database is. */
  embedded: EmbeddedServer | undefined;
  /** Says which database is used and why. */
  where: string;
  /** The name of the database as the user gave it with --database, which allows writing to a copy. */
  named: string | undefined;
  /** One connection of its own, for migrations and the lock. */
  client: pg.Client;
  openPool(connections: number): Promise<DatabasePool>;
  /** One more plain connection; the caller ends it. */
  openClient(): Promise<pg.Client>;
}

export interface SessionOptions extends TargetOptions {
  /** Told what the embedded server does. */
  log: (line: string) => void;
  /** Drop the database first; only on the embedded server. */
  replace?: Replacement | undefined;
  /** Use the embedded server whatever the environment says. */
  embedded?: boolean | undefined;
  /** Connections that the work needs, checked beforehand; undefined for reading commands. */
  connections?: number | undefined;
}

/**
 * Opens the database that the options and the environment choose, runs the work and closes everything.
 * @throws UserError (exit 2 or 3) when it cannot be reached or used
 */
export async function withSession<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const target = resolveTarget(options, options.embedded ? {} : process.env);
  requireName(target.database);
  if (options.replace !== undefined) {
    requireReplaceable(target.database, 'replaced');
    requireFittingConfirm(target.database, true, options.replace.confirm);
  }
  if (options.replace !== undefined && target.kind !== 'embedded') {
    throw new UserError(
      `--replace drops the database and works with the embedded server only, not with ${target.display}`,
      EXIT.usage,
      'Create an empty database and name it with --database.',
    );
  }
  const open = await useTarget(target, { log: options.log });
  const pools: DatabasePool[] = [];
  let client: pg.Client | undefined;
  try {
    if (options.replace !== undefined && open.embedded !== undefined) {
      const dropped = await dropToReplace(open.target, EMBEDDED_MAINTENANCE, options.replace);
      if (dropped) await open.embedded.ensureDatabase(open.target.database);
    }
    client = await openClient(open.target);
    if (options.connections !== undefined) {
      const { warnings } = await checkServer(client, { connections: options.connections });
      for (const warning of warnings) options.log(`warning: ${warning}`);
    } else {
      await requireVisibleRows(client);
    }
    return await work({
      target: open.target,
      embedded: open.embedded,
      where: target.kind === 'embedded' ? target.display : `${target.display} (from ${target.source})`,
      named: options.database,
      client,
      openClient: () => openClient(open.target),
      openPool: async (connections) => {
        const pool = await openPool(open.target, { connections });
        pools.push(pool);
        return pool;
      },
    });
  } catch (error) {
    throw error instanceof UserError || !isConnectionLost(error) ? error : lostConnection(error, open.target);
  } finally {
    for (const pool of pools) await pool.end().catch(() => undefined);
    await client?.end().catch(() => undefined);
    await open.release();
  }
}

/** Holds the run lock of this database while the connection lives. @throws UserError (exit 4) */
export async function lockRun(client: pg.Client): Promise<void> {
  if (await tryLock(client)) return;
  throw new UserError(
    'Another generate is running on this database',
    EXIT.locked,
    `Watch it with: ${asTyped('status --watch')}`,
  );
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    RUN_LOCK,
  ]);
  return rows[0]?.locked === true;
}

/** The run lock of a database, which can be taken again when its connection was lost. */
export class RunLock {
  readonly #session: Session;
  #client: pg.Client;
  #checking: Promise<void> | undefined;

  private constructor(session: Session) {
    this.#session = session;
    this.#client = session.client;
  }

  /** @throws UserError (exit 4) */
  static async take(session: Session): Promise<RunLock> {
    await lockRun(session.client);
    return new RunLock(session);
  }

  /** Makes sure that the lock is held still or again, however many workers ask at once. */
  async ensure(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    await this.#checking;
  }

  async #check(): Promise<void> {
    const isAlive = await this.#client.query('select').then(
      () => true,
      () => false,
    );
    if (isAlive) return;
    const client = await this.#session.openClient();
    if (!(await tryLock(client))) {
      await client.end();
      // Our dead session may still hold it: the server needs a moment to see that it is dead.
      throw Object.assign(new Error('the lock of the run is not free'), { code: '08006' });
    }
    this.#client = client;
  }

  async release(): Promise<void> {
    if (this.#client !== this.#session.client) await this.#client.end().catch(() => undefined);
  }
}

/** @throws UserError (exit 3) unless the database was installed by this tool */
export async function requireInstalled(session: Session): Promise<void> {
  const { rows } = await session.client.query<{ found: boolean }>(
    `select pg_catalog.to_regclass('aquaseed.run_step') is not null as found`,
  );
  if (rows[0]?.found !== true) {
    throw new UserError(
      `Nothing was generated yet in ${session.target.display}`,
      EXIT.database,
      `Fill it with: ${asTyped('generate config/schedules/demo.yaml')}`,
    );
  }
}
