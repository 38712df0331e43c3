import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EXIT, UserError } from '../../errors.ts';
import { type Conninfo, parseConninfo } from './conninfo.ts';
import { PARAMETERS } from './parameters.ts';
import { defaultPassfile, passwordFromFile, SOCKET_DIRECTORIES } from './passfile.ts';
import { readService } from './service.ts';
import { NO_TLS, type Tls, tlsFrom } from './tls.ts';

/** Where the choice of database came from; `named` is a URL that the program made itself. */
export type TargetSource =
  | '--database-url'
  | 'AQUASEED_DIRECT_URL'
  | 'DIRECT_URL'
  | 'DATABASE_URL'
  | 'PG* variables'
  | 'embedded'
  | 'named';

/** One place where the server may be. */
export type Host = {
  /** As it was given: a name, an address, a directory of a socket, or @name of an abstract socket. */
  readonly name: string;
  /** The address to connect to instead of looking the name up. */
  readonly address?: string | undefined;
  readonly port: number;
};

/** Authentication methods that libpq's require_auth knows; those that are spoken here come first. */
const METHODS = ['none', 'password', 'md5', 'scram-sha-256', 'gss', 'sspi', 'oauth'] as const;
export type Method = (typeof METHODS)[number];

export type SessionAttributes = 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby';

/**
 * One database on one server. The password is behind a function, so that printing or serialising a
 * target never shows it; `display` is safe to print.
 */
export type ServerTarget = {
  readonly kind: 'server';
  readonly source: TargetSource;
  /** Where to look, in this order; the array is the identity of the server (see `login` in login.ts). */
  readonly hosts: readonly Host[];
  /** The first of them. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** The password, or undefined where none is known. */
  readonly password: (host?: Host) => string | undefined;
  readonly tls: Tls;
  /** Authentication methods that are accepted, or undefined for all. */
  readonly methods?: readonly Method[] | undefined;
  readonly channelBinding: 'disable' | 'prefer' | 'require';
  readonly attributes: SessionAttributes;
  /** Seconds for each address; 0 is no limit. */
  readonly connectSeconds: number;
  /** Seconds after which the system looks whether the other side is there, 0 for its own default, or false. */
  readonly keepAlive: number | false;
  /** Startup options, as in `PGOPTIONS`. */
  readonly options?: string;
  /** For example `postgres://app@db.example.com:5432/farm`. */
  readonly display: string;
};

/** The embedded server, not opened yet; see `useTarget` in pool.ts. */
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

/** Variables of which one is enough to choose a server. */
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

const CONNECT_SECONDS = 15;

type Environment = Record<string, string | undefined>;

/**
 * Chooses the database: `--database-url`, else `AQUASEED_DIRECT_URL`, else `DATABASE_URL` or, where it is there
 * too, `DIRECT_URL` (which people set beside the URL of a pooler), else the standard `PG*` variables, else the
 * embedded server. An empty variable counts as absent.
 * Throws a UserError (exit 2) for a malformed URL or a wrong variable; it never repeats a password.
 */
export function resolveTarget(options: TargetOptions, env: Environment): Target {
  if (options.databaseUrl !== undefined) {
    return parseDatabaseUrl(options.databaseUrl, '--database-url', env, options.database);
  }
  const variables: TargetSource[] = [
    'AQUASEED_DIRECT_URL',
    ...(env.DATABASE_URL ? (['DIRECT_URL', 'DATABASE_URL'] as const) : []),
  ];
  for (const source of variables) {
    const url = env[source];
    if (url) return parseDatabaseUrl(url, source, env, options.database);
  }
  if (PG_VARIABLES.some((name) => env[name])) {
    return finish(new Map(), 'PG* variables', env, options.database);
  }
  const database = options.database ?? DEFAULT_DATABASE;
  return { kind: 'embedded', source: 'embedded', database, display: `embedded server, database ${database}` };
}

/**
 * Reads a connection string as libpq does, with the PG* variables of `env` for what it leaves open.
 * Throws a UserError (exit 2) that names `source` and the fault, never the string, as it may hold a password.
 */
export function parseDatabaseUrl(
  text: string,
  source: TargetSource,
  env: Environment = {},
  database?: string,
): ServerTarget {
  return finish(parseConninfo(text, source), source, env, database);
}

/** The same server with another database. */
export function withDatabase(target: ServerTarget, database: string): ServerTarget {
  return { ...target, database, display: displayOf(target.user, target.hosts, database) };
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
  const { source, host, port, user, password, database } = parts;
  const hosts = [{ name: host, port }];
  return {
    kind: 'server',
    ...{ source, hosts, host, port, user, database },
    password: () => password,
    tls: NO_TLS,
    channelBinding: 'prefer',
    attributes: 'any',
    connectSeconds: CONNECT_SECONDS,
    keepAlive: 0,
    display: displayOf(user, hosts, database),
  };
}

/** The URL of a target with its password in it: only for handing to another program on purpose. */
export function urlWithPassword(target: ServerTarget): string {
  const password = target.password();
  const user = encodeURIComponent(target.user) + (password ? `:${encodeURIComponent(password)}` : '');
  return urlOf(user, target.hosts, target.database);
}

/** True for a Unix socket: a directory, or the name of an abstract one. */
export function isSocket({ name, address }: Host): boolean {
  return address === undefined && /^[/@]/.test(name);
}

/** A place for messages, such as `db.example.com:5432`. */
export function placeOf(host: Host): string {
  if (isSocket(host)) return `${host.name} (port ${host.port})`;
  return `${host.name.includes(':') ? `[${host.name}]` : host.name}:${host.port}`;
}

function displayOf(user: string, hosts: readonly Host[], database: string): string {
  return urlOf(encodeURIComponent(user), hosts, database);
}

function urlOf(user: string, hosts: readonly Host[], database: string): string {
  const places = hosts.map((host) => {
    if (isSocket(host)) return `${encodeURIComponent(host.name)}:${host.port}`;
    return placeOf(host);
  });
  return `postgres://${user}@${places.join(',')}/${encodeURIComponent(database)}`;
}

/** Adds what the service and the variables say, by libpq's order: the string itself, the service, the variables. */
function withDefaults(given: Conninfo, env: Environment): Conninfo {
  const all: Conninfo = new Map(given);
  const service = given.get('service') || env.PGSERVICE;
  if (service) {
    const file = given.get('servicefile') || env.PGSERVICEFILE || undefined;
    for (const [name, value] of readService(service, file, env)) if (!all.has(name)) all.set(name, value);
  }
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    const value = parameter.env === undefined ? undefined : env[parameter.env];
    if (value && !all.has(name)) all.set(name, value);
  }
  return all;
}

function finish(
  string: Conninfo,
  source: TargetSource,
  env: Environment,
  override: string | undefined,
): ServerTarget {
  const given = withDefaults(string, env);
  const refuse = (fault: string, hint?: string): UserError =>
    new UserError(`${source}: ${fault}`, EXIT.usage, hint);
  for (const [name, value] of given) {
    const { values, refused } = PARAMETERS[name] ?? {};
    if (values !== undefined && value !== '' && !values.includes(value)) {
      throw refuse(`${name} must be one of ${values.filter((it) => it !== '').join(', ')}`);
    }
    if (refused !== undefined && value !== '' && !refused.unless.includes(value)) {
      throw refuse(`${name} cannot be honoured: ${refused.why}`, 'Leave it out if that is acceptable.');
    }
  }
  // The old word; as in libpq it is another way to write sslmode.
  if (given.get('requiressl') === '1' && !given.get('sslmode')) given.set('sslmode', 'require');

  const hosts = hostsFrom(given, refuse);
  if (given.get('requirepeer') && hosts.some(isSocket)) {
    throw refuse('requirepeer cannot be honoured: Node does not tell who owns the other end of a socket');
  }
  const user = given.get('user') || osUser();
  const database = override ?? (given.get('dbname') || user);
  const password = given.get('password');
  const passfile = given.get('passfile') || defaultPassfile(env);
  const [first] = hosts as [Host];
  const options = given.get('options');
  return {
    kind: 'server',
    ...{ source, hosts, host: first.name, port: first.port, user, database },
    password: (host = first) => {
      if (password) return password;
      const { name, port } = host;
      return passwordFromFile(passfile, { host: name, port, user, database });
    },
    tls: hosts.every(isSocket) ? NO_TLS : tlsFrom(given, source, env),
    methods: methodsFrom(given.get('require_auth'), refuse),
    channelBinding: (given.get('channel_binding') || 'prefer') as ServerTarget['channelBinding'],
    attributes: (given.get('target_session_attrs') || 'any') as SessionAttributes,
    connectSeconds: connectSecondsFrom(given.get('connect_timeout'), refuse),
    keepAlive: given.get('keepalives') === '0' ? false : wholeNumber(given, 'keepalives_idle', refuse),
    ...(options ? { options } : {}),
    display: displayOf(user, hosts, database),
  };
}

type Refuse = (fault: string, hint?: string) => UserError;

/** The hosts in the order to try them. */
function hostsFrom(given: Conninfo, refuse: Refuse): Host[] {
  const list = (name: string): string[] => {
    const value = given.get(name);
    return value ? value.split(',').map((it) => it.trim()) : [];
  };
  const addresses = list('hostaddr');
  const names = list('host');
  const ports = list('port');
  const count = addresses.length || names.length || 1;
  if (addresses.length > 0 && names.length > 0 && names.length !== count) {
    throw refuse(`there are ${names.length} hosts and ${count} addresses (hostaddr)`);
  }
  if (ports.length > 1 && ports.length !== count) {
    throw refuse(`there are ${ports.length} ports and ${count} hosts: give one port, or one for each`);
  }
  const hosts = Array.from({ length: count }, (_, index): Host => {
    const port = Number((ports.length === 1 ? ports[0] : ports[index]) || '5432');
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      throw refuse('the port is not a number from 1 to 65535');
    }
    const address = addresses[index] || undefined;
    return { name: names[index] || address || defaultHost(port), address, port };
  });
  // Once for the whole command, so that all its sessions go the same way.
  return given.get('load_balance_hosts') === 'random' ? shuffled(hosts) : hosts;
}

/** libpq has a directory of sockets built in; here it is the first one where there is a socket for the port. */
function defaultHost(port: number): string {
  const hasSocket = (directory: string): boolean => existsSync(path.join(directory, `.s.PGSQL.${port}`));
  return SOCKET_DIRECTORIES.find(hasSocket) ?? 'localhost';
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Methods by libpq's require_auth: all of a list, or none of one where each has a ! before it. */
function methodsFrom(text: string | undefined, refuse: Refuse): readonly Method[] | undefined {
  if (!text) return undefined;
  const words = text.split(',').map((it) => it.trim());
  const negated = words.filter((it) => it.startsWith('!'));
  const names = words.map((it) => it.replace(/^!/, ''));
  if (
    names.some((it) => !(METHODS as readonly string[]).includes(it)) ||
    new Set(names).size < names.length
  ) {
    throw refuse(`require_auth must be a list of ${METHODS.join(', ')}, each once`);
  }
  if (negated.length > 0 && negated.length < words.length) {
    throw refuse('require_auth has methods with and without !');
  }
  return METHODS.filter((it) => names.includes(it) !== negated.length > 0);
}

/** libpq waits for two seconds at least, and for ever with 0 or less. */
function connectSecondsFrom(text: string | undefined, refuse: Refuse): number {
  if (!text) return CONNECT_SECONDS;
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw refuse('connect_timeout must be a whole number of seconds');
  const seconds = Math.min(Number(text), 86_400);
  return seconds <= 0 ? 0 : Math.max(2, seconds);
}

function wholeNumber(given: Conninfo, name: string, refuse: Refuse): number {
  const text = given.get(name) || '0';
  if (!/^\s*[-+]?\d{1,9}\s*$/.test(text)) throw refuse(`${name} must be a whole number`);
  return Math.max(0, Number(text));
}

function osUser(): string {
  try {
    return os.userInfo().username;
  } catch {
    return 'postgres';
  }
}
