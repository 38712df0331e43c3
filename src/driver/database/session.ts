import type pg from 'pg';
import type { DatabasePool } from 'slonik';
import { EXIT, UserError } from '../../errors.ts';
import { asTyped } from '../invocation.ts';
import { hasLedger } from '../statements/contents.ts';
import { tryRunLock } from '../statements/locks.ts';
import { type Run, readRun } from '../statements/run.ts';
import { isAlive } from '../statements/session.ts';
import type { EmbeddedServer } from './embedded/server.ts';
import { isConnectionLost, lostConnection } from './explain.ts';
import { requireName } from './names.ts';
import { type OpenTarget, openClient, openPool, useTarget } from './pool.ts';
import { checkServer, requireVisibleRows } from './requirements.ts';
import { resolveTarget, type ServerTarget, type Target, type TargetOptions } from './target.ts';

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
  /** What comes before the database is connected to. */
  beforehand?: Beforehand | undefined;
  /** Use the embedded server whatever the environment says. */
  embedded?: boolean | undefined;
  /** Connections that the work needs, checked beforehand; undefined for reading commands. */
  connections?: number | undefined;
}

/** Such as dropping a database that is to be made anew. */
export interface Beforehand {
  /** Refuses a target before anything is opened. */
  check(target: Target): void;
  /** Is done where the server is open. */
  act(open: OpenTarget): Promise<void>;
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
  options.beforehand?.check(target);
  const open = await useTarget(target, { log: options.log });
  const pools: DatabasePool[] = [];
  let client: pg.Client | undefined;
  try {
    await options.beforehand?.act(open);
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
  if (await tryRunLock(client)) return;
  throw new UserError(
    'Another generate is running on this database',
    EXIT.locked,
    `Watch it with: ${asTyped('status --watch')}`,
  );
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
    if (await isAlive(this.#client)) return;
    const client = await this.#session.openClient();
    if (!(await tryRunLock(client))) {
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
  if (!(await hasLedger(session.client))) {
    throw nothingGenerated(session);
  }
}

/** The run of the database. @throws UserError (exit 3) where nothing was generated */
export async function requireRun(session: Session, pool: DatabasePool): Promise<Run> {
  const run = await readRun(pool);
  if (run === null) throw nothingGenerated(session);
  return run;
}

function nothingGenerated({ target }: Session): UserError {
  return new UserError(
    `Nothing was generated yet in ${target.display}`,
    EXIT.database,
    `Fill it with: ${asTyped('generate config/schedules/demo.yaml')}`,
  );
}
