import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { EXIT, UserError } from '../../errors.ts';

/** Where the choice of database came from; `named` is a URL that the program made itself. */
export type TargetSource = '--database-url' | 'DATABASE_URL' | 'PG* variables' | 'embedded' | 'named';

/**
 * One database on one server. The password is behind a function, so that printing or serialising a
 * target never shows it; `display` is safe to print.
 */
export type ServerTarget = {
  readonly kind: 'server';
  readonly source: TargetSource;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** The password, or undefined where none is known. */
  readonly password: () => string | undefined;
  /** TLS options for node, or false for a plain connection. */
  readonly ssl: TlsOptions | false;
  /** Startup options, as in `PGOPTIONS`. */
  readonly options?: string;
  /** For example `postgres://app@db.example.com:5432/farm`. */
  readonly display: string;
};

/** The embedded server, not opened yet; see `useTarget` in connect.ts. */
export type EmbeddedTarget = {
  readonly kind: 'embedded';
  readonly source: 'embedded';
  readonly database: string;
  readonly display: string;
};

export type Target = ServerTarget | EmbeddedTarget;

export type TargetOptions = {
  /** Value of `--database-url`. */
  databaseUrl?: string | undefined;
  /** Value of `--database`: replaces the database name of whatever was chosen. */
  database?: string | undefined;
};

/** The database of the embedded server that is used when no name is given. */
export const DEFAULT_DATABASE = 'aquaseed';

const PG_VARIABLES = [
  'PGHOST',
  'PGHOSTADDR',
  'PGPORT',
  'PGDATABASE',
  'PGUSER',
  'PGSERVICE',
  'PGPASSWORD',
  'PGPASSFILE',
];

/** Stands for an absent host while a URL is read. */
const NO_HOST = 'none.invalid';

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'no-verify', 'verify-ca', 'verify-full'];

const URL_PARAMETERS = [
  'application_name',
  'connect_timeout',
  'dbname',
  'host',
  'options',
  'password',
  'port',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'user',
];

type Environment = Record<string, string | undefined>;

type Parts = {
  host?: string | undefined;
  port?: string | undefined;
  user?: string | undefined;
  database?: string | undefined;
  password?: string | undefined;
  passfile?: string | undefined;
  options?: string | undefined;
  sslmode?: string | undefined;
  sslrootcert?: string | undefined;
  sslcert?: string | undefined;
  sslkey?: string | undefined;
};

/**
 * Chooses the database: `--database-url`, else `DATABASE_URL`, else the standard `PG*` variables, else
 * the embedded server. An empty variable counts as absent.
 * Throws a UserError (exit 2) for a malformed URL or a wrong variable; it never repeats a password.
 */
export function resolveTarget(options: TargetOptions, env: Environment): Target {
  if (options.databaseUrl !== undefined) {
    return parseDatabaseUrl(options.databaseUrl, '--database-url', env, options.database);
  }
  if (env.DATABASE_URL) {
    return parseDatabaseUrl(env.DATABASE_URL, 'DATABASE_URL', env, options.database);
  }
  if (PG_VARIABLES.some((name) => env[name])) {
    return finish(partsFromEnvironment(env), 'PG* variables', env, options.database);
  }
  const database = options.database ?? DEFAULT_DATABASE;
  return { kind: 'embedded', source: 'embedded', database, display: `embedded server, database ${database}` };
}

/**
 * Reads a `postgres://user:password@host:port/database?sslmode=require` URL.
 * Throws a UserError (exit 2) that names `source` and the fault, never the URL, as it may hold a password.
 */
export function parseDatabaseUrl(
  text: string,
  source: TargetSource,
  env: Environment = {},
  database?: string,
): ServerTarget {
  return finish(partsFromUrl(text.trim(), source), source, env, database);
}

/** The same server with another database. */
export function withDatabase(target: ServerTarget, database: string): ServerTarget {
  return { ...target, database, display: displayOf(target.user, target.host, target.port, database) };
}

/** A target made from known parts, for servers that the program started itself. */
export function makeTarget(parts: {
  source: TargetSource;
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}): ServerTarget {
  const { password, ...rest } = parts;
  return {
    kind: 'server',
    ...rest,
    password: () => password,
    ssl: false,
    display: displayOf(parts.user, parts.host, parts.port, parts.database),
  };
}

/** The URL of a target with its password in it: only for handing to another program on purpose. */
export function urlWithPassword(target: ServerTarget): string {
  const password = target.password();
  const user = encodeURIComponent(target.user) + (password ? `:${encodeURIComponent(password)}` : '');
  return `postgres://${user}@${hostInUrl(target.host)}:${target.port}/${encodeURIComponent(target.database)}`;
}

function malformed(source: TargetSource, fault: string): UserError {
  return new UserError(
    `${source}: not a valid PostgreSQL URL: ${fault}`,
    EXIT.usage,
    'Expected postgres://user:password@host:port/database; write special characters of the password as %40 (@), %2F (/), %3A (:), %23 (#), %3F (?).',
  );
}

function partsFromUrl(text: string, source: TargetSource): Parts {
  if (text === '') throw malformed(source, 'it is empty');
  if (!/^postgres(ql)?:\/\//i.test(text)) {
    throw malformed(source, 'it does not start with postgres:// or postgresql://');
  }
  // Unescaped characters of a password move its rest into other parts of the URL, so that a later message
  // would print it: refuse every such shape.
  if (text.includes('#')) throw malformed(source, 'it contains an unescaped #');
  if ((text.split('?')[0] ?? '').split('@').length > 2)
    throw malformed(source, 'it contains more than one @');
  if (/\s/.test(text)) throw malformed(source, 'it contains a space');
  let url: URL;
  try {
    // An empty host, as in postgres://user@/name?host=/run/postgresql, is more than URL can read.
    url = new URL(text.replace(/^(\w+:\/\/(?:[^/?]*@)?)(?=[/?:]|$)/, `$1${NO_HOST}`));
  } catch {
    throw malformed(source, 'the host or the port cannot be read');
  }
  const segments = url.pathname.split('/').slice(1);
  if (segments.length > 1 || url.pathname.includes('@')) {
    throw malformed(source, 'the part after the host is not one database name');
  }
  for (const key of url.searchParams.keys()) {
    if (!URL_PARAMETERS.includes(key)) throw malformed(source, 'it has an unknown parameter after the ?');
  }
  const decode = (value: string): string | undefined => {
    try {
      return value === '' ? undefined : decodeURIComponent(value);
    } catch {
      throw malformed(source, 'it contains a % that is not followed by two hexadecimal digits');
    }
  };
  const parameter = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  return {
    host:
      parameter('host') ??
      (url.hostname === NO_HOST ? undefined : decode(url.hostname.replace(/^\[(.*)\]$/, '$1'))),
    port: parameter('port') ?? decode(url.port),
    user: parameter('user') ?? decode(url.username),
    password: parameter('password') ?? decode(url.password),
    database: parameter('dbname') ?? decode(segments[0] ?? ''),
    options: parameter('options'),
    sslmode: parameter('sslmode'),
    sslrootcert: parameter('sslrootcert'),
    sslcert: parameter('sslcert'),
    sslkey: parameter('sslkey'),
  };
}

function partsFromEnvironment(env: Environment): Parts {
  const own: Parts = {
    host: env.PGHOSTADDR || env.PGHOST,
    port: env.PGPORT,
    user: env.PGUSER,
    database: env.PGDATABASE,
    password: env.PGPASSWORD,
    passfile: env.PGPASSFILE,
    options: env.PGOPTIONS,
    sslmode: env.PGSSLMODE,
    sslrootcert: env.PGSSLROOTCERT,
    sslcert: env.PGSSLCERT,
    sslkey: env.PGSSLKEY,
  };
  if (!env.PGSERVICE) return own;
  // Like libpq: the service wins over the other variables.
  const service = readService(env.PGSERVICE, env);
  return {
    ...own,
    ...withoutEmpty({
      host: service.hostaddr ?? service.host,
      port: service.port,
      user: service.user,
      database: service.dbname,
      password: service.password,
      passfile: service.passfile,
      options: service.options,
      sslmode: service.sslmode,
      sslrootcert: service.sslrootcert,
      sslcert: service.sslcert,
      sslkey: service.sslkey,
    }),
  };
}

function withoutEmpty(parts: Parts): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
}

function readService(name: string, env: Environment): Record<string, string> {
  const files = [
    env.PGSERVICEFILE || path.join(env.HOME || os.homedir(), '.pg_service.conf'),
    ...(env.PGSYSCONFDIR ? [path.join(env.PGSYSCONFDIR, 'pg_service.conf')] : []),
  ];
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    let found: Record<string, string> | undefined;
    for (const raw of text.split(/\r?\n/)) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) continue;
      if (line.startsWith('[')) {
        if (found !== undefined) return found;
        if (line === `[${name}]`) found = {};
        continue;
      }
      const equals = line.indexOf('=');
      if (found !== undefined && equals > 0) {
        found[line.slice(0, equals).trim()] = line.slice(equals + 1).trim();
      }
    }
    if (found !== undefined) return found;
  }
  throw new UserError(
    `PGSERVICE: service "${name}" was not found`,
    EXIT.usage,
    `Looked in ${files.join(', ')}; set PGSERVICEFILE to name another file.`,
  );
}

function finish(
  parts: Parts,
  source: TargetSource,
  env: Environment,
  override: string | undefined,
): ServerTarget {
  const host = parts.host || 'localhost';
  const port = Number(parts.port || '5432');
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new UserError(`${source}: the port is not a number from 1 to 65535`, EXIT.usage);
  }
  if (host.includes(',')) {
    throw new UserError(`${source}: several hosts are not supported, name one`, EXIT.usage);
  }
  const user = parts.user || env.PGUSER || osUser();
  const database = override ?? (parts.database || user);
  const password = parts.password || env.PGPASSWORD;
  const passfile = parts.passfile || env.PGPASSFILE;
  const target = {
    kind: 'server' as const,
    source,
    host,
    port,
    user,
    database,
    password: () => password || passwordFromFile(passfile, env, { host, port, user, database }),
    ssl: tlsOptions(parts, source),
    display: displayOf(user, host, port, database),
  };
  return parts.options ? { ...target, options: parts.options } : target;
}

function osUser(): string {
  try {
    return os.userInfo().username;
  } catch {
    return 'postgres';
  }
}

function hostInUrl(host: string): string {
  if (host.startsWith('/')) return encodeURIComponent(host);
  return host.includes(':') ? `[${host}]` : host;
}

function displayOf(user: string, host: string, port: number, database: string): string {
  return `postgres://${encodeURIComponent(user)}@${hostInUrl(host)}:${port}/${encodeURIComponent(database)}`;
}

function readCertificate(file: string, what: string, source: TargetSource): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UserError(`${source}: cannot read the ${what} file ${file}`, EXIT.usage);
  }
}

function tlsOptions(parts: Parts, source: TargetSource): TlsOptions | false {
  const mode = parts.sslmode || 'prefer';
  if (!SSL_MODES.includes(mode)) {
    throw new UserError(`${source}: sslmode must be one of ${SSL_MODES.join(', ')}`, EXIT.usage);
  }
  // "prefer" needs two attempts; a plain one is made, and the error of a server that wants TLS says so.
  if (mode === 'disable' || mode === 'allow' || mode === 'prefer') return false;
  const tls: TlsOptions = {};
  if (parts.sslrootcert && parts.sslrootcert !== 'system') {
    tls.ca = readCertificate(parts.sslrootcert, 'sslrootcert', source);
  }
  if (parts.sslcert) tls.cert = readCertificate(parts.sslcert, 'sslcert', source);
  if (parts.sslkey) tls.key = readCertificate(parts.sslkey, 'sslkey', source);
  if (mode === 'verify-full') return tls;
  // As libpq: "require" with a root certificate checks the chain, without one it checks nothing.
  if (mode === 'verify-ca' || (mode === 'require' && tls.ca !== undefined)) {
    return { ...tls, checkServerIdentity: () => undefined };
  }
  return { ...tls, rejectUnauthorized: false };
}

/** The password of the first matching line of the password file (`~/.pgpass`), as psql reads it. */
function passwordFromFile(
  file: string | undefined,
  env: Environment,
  wanted: { host: string; port: number; user: string; database: string },
): string | undefined {
  let text: string;
  try {
    text = readFileSync(file || path.join(env.HOME || os.homedir(), '.pgpass'), 'utf8');
  } catch {
    return undefined;
  }
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const fields = [...line.matchAll(/((?:\\.|[^:\\])*)(?::|$)/g)]
      .map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'))
      .slice(0, 5);
    const [host, port, database, user, password] = fields;
    const fits = (field: string | undefined, value: string): boolean => field === '*' || field === value;
    if (
      fits(host, wanted.host.startsWith('/') ? 'localhost' : wanted.host) &&
      fits(port, String(wanted.port)) &&
      fits(database, wanted.database) &&
      fits(user, wanted.user)
    ) {
      return password || undefined;
    }
  }
  return undefined;
}
