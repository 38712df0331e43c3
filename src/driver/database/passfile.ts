import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { say } from '../output/output.ts';

type Environment = Record<string, string | undefined>;

/** A file of the user's own, where libpq looks for it. */
export function userFile(env: Environment, ...names: string[]): string {
  if (process.platform === 'win32') return path.join(env.APPDATA ?? os.homedir(), 'postgresql', ...names);
  return path.join(env.HOME || os.homedir(), ...names);
}

/** Where the password file is when nothing names one. */
export function defaultPassfile(env: Environment): string {
  return process.platform === 'win32' ? userFile(env, 'pgpass.conf') : userFile(env, '.pgpass');
}

/** Directories of Unix sockets that builds of PostgreSQL have as their default. */
export const SOCKET_DIRECTORIES = ['/var/run/postgresql', '/run/postgresql', '/tmp'];

/**
 * The password of the first line of a password file that fits, by the rules of libpq: `*` for anything, `\:` and
 * `\\`, `localhost` for a socket in the default directory, and no file that others may read.
 * @param wanted host is the name as it was given, the address where no name was
 */
export function passwordFromFile(
  file: string,
  wanted: { host: string; port: number; database: string; user: string },
): string | undefined {
  let text: string;
  try {
    const { mode } = statSync(file);
    const fault = faultOf(mode);
    if (fault !== undefined) {
      warnOnce(`warning: password file ${file} ${fault}: it is not used`);
      return undefined;
    }
    text = readFileSync(file, 'utf8');
  } catch {
    // libpq goes on without a file that cannot be opened.
    return undefined;
  }
  const { host, port, database, user } = wanted;
  const isDefaultSocket = SOCKET_DIRECTORIES.includes(host.replace(/\/+$/, ''));
  for (const line of text.split('\n')) {
    const entry = line.replace(/\r+$/, '');
    if (entry === '' || entry.startsWith('#')) continue;
    const fields = splitFields(entry);
    if (fields === undefined) continue;
    const [forHost, forPort, forDatabase, forUser, password] = fields;
    const fits = (field: string, value: string): boolean => field === '*' || unescaped(field) === value;
    if (!fits(forHost, host) && !(isDefaultSocket && fits(forHost, 'localhost'))) continue;
    if (!fits(forPort, String(port)) || !fits(forDatabase, database) || !fits(forUser, user)) continue;
    return unescaped(password) || undefined;
  }
  return undefined;
}

function faultOf(mode: number): string | undefined {
  // Windows has no such bits.
  if (process.platform === 'win32') return undefined;
  if ((mode & 0o170000) !== 0o100000) return 'is not a plain file';
  return (mode & 0o077) === 0 ? undefined : 'may be read by others, and needs mode 0600 or less';
}

type Fields = [host: string, port: string, database: string, user: string, password: string];

/** Five fields with their escapes, or undefined where there are fewer; what follows the fifth does not count. */
function splitFields(line: string): Fields | undefined {
  const match =
    /^((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):((?:\\.|[^:])*)/s.exec(line);
  return match === null ? undefined : (match.slice(1, 6) as Fields);
}

function unescaped(field: string): string {
  return field.replace(/\\(.)/gs, '$1');
}

const warned = new Set<string>();

function warnOnce(line: string): void {
  if (warned.has(line)) return;
  warned.add(line);
  say(line);
}
