import os from 'node:os';
import path from 'node:path';
import { EXIT, UserError } from '../../../errors.ts';
import { isInstalled, PACKAGE_ROOT } from '../../invocation.ts';

type Environment = Record<string, string | undefined>;

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
