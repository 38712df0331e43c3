import type pg from 'pg';
import {
  createDriverFactory,
  createPool,
  type DatabasePool,
  type DriverCommand,
  type DriverFactory,
  type DriverQueryResult,
} from 'slonik';
import { prepareSession } from '../statements/session.ts';
import { type EmbeddedOptions, EmbeddedServer } from './embedded/server.ts';
import { connectionError, wrapLostConnection } from './explain.ts';
import { login } from './login.ts';
import { requireSessions } from './pooler.ts';
import { createResultParser } from './result-parser.ts';
import type { ServerTarget, Target } from './target.ts';

export type PoolOptions = {
  /** How many connections the pool may hold; each is one session of the server. */
  connections: number;
  /** Overrides of `sessionSettings`, by name. */
  settings?: Record<string, string> | undefined;
};

/** A target that is ready to connect to; `release` when done. */
export type OpenTarget = {
  target: ServerTarget;
  /** The embedded server, or undefined when the database is on another one. */
  embedded: EmbeddedServer | undefined;
  release: () => Promise<void>;
};

/**
 * Makes a target ready: opens the embedded server and creates its database where that was chosen, else
 * does nothing. Connections are opened by openPool and openClient.
 */
export async function useTarget(target: Target, options: EmbeddedOptions = {}): Promise<OpenTarget> {
  if (target.kind === 'server') {
    // It was set beside DATABASE_URL, perhaps by somebody else: say that it is the one.
    if (target.source.endsWith('DIRECT_URL'))
      options.log?.(`Using ${target.display} (from ${target.source})`);
    return { target, embedded: undefined, release: () => Promise.resolve() };
  }
  const embedded = await EmbeddedServer.open(options);
  try {
    await embedded.ensureDatabase(target.database);
  } catch (error) {
    await embedded.release();
    throw connectionError(error, embedded.target(target.database));
  }
  return { target: embedded.target(target.database), embedded, release: () => embedded.release() };
}

/**
 * Settings of every session of this program besides those of sql/install/session.sql; all of them are safe on a
 * server that is not ours. The embedded server has its memory settings in its configuration, computed from the
 * machine.
 */
function sessionSettings(target: ServerTarget): Record<string, string> {
  return {
    ...(target.source === 'embedded' ? {} : { work_mem: '64MB', maintenance_work_mem: '512MB' }),
  };
}

/**
 * Opens a slonik pool and makes its first connection, so that a wrong target fails here.
 * No statement timeout, no retries, and nothing is reset between two uses of a connection: `set` in one
 * query is seen by the next user of that connection, so use `set local` in a transaction.
 * Values arrive as: int8 number, or bigint past 2^53; numeric, date, timestamp and timestamptz as the
 * text of PostgreSQL (UTC); json parsed; arrays of them alike.
 * Throws a UserError (exit 3) when the server cannot be reached or refuses.
 */
export async function openPool(target: ServerTarget, options: PoolOptions): Promise<DatabasePool> {
  const settings = { ...sessionSettings(target), ...options.settings };
  const pool = await createPool(target.display, {
    driverFactory: driverFor(target, settings),
    maximumPoolSize: Math.max(1, options.connections),
    connectionRetryLimit: 0,
    queryRetryLimit: 0,
    transactionRetryLimit: 0,
    // Each attempt has its own limit (connect_timeout), and there may be several hosts.
    connectionTimeout: 'DISABLE_TIMEOUT',
    statementTimeout: 'DISABLE_TIMEOUT',
    idleInTransactionSessionTimeout: 'DISABLE_TIMEOUT',
    idleTimeout: 'DISABLE_TIMEOUT',
    gracefulTerminationTimeout: 1000,
    resetConnection: () => Promise.resolve(),
    interceptors: [createResultParser()],
    typeParsers: [{ name: 'unused', parse: (value) => value }],
  });
  try {
    await pool.connect(() => Promise.resolve());
  } catch (error) {
    await pool.end().catch(() => undefined);
    throw connectionError(error, target);
  }
  return pool;
}

/**
 * The driver of the pool. slonik's own takes everything from a URL, looks types up over a connection of
 * its own and has no hook for a new connection; this one uses the target and the type parsers below.
 */
function driverFor(target: ServerTarget, settings: Record<string, string>): DriverFactory {
  return createDriverFactory(() =>
    Promise.resolve({
      createPoolClient: ({ clientEventEmitter }) => {
        let client: pg.Client | undefined;
        let running = 0;
        let lost: Error | undefined;
        // slonik takes its own listener off before the last error of a closing connection may come.
        clientEventEmitter.on('error', () => undefined);
        const connect = async (): Promise<void> => {
          client = await openSession(target, settings);
          client.on('error', (error) => {
            // While a query runs, slonik waits for it before it gives the connection up, and hangs when the
            // query fails: the query tells the error first, then the connection.
            lost = wrapLostConnection(error);
            if (running === 0) clientEventEmitter.emit('error', lost);
          });
          client.on('notice', (notice) => {
            if (notice.message) clientEventEmitter.emit('notice', { message: notice.message });
          });
        };
        const query = async (text: string, values?: unknown[]): Promise<DriverQueryResult> => {
          if (client === undefined) throw new Error('the connection is not open');
          running += 1;
          try {
            const result = await client.query(text, values);
            return {
              command: result.command as DriverCommand,
              fields: result.fields.map((field) => ({ dataTypeId: field.dataTypeID, name: field.name })),
              rowCount: result.rowCount,
              rows: result.rows,
            };
          } catch (error) {
            throw wrapLostConnection(error as Error);
          } finally {
            running -= 1;
            const dead = lost;
            if (dead !== undefined && running === 0) {
              setImmediate(() => clientEventEmitter.emit('error', dead));
            }
          }
        };
        return Promise.resolve({
          connect,
          end: async () => await client?.end(),
          query,
          stream: () => {
            throw new Error('streams are not supported: rows never need to cross the wire');
          },
        });
      },
    }),
  );
}

/**
 * Opens one plain connection with the same settings and type parsers, for migrations, COPY and LISTEN.
 * The caller ends it. Throws a UserError (exit 3) when the server cannot be reached or refuses.
 */
export async function openClient(
  target: ServerTarget,
  options: { settings?: Record<string, string> | undefined } = {},
): Promise<pg.Client> {
  return await openSession(target, { ...sessionSettings(target), ...options.settings });
}

/** The name of every session, by which `status` and people find them. */
const APPLICATION_NAME = 'aquaseed';

/** A session with its settings. Nothing is set before it is known that they stay with it alone. */
async function openSession(target: ServerTarget, settings: Record<string, string>): Promise<pg.Client> {
  let client: pg.Client | undefined;
  try {
    client = await login(target);
    await requireSessions(client, target);
    await prepareSession(client, { application_name: APPLICATION_NAME, ...settings });
    return client;
  } catch (error) {
    await client?.end().catch(() => undefined);
    throw connectionError(error, target);
  }
}
