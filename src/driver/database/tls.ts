import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import tls from 'node:tls';
import { EXIT, UserError } from '../../errors.ts';
import type { Conninfo } from './conninfo.ts';
import { userFile } from './passfile.ts';

/** One way to talk to a server. */
export type Channel = 'plain' | 'tls';

/** How connections are encrypted. What may hold a key is behind a function, out of every dump. */
export type Tls = {
  /** The ways to try, in order: the next one when the one before was refused. */
  readonly channels: readonly Channel[];
  /** Whether a server without TLS ends the attempt, and is not gone on with in plain text. */
  readonly isRequired: boolean;
  /** TLS from the first byte on, without asking. */
  readonly isDirect: boolean;
  /** Whether the certificate must carry the name of the host. */
  readonly checksName: boolean;
  /** Whether the name of the host is sent, so that a proxy can tell servers apart. */
  readonly sendsName: boolean;
  readonly options: () => ConnectionOptions;
};

export const NO_TLS: Tls = {
  channels: ['plain'],
  isRequired: false,
  isDirect: false,
  checksName: false,
  sendsName: false,
  options: () => ({}),
};

const CHANNELS: Record<string, readonly Channel[]> = {
  disable: ['plain'],
  allow: ['plain', 'tls'],
  prefer: ['tls', 'plain'],
};

type Environment = Record<string, string | undefined>;

/**
 * What the ssl... parameters ask for, by libpq's rules; a file that was named and cannot be read is refused,
 * where libpq goes on without it. Throws a UserError (exit 2).
 */
export function tlsFrom(given: Conninfo, source: string, env: Environment): Tls {
  const refuse = (fault: string, hint?: string): UserError =>
    new UserError(`${source}: ${fault}`, EXIT.usage, hint);
  const rootFile = given.get('sslrootcert') || undefined;
  const isSystem = rootFile === 'system';
  const mode = given.get('sslmode') || (isSystem ? 'verify-full' : 'prefer');
  if (isSystem && mode !== 'verify-full') {
    throw refuse(`sslmode=${mode} is too weak for sslrootcert=system, which needs verify-full`);
  }
  const isRequired = CHANNELS[mode] === undefined;
  const isDirect = given.get('sslnegotiation') === 'direct';
  if (isDirect && !isRequired) {
    throw refuse(
      `sslmode=${mode} is too weak for sslnegotiation=direct, which needs require, verify-ca or verify-full`,
    );
  }
  if (mode === 'disable') return NO_TLS;

  const read = (file: string, name: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      throw refuse(`cannot read the ${name} file ${file}`);
    }
  };
  /** The file that was named, else that in the user's directory, if there is one. */
  const find = (name: string, usual: string): string | undefined => {
    const named = given.get(name);
    if (named) return named;
    const file = process.platform === 'win32' ? userFile(env, usual) : userFile(env, '.postgresql', usual);
    return existsSync(file) ? file : undefined;
  };

  const root = isSystem ? undefined : find('sslrootcert', 'root.crt');
  if (mode.startsWith('verify') && !isSystem && root === undefined) {
    throw refuse(
      `sslmode=${mode} needs the certificate of an authority, and there is none in ~/.postgresql/root.crt`,
      'Name a file with sslrootcert, or use sslmode=verify-full&sslrootcert=system for the authorities of this machine.',
    );
  }
  const checksChain = mode !== 'no-verify' && (isSystem || root !== undefined);
  const options: ConnectionOptions = { rejectUnauthorized: checksChain };
  if (checksChain) options.ca = root === undefined ? systemAuthorities(env) : read(root, 'sslrootcert');

  const lists = checksChain ? revocationLists(given, find('sslcrl', 'root.crl'), read, refuse) : [];
  if (lists.length > 0) options.crl = lists;

  const certificate = given.get('sslcertmode') === 'disable' ? undefined : find('sslcert', 'postgresql.crt');
  if (certificate !== undefined) {
    const key = find('sslkey', 'postgresql.key');
    if (key === undefined)
      throw refuse(`there is the certificate ${certificate}, and no key: name it with sslkey`);
    options.cert = read(certificate, 'sslcert');
    options.key = read(key, 'sslkey');
    if (isOpenToOthers(key))
      throw refuse(`others may read the sslkey file ${key}: it needs mode 0600 or less`);
    if (given.get('sslpassword')) options.passphrase = given.get('sslpassword');
  }
  options.minVersion = (given.get('ssl_min_protocol_version') || 'TLSv1.2') as SecureVersion;
  const most = given.get('ssl_max_protocol_version');
  if (most) {
    options.maxVersion = most as SecureVersion;
    if (most < options.minVersion) {
      throw refuse(
        `ssl_min_protocol_version ${options.minVersion} is above ssl_max_protocol_version ${most}`,
      );
    }
  }
  try {
    tls.createSecureContext(options);
  } catch (error) {
    throw refuse(
      `the certificate, key or list for TLS cannot be used (${(error as { code?: string }).code ?? 'not readable'})`,
      'Check sslrootcert, sslcert, sslkey, sslpassword and sslcrl, and the files in ~/.postgresql.',
    );
  }
  return {
    channels: CHANNELS[mode] ?? ['tls'],
    isRequired,
    isDirect,
    checksName: mode === 'verify-full',
    sendsName: given.get('sslsni') !== '0',
    options: () => options,
  };
}

function revocationLists(
  given: Conninfo,
  file: string | undefined,
  read: (file: string, name: string) => string,
  refuse: (fault: string) => UserError,
): string[] {
  const directory = given.get('sslcrldir');
  const lists = file === undefined || (directory && !given.get('sslcrl')) ? [] : [read(file, 'sslcrl')];
  if (!directory) return lists;
  let names: string[];
  try {
    names = readdirSync(directory).sort();
  } catch {
    throw refuse(`cannot read the sslcrldir directory ${directory}`);
  }
  return [...lists, ...names.map((it) => read(path.join(directory, it), 'sslcrldir'))];
}

/** As libpq: a key of root may be read by its group. */
function isOpenToOthers(file: string): boolean {
  if (process.platform === 'win32') return false;
  const { mode, uid } = statSync(file);
  return (mode & (uid === 0 ? 0o037 : 0o077)) !== 0;
}

/** Where systems keep the authorities that OpenSSL trusts. */
const AUTHORITIES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The authorities of this machine; those that Node carries where there is no such file. */
function systemAuthorities(env: Environment): string | string[] {
  const file = [env.SSL_CERT_FILE, ...AUTHORITIES].find((it) => it && existsSync(it));
  return file === undefined ? [...tls.rootCertificates] : readFileSync(file, 'utf8');
}
