import { spawn } from 'node:child_process';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { getContainerRuntimeClient } from 'testcontainers';

/**
 * `npm run test:matrix [file ...]`: the test suite, or some files of it, against the images of PostgreSQL 15 to
 * 18. Says that it skipped where there is no Docker. Exit code 1 when a version failed.
 */

const VERSIONS = [15, 16, 17, 18];

async function hasDocker(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch (error) {
    process.stdout.write(`skipped: no Docker on this machine (${(error as Error).message})\n`);
    return false;
  }
}

/** Runs the suite on a throw-away server of one version. Gives the exit code of vitest. */
async function run(version: number, files: readonly string[]): Promise<number> {
  const container = await new PostgreSqlContainer(`postgres:${version}`)
    .withCommand([
      'postgres',
      '-c',
      'fsync=off',
      '-c',
      'max_connections=200',
      '-c',
      'max_locks_per_transaction=256',
    ])
    .start();
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn('npx', ['vitest', 'run', ...files], {
        stdio: 'inherit',
        env: { ...process.env, TEST_DATABASE_URL: container.getConnectionUri() },
      });
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
  } finally {
    await container.stop();
  }
}

if (await hasDocker()) {
  const failed: number[] = [];
  for (const version of VERSIONS) {
    process.stdout.write(`PostgreSQL ${version}\n`);
    if ((await run(version, process.argv.slice(2))) !== 0) failed.push(version);
  }
  process.stdout.write(
    failed.length === 0
      ? `passed on PostgreSQL ${VERSIONS.join(', ')}\n`
      : `FAILED on PostgreSQL ${failed.join(', ')}\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}
