import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EXIT, UserError } from '../../../errors.ts';
import { isInstalled, PACKAGE_ROOT } from '../../invocation.ts';
import { isRoot, serverUser, succeedsAs } from './system-user.ts';

type Environment = Record<string, string | undefined>;

/** Where root keeps what the user that the server runs as must reach. */
export const SHARED = '/var/lib/aquaseed';

/** The files of one embedded server. */
export type Place = {
  home: string;
  data: string;
  log: string;
  /** Names the server that is to stay when nobody uses it. */
  persistent: string;
  /** Where an earlier version kept the password. */
  oldPassword: string;
};

/** The files of the server of a home that was chosen, else of the default one. */
export function placeOf(chosen?: string): Place {
  const given = canonical(path.resolve(chosen ?? defaultHome()));
  const isChosen = chosen !== undefined || Boolean(process.env.AQUASEED_HOME);
  const home = isRoot() ? homeAsRoot(given, isChosen) : given;
  return {
    home,
    data: path.join(home, 'postgres'),
    log: path.join(home, 'postgres.log'),
    persistent: path.join(home, 'persistent'),
    oldPassword: path.join(given, 'password'),
  };
}

/** The one name of a directory, also before it is made. */
function canonical(directory: string): string {
  if (existsSync(directory)) return realpathSync(directory);
  return path.join(canonical(path.dirname(directory)), path.basename(directory));
}

/**
 * Where root keeps data: where it is already, else in a home that was chosen and that the user of the server can enter,
 * else in a directory below /var/lib that stands for the home.
 */
export function homeAsRoot(home: string, isChosen: boolean): string {
  const holdsData = (directory: string): boolean => existsSync(path.join(directory, 'postgres'));
  const shared = path.join(SHARED, createHash('sha256').update(home).digest('hex').slice(0, 16));
  if (holdsData(shared)) return shared;
  return holdsData(home) || (isChosen && canBeEntered(home)) ? home : shared;
}

function canBeEntered(home: string): boolean {
  let directory = home;
  // What is not there yet is made so that everybody can enter it.
  while (!existsSync(directory)) directory = path.dirname(directory);
  // Below a file nothing can be made: that is said when it is tried.
  if (!statSync(directory).isDirectory()) return true;
  return succeedsAs(serverUser(path.join(home, 'postgres')), '/bin/sh', ['-c', 'cd "$1"', 'sh', directory]);
}

/** Makes the directory where there is none; one that root makes can be entered by everybody, whatever the umask. */
export function makeHome(home: string): void {
  const first = mkdirSync(home, { recursive: true });
  if (first === undefined || !isRoot()) return;
  for (let made = home; made.startsWith(first); made = path.dirname(made)) chmodSync(made, 0o755);
}

/** The text of a file, or undefined where there is none. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (/^(ENOENT|ENOTDIR|ESRCH)$/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Gives a finished directory its name, unless another command was faster. */
export function giveName(draft: string, directory: string): void {
  try {
    renameSync(draft, directory);
  } catch (error) {
    const isThere = existsSync(directory);
    rmSync(draft, { recursive: true, force: true });
    if (!isThere) throw error;
  }
}

/**
 * Where the embedded server keeps its files: `AQUASEED_HOME`, else `.aquaseed` in a checkout, else the data
 * directory of the user, which `npm ci` and the removal of a project leave alone.
 * @throws UserError (exit 3) when the user has no home directory
 */
export function defaultHome(
  env: Environment = process.env,
  root: string = PACKAGE_ROOT,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.AQUASEED_HOME) return path.resolve(env.AQUASEED_HOME);
  if (!isInstalled(root)) return path.join(root, '.aquaseed');
  return path.join(dataDirectory(env, platform), 'aquaseed');
}

/** As the package env-paths has it, which cannot be loaded by a user without a home directory. */
function dataDirectory(env: Environment, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env.LOCALAPPDATA || path.join(homeDirectory(env), 'AppData', 'Local');
  if (platform === 'darwin') return path.join(homeDirectory(env), 'Library', 'Application Support');
  // A path that is not absolute is to be ignored, says the specification.
  const given = env.XDG_DATA_HOME ?? '';
  return path.isAbsolute(given) ? given : path.join(homeDirectory(env), '.local', 'share');
}

function homeDirectory(env: Environment): string {
  let home: string | undefined = env.HOME;
  try {
    // Of the list of users where HOME is not set.
    home ||= os.userInfo().homedir;
  } catch {
    // This user is not in the list.
  }
  if (home !== undefined && path.isAbsolute(home)) return home;
  throw new UserError(
    'There is no home directory to keep the files of the embedded server in (HOME is not set)',
    EXIT.database,
    'Set AQUASEED_HOME to a directory of your own, or name a server with --database-url.',
  );
}
