import { readFileSync } from 'node:fs';
import pg from 'pg';
import {
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  createDriverFactory,
  createPool,
  type DatabasePool,
  type DriverCommand,
  type DriverFactory,
  type DriverQueryResult,
} from 'slonik';
import { EXIT, UserError } from '../../errors.ts';
import { type EmbeddedOptions, EmbeddedServer } from './embedded.ts';
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

const CONNECT_SECONDS = 15;

/**
 * Makes a target ready: opens the embedded server and creates its database where that was chosen, else
 * does nothing. Connections are opened by openPool and openClient.
 */
export async function useTarget(target: Target, options: EmbeddedOptions = {}): Promise<OpenTarget> {
  if (target.kind === 'server') {
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

/** The state that every session begins with, here as in the scripts for psql. */
const SESSION = readFileSync(new URL('../../../sql/install/session.sql', import.meta.url), 'utf8');

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
    connectionTimeout: CONNECT_SECONDS * 1000,
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
        const client = new pg.Client(clientConfig(target));
        let running = 0;
        let lost: Error | undefined;
        // slonik takes its own listener off before the last error of a closing connection may come.
        clientEventEmitter.on('error', () => undefined);
        client.on('error', (error) => {
          // While a query runs, slonik waits for it before it gives the connection up, and hangs when the
          // query fails: the query tells the error first, then the connection.
          lost = wrapLostConnection(error);
          if (running === 0) clientEventEmitter.emit('error', lost);
        });
        client.on('notice', (notice) => {
          if (notice.message) clientEventEmitter.emit('notice', { message: notice.message });
        });
        const query = async (text: string, values?: unknown[]): Promise<DriverQueryResult> => {
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
          connect: () => connectAndSet(client, target, settings),
          end: () => client.end(),
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
  const client = new pg.Client(clientConfig(target));
  // A lost connection also fails the running query; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await connectAndSet(client, target, { ...sessionSettings(target), ...options.settings });
  } catch (error) {
    await client.end().catch(() => undefined);
    throw connectionError(error, target);
  }
  return client;
}

function clientConfig(target: ServerTarget): pg.ClientConfig {
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    database: target.database,
    // As a function it stays out of dumps of the client, and pg asks no password file of its own.
    password: () => target.password() ?? '',
    ssl: target.ssl,
    application_name: 'aquaseed',
    connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    keepAlive: true,
    types: { getTypeParser },
    ...(target.options === undefined ? {} : { options: target.options }),
  };
}

async function connectAndSet(
  client: pg.Client,
  target: ServerTarget,
  settings: Record<string, string>,
): Promise<void> {
  try {
    await client.connect();
    await client.query(SESSION);
    await client.query(
      'select set_config(s.name, s.value, false) from unnest($1::text[], $2::text[]) as s (name, value)',
      [Object.keys(settings), Object.values(settings)],
    );
  } catch (error) {
    await client.end().catch(() => undefined);
    throw connectionError(error, target);
  }
}

// ----------------------------------------------------------------------------------------- values

const OID = { int8: 20, numeric: 1700, date: 1082, timestamp: 1114, timestamptz: 1184, textArray: 1009 };
const ARRAY_OID = { int8: 1016, numeric: 1231, date: 1182, timestamp: 1115, timestamptz: 1185 };

/** An int8 as a number, or as a bigint where a number would be rounded. */
export function parseBigint(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

type Parser = (text: string) => unknown;

function arrayOf(parse: Parser): Parser {
  const split: Parser = pg.types.getTypeParser(OID.textArray, 'text');
  return (text) => (split(text) as (string | null)[]).map((item) => (item === null ? null : parse(item)));
}

const asText: Parser = (text) => text;

const PARSERS = new Map<number, Parser>([
  [OID.int8, parseBigint],
  [OID.numeric, asText],
  [OID.date, asText],
  [OID.timestamp, asText],
  [OID.timestamptz, asText],
  [ARRAY_OID.int8, arrayOf(parseBigint)],
  [ARRAY_OID.numeric, arrayOf(asText)],
  [ARRAY_OID.date, arrayOf(asText)],
  [ARRAY_OID.timestamp, arrayOf(asText)],
  [ARRAY_OID.timestamptz, arrayOf(asText)],
]);

function getTypeParser(oid: number, format?: string): Parser {
  return PARSERS.get(oid) ?? (pg.types.getTypeParser(oid, format as 'text') as Parser);
}

// ----------------------------------------------------------------------------------------- errors

/** The SQLSTATE (such as 40001) or the system's code (such as ECONNREFUSED) of an error or its causes. */
export function errorCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const code: unknown = (at as { code?: unknown }).code;
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError && at.errors.length > 0) {
      const inner = errorCode(at.errors[0]);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

/** True when the connection broke, so that the same work may succeed on a new one. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof BackendTerminatedError || error instanceof BackendTerminatedUnexpectedlyError) {
    return true;
  }
  const code = errorCode(error);
  if (code !== undefined) {
    return /^(08...|57P0[123]|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT)$/.test(code);
  }
  return error instanceof Error && /connection terminated|not queryable/i.test(error.message);
}

/** slonik marks a connection as dead by the class of the error. */
function wrapLostConnection(error: Error): Error {
  const code = errorCode(error);
  if (code !== undefined && /^57P0[123]$/.test(code)) return new BackendTerminatedError(error);
  if (/connection terminated|client was closed|connection error and is not queryable/i.test(error.message)) {
    return new BackendTerminatedUnexpectedlyError(error);
  }
  return error;
}

/**
 * One clear line for a failed connection; a UserError (exit 3) that never shows the password. Its cause is the
 * error, so that errorCode and isConnectionLost tell what it was.
 */
export function connectionError(error: unknown, target: ServerTarget): UserError {
  if (error instanceof UserError) return error;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.cause instanceof UserError) return at.cause;
  }
  const failure = describeConnectionError(error, target);
  failure.cause = error;
  return failure;
}

function describeConnectionError(error: unknown, target: ServerTarget): UserError {
  const refuse = (message: string, hint?: string): UserError => new UserError(message, EXIT.database, hint);
  const server = target.host.startsWith('/')
    ? `${target.host} (port ${target.port})`
    : `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const from = `The database was chosen by ${target.source}.`;
  const code = errorCode(error) ?? '';
  const message = deepestMessage(error);

  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    return refuse(`No PostgreSQL server answers at ${server}`, `Is it running? ${from}`);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return refuse(`The host name of ${server} is not known`, from);
  }
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE)$/.test(code) || /timeout/i.test(message)) {
    return refuse(`The server at ${server} cannot be reached (${code || 'time-out'})`, from);
  }
  if (/does not support SSL/i.test(message)) {
    return refuse(`The server at ${server} does not offer TLS`, 'Use sslmode=disable if that is acceptable.');
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/.test(code)) {
    return refuse(
      `The TLS certificate of ${server} is not accepted (${code})`,
      'Name its authority with sslrootcert.',
    );
  }
  if (/client password must be a/i.test(message)) {
    return refuse(
      `The server at ${server} asks for a password of role "${target.user}", and none was given`,
      'Put it into the URL, PGPASSWORD or the password file (~/.pgpass).',
    );
  }
  if (code === '28P01') {
    return refuse(`The password of role "${target.user}" was not accepted by ${server}`, from);
  }
  if (code === '28000') {
    if (/no encryption|SSL off/i.test(message) && target.ssl === false) {
      return refuse(
        `The server at ${server} accepts role "${target.user}" only over TLS`,
        'Add ?sslmode=require to the URL, or set PGSSLMODE=require.',
      );
    }
    if (/does not exist/i.test(message))
      return refuse(`Role "${target.user}" does not exist on ${server}`, from);
    return refuse(`The server at ${server} does not let role "${target.user}" in: ${message}`, from);
  }
  if (code === '3D000') {
    return refuse(
      `Database "${target.database}" does not exist on ${server}`,
      'Create it first (createdb), or choose another one with --database.',
    );
  }
  if (code === '53300') {
    return refuse(
      `The server at ${server} has no free connection left: ${message}`,
      'Use fewer --workers, or raise max_connections.',
    );
  }
  if (code === '42501') {
    return refuse(
      `Role "${target.user}" may not connect to database "${target.database}" on ${server}: ${message}`,
      `An owner can allow it: grant connect on database ${target.database} to ${target.user};`,
    );
  }
  if (code === '57P03') return refuse(`The server at ${server} is starting or stopping: ${message}`);
  if (/^57P0[12]$/.test(code) || /connection terminated|socket/i.test(message)) {
    return refuse(`The server at ${server} ended the connection: ${message}`);
  }
  return refuse(`Cannot connect to ${target.display}: ${message}`, from);
}

function deepestMessage(error: unknown): string {
  let message = String(error);
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (at.message !== '') message = at.message;
  }
  return message.split('\n')[0] ?? '';
}

// ------------------------------------------------------------------------------------ server check

const OLDEST = 15;
const NEWEST = 18;

type ServerNeeds = {
  /** Connections that the command will open at the same time, this client included. */
  connections?: number | undefined;
};

type ServerReport = {
  /** Major version, such as 18. */
  version: number;
  /** Things to tell that do not prevent a run. */
  warnings: string[];
};

/**
 * Checks that a generate run can work here: version, encoding, btree_gist, privileges, connections.
 * Throws one UserError (exit 3) that lists everything that is missing.
 */
export async function checkServer(client: pg.Client, needs: ServerNeeds = {}): Promise<ServerReport> {
  const result = await client.query<{
    version: number;
    full_version: string;
    encoding: string;
    database: string;
    role: string;
    can_create: boolean;
    read_only: boolean;
    extension_installed: boolean;
    extension_available: boolean;
    superuser: boolean;
    free: number;
    role_free: number | null;
    runner: boolean;
    may_use: boolean;
  }>(`
    select current_setting('server_version_num')::int / 10000 as version,
           current_setting('server_version') as full_version,
           pg_catalog.pg_encoding_to_char(d.encoding)::text as encoding,
           d.datname::text as database,
           current_user::text as role,
           pg_catalog.has_database_privilege(d.datname, 'CREATE') as can_create,
           pg_catalog.pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only,
           exists (select from pg_catalog.pg_extension where extname = 'btree_gist') as extension_installed,
           exists (select from pg_catalog.pg_available_extensions where name = 'btree_gist')
             as extension_available,
           r.rolsuper as superuser,
           exists (select from pg_catalog.pg_namespace as n
                    where n.nspname = 'aquaseed' and not pg_catalog.pg_has_role(n.nspowner, 'USAGE')) as runner,
           exists (select from pg_catalog.pg_namespace as n
                    where n.nspname = 'aquaseed' and pg_catalog.has_schema_privilege(n.oid, 'USAGE')) as may_use,
           (current_setting('max_connections')::int
             - case when r.rolsuper then 0
                    else current_setting('superuser_reserved_connections')::int
                      + coalesce(current_setting('reserved_connections', true)::int, 0) end
             - (select count(*)::int from pg_catalog.pg_stat_activity where backend_type = 'client backend')
             + 1) as free,
           case when r.rolsuper then null
                else least(nullif(r.rolconnlimit, -1), nullif(d.datconnlimit, -1)) end as role_free
      from pg_catalog.pg_database as d
      join pg_catalog.pg_roles as r on r.rolname = current_user
     where d.datname = current_database()`);
  const found = result.rows[0];
  if (found === undefined) throw new UserError('The server does not describe its database', EXIT.database);
  const missing: string[] = [];
  const warnings: string[] = [];
  if (found.version < OLDEST) {
    missing.push(`PostgreSQL ${OLDEST} or newer is needed, this is ${found.full_version}`);
  }
  if (found.version > NEWEST) {
    warnings.push(`PostgreSQL ${found.full_version} is newer than ${NEWEST}, the newest one tested`);
  }
  if (found.encoding !== 'UTF8') {
    missing.push(`the database must be in UTF-8, this one is in ${found.encoding}`);
  }
  if (found.read_only) missing.push('the server accepts no writes (a standby, or read-only)');
  if (found.runner) {
    missing.push(...(await missingGrants(client, found)));
  } else if (!found.extension_installed && !found.extension_available) {
    missing.push('extension btree_gist is not installed on the server (package postgresql-contrib)');
  } else if (!found.extension_installed && !found.can_create) {
    missing.push('extension btree_gist has to be created by the owner: create extension btree_gist;');
  }
  if (!found.can_create && !found.runner) {
    missing.push(
      `role "${found.role}" may not create schemas: grant create on database ${pg.escapeIdentifier(found.database)} to ${pg.escapeIdentifier(found.role)};`,
    );
  }
  const free = Math.min(found.free, found.role_free ?? found.free);
  if (needs.connections !== undefined && free < needs.connections) {
    missing.push(`${needs.connections} connections are needed, ${free} are free: use fewer --workers`);
  }
  if (missing.length > 0) {
    throw new UserError(
      `Database "${found.database}" cannot be used: ${missing.join('; ')}`,
      EXIT.database,
      missing.length > 1 ? 'All of it has to be mended before a run.' : undefined,
    );
  }
  return { version: found.version, warnings };
}

/** How many missing grants are named one by one. */
const NAMED_GRANTS = 5;

/** What a role that does not own the schema lacks to generate into it, as commands for the owner. */
async function missingGrants(
  client: pg.Client,
  { role, may_use: mayUse }: { role: string; may_use: boolean },
): Promise<string[]> {
  if (!mayUse) {
    return [
      `role "${role}" may not use schema aquaseed: grant usage on schema aquaseed to ${pg.escapeIdentifier(role)};`,
    ];
  }
  const { rows } = await client.query<{ command: string }>(
    'select command from aquaseed.list_run_grants(current_user::text) where not granted',
  );
  if (rows.length > NAMED_GRANTS) {
    const all = `select aquaseed.grant_run(${pg.escapeLiteral(role)});`;
    return [
      `role "${role}" lacks ${rows.length} grants: the owner of schema aquaseed gives them with ${all}`,
    ];
  }
  return rows.map(({ command }) => `role "${role}" lacks a grant: ${command};`);
}
