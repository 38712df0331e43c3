import { EXIT, UserError } from '../../errors.ts';
import { FOREIGN, PARAMETERS } from './parameters.ts';

/** Parameters by name, as they were written. */
export type Conninfo = Map<string, string>;

/**
 * Reads a connection string by libpq's rules: `postgres://user:password@host:port/database?parameter=value` or
 * `host=... dbname=...`. Own code, since the libraries that there are read the WHATWG URL or leave parameters
 * out (docs/decisions/014-connections.md).
 * Throws a UserError (exit 2) that names `source` and the fault, and never what may be a part of a password.
 */
export function parseConninfo(text: string, source: string): Conninfo {
  const trimmed = text.trim();
  if (trimmed === '') throw malformed(source, 'it is empty');
  if (/^postgres(ql)?:\/\//i.test(trimmed)) return parseUri(trimmed, source);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) || !trimmed.includes('=')) {
    throw malformed(
      source,
      'it does not start with postgres:// or postgresql://, nor is it host=... dbname=...',
    );
  }
  return parseKeywords(trimmed, source);
}

function malformed(source: string, fault: string, hint?: string): UserError {
  return new UserError(
    `${source}: not a valid PostgreSQL URL: ${fault}`,
    EXIT.usage,
    hint ??
      'Expected postgres://user:password@host:port/database; write special characters of the password as %40 (@), %2F (/), %3A (:), %25 (%), %20 (space).',
  );
}

/** Puts a parameter in; the later one of two wins, as in libpq. */
function store(into: Conninfo, name: string, value: string, source: string, isNamed: boolean): void {
  if (PARAMETERS[name] === undefined || !Object.hasOwn(PARAMETERS, name)) {
    if (!isNamed) throw malformed(source, 'it has an unknown parameter');
    const hint = Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
    throw malformed(source, `it has the unknown parameter ${quote(name)}`, hint);
  }
  into.set(name, value);
}

/** A name for a message: printable and short, whatever it is. */
function quote(name: string): string {
  const clean = name.replace(/[^\x20-\x7e]/g, '?');
  return `"${clean.length > 40 ? `${clean.slice(0, 40)}...` : clean}"`;
}

function parseUri(text: string, source: string): Conninfo {
  // psql 18 refuses a space too: it is a mistake, or the end of a password that was not written as %20.
  if (/\s/.test(text)) throw malformed(source, 'it contains a space');
  const decode = (value: string): string => {
    if (/%(?![0-9a-f]{2})/i.test(value)) {
      throw malformed(source, 'it contains a % that is not followed by two hexadecimal digits');
    }
    try {
      const decoded = decodeURIComponent(value);
      if (!decoded.includes('\0')) return decoded;
    } catch {
      // Bytes that are not UTF-8.
    }
    throw malformed(source, 'it contains a %xx that is not text in UTF-8');
  };
  const found: Conninfo = new Map();
  const put = (name: string, value: string): void => {
    found.set(name, decode(value));
  };

  let rest = text.slice(text.indexOf('://') + 3);
  const login = /^([^@/]*)@/.exec(rest);
  if (login !== null) {
    rest = rest.slice(login[0].length);
    const [, user, password] = /^([^:]*)(?::(.*))?$/s.exec(login[1] ?? '') ?? [];
    if (user) put('user', user);
    if (password) put('password', password);
  }
  const [before = '', ...after] = rest.split('?');
  const query = after.length > 0 ? after.join('?') : undefined;
  const slash = before.indexOf('/');
  const places = slash < 0 ? before : before.slice(0, slash);
  const database = slash < 0 ? '' : before.slice(slash + 1);
  // An @ or a / of a password that is not escaped moves its rest into the host or the database, which messages
  // show. libpq would take it so; nobody means it.
  if (places.includes('@')) throw malformed(source, 'it contains more than one @');
  if (database.includes('@'))
    throw malformed(source, 'it contains an @ after the host: is there a / in the password?');
  const mayHideSecret = login === null && (query ?? '').includes('@');

  const hosts: string[] = [];
  const ports: string[] = [];
  for (const place of places.split(',')) {
    const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/s.exec(place);
    if (match === null) throw malformed(source, 'the host or the port cannot be read');
    const [, host = '', port = ''] = match;
    if (host === '[]') throw malformed(source, 'it has an empty IPv6 address');
    if (port !== '' && !/^\d+$/.test(port)) throw malformed(source, 'the host or the port cannot be read');
    hosts.push(host.replace(/^\[(.*)\]$/, '$1'));
    ports.push(port);
  }
  if (hosts.some((it) => it !== '')) put('host', hosts.join(','));
  if (ports.some((it) => it !== '')) put('port', ports.join(','));
  if (database !== '') put('dbname', database);

  if (query === undefined || query === '') return found;
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    if (equals < 0) throw malformed(source, 'a parameter after the ? has no =');
    const value = part.slice(equals + 1);
    if (value.includes('='))
      throw malformed(source, 'a parameter after the ? has more than one =, write %3D');
    const name = decode(part.slice(0, equals));
    // The word of JDBC, which libpq takes too.
    if (name === 'ssl' && value === 'true') found.set('sslmode', 'require');
    else store(found, name, decode(value), source, !mayHideSecret);
  }
  return found;
}

/** `host=localhost dbname='a b' password=x\'y` */
function parseKeywords(text: string, source: string): Conninfo {
  const found: Conninfo = new Map();
  // A space in a password without quotes makes the next word look like a parameter: it is not named.
  let isAfterPassword = false;
  let rest = text;
  while (rest !== '') {
    const match = /^([^=\s]+)\s*=\s*('(?:\\.|[^'\\])*'|(?!')(?:\\.|[^\s\\])*)\\?/s.exec(rest);
    if (match === null) {
      const fault = /^[^=\s]+\s*=\s*'/.test(rest)
        ? 'a quoted value has no end'
        : 'a word in it is no parameter=value: put values with spaces between quotes';
      throw malformed(source, fault, "Expected host=... dbname=... user=... password='...'.");
    }
    const [whole, name = '', raw = ''] = match;
    const value = (raw.startsWith("'") ? raw.slice(1, -1) : raw).replace(/\\(.)/gs, '$1');
    store(found, name, value, source, !isAfterPassword);
    isAfterPassword = name === 'password' && !raw.startsWith("'");
    rest = rest.slice(whole.length).trimStart();
  }
  return found;
}
