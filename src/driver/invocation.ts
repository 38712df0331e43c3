import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the user started this program: every hint names the commands as they were typed. */

/** The root of the checkout or of the installed package. */
export const PACKAGE_ROOT = path.resolve(fileURLToPath(new URL('../../', import.meta.url)));

/** Version of the package. */
export const TOOL_VERSION: string = (
  JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }
).version;

/** Whether a package manager put this package there; else it is a checkout. */
export function isInstalled(root: string = PACKAGE_ROOT): boolean {
  return root.split(path.sep).includes('node_modules');
}

/** What `programAsTyped` looks at. */
export interface Start {
  /** The script that node runs, process.argv[1]: not resolved, so that a link of a package manager is seen. */
  script: string | undefined;
  env: Record<string, string | undefined>;
  cwd: string;
  root: string;
}

/** The words before a command, such as `npx aquaseed`. */
export function programAsTyped({ script, env, cwd, root }: Start): string {
  const real = script === undefined ? undefined : realPath(script);
  const runner = `${RUNNERS[/^\w+/.exec(env.npm_config_user_agent ?? '')?.[0] ?? ''] ?? 'npx'} aquaseed`;
  // Not started from the command line, as in a test.
  if (script === undefined || !real?.startsWith(root + path.sep)) {
    return isInstalled(root) ? runner : 'npx tsx src/driver';
  }
  const byManager = env.npm_lifecycle_event !== undefined || env.npm_command !== undefined;
  // Scripts of npm run in the root of the package, npx where it was typed.
  const from = byManager && env.npm_command !== 'exec' ? (env.INIT_CWD ?? cwd) : cwd;
  if (real.startsWith(path.join(root, 'src') + path.sep)) {
    return `npx tsx ${quoted(asPath(path.join(root, 'src', 'driver'), from))}`;
  }
  if (isOnPath(real, root, env, byManager)) return 'aquaseed';
  if (byManager) return runner;
  const typed = asPath(script, from);
  return script.endsWith('.js')
    ? `node ${quoted(typed)}`
    : quoted(typed.includes(path.sep) ? typed : `./${typed}`);
}

/** How the others call a program of a package that they installed, by the name they go by in the environment. */
const RUNNERS: Record<string, string> = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn', bun: 'bunx' };

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

/** The shorter way to name a file. */
function asPath(file: string, from: string): string {
  const relative = path.relative(from, file);
  return relative.length < file.length ? relative : file;
}

/** Whether the shell finds this program by its name. Package managers put their own directories on the path. */
function isOnPath(real: string, root: string, env: Start['env'], byManager: boolean): boolean {
  const directories = (env.PATH ?? env.Path ?? '').split(path.delimiter);
  return directories.some((it) => {
    if (it === '' || (byManager && it.split(path.sep).includes('node_modules'))) return false;
    if (realPath(path.join(it, 'aquaseed')) === real) return true;
    // On Windows npm writes a script for the shell instead of a link.
    return (
      existsSync(path.join(it, 'aquaseed.cmd')) && root.startsWith(path.join(it, 'node_modules') + path.sep)
    );
  });
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  if (/^[\p{L}\p{N}_./:@%+,=-]+$/u.test(word)) return word;
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command of this program as this user would type it, such as `npx tsx src/driver status --watch`. */
export function asTyped(command: string): string {
  const start = { script: process.argv[1], env: process.env, cwd: process.cwd(), root: PACKAGE_ROOT };
  return [programAsTyped(start), command].filter((it) => it !== '').join(' ');
}
