import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { isAlive, processIdentity } from '../../src/driver/database/embedded/process.ts';
import { removeEmbedded } from '../../src/driver/database/embedded.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Names of this run's databases begin with it. */
    testRun: string;
    /** Home of the embedded server that this run shares; made at its first use. */
    testHome: string;
  }
}

const HOME = /^aquaseed-test-(\d+-[0-9A-Za-z]+)$/;

/**
 * Prepares one server for the whole test run. The server itself starts when the first test asks for a
 * database, so that runs without SQL tests do not wait for it. At the end it is stopped and removed, and
 * so are the servers of earlier runs that were killed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeDeadRuns();
  const home = path.join(os.tmpdir(), `aquaseed-test-${processIdentity(process.pid)}`);
  const run = `aqt${randomBytes(3).toString('hex')}`;
  // Open to everybody: as root the server runs as another user, who has to reach it.
  mkdirSync(home, { recursive: true, mode: 0o755 });
  project.provide('testHome', home);
  project.provide('testRun', run);
  return async () => {
    if (process.env.TEST_DATABASE_URL) await dropRun(process.env.TEST_DATABASE_URL, run);
    await removeEmbedded({ home });
  };
}

async function removeDeadRuns(): Promise<void> {
  for (const name of readdirSync(os.tmpdir())) {
    const owner = HOME.exec(name)?.[1];
    if (owner === undefined || isAlive(owner)) continue;
    const home = path.join(os.tmpdir(), name);
    // Another run may be removing it at the same moment, or it is another user's.
    await removeEmbedded({ home }).catch(() => undefined);
    if (existsSync(home)) continue;
  }
}

/** Drops what this run left behind on a server that is not ours. */
async function dropRun(url: string, run: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query<{ name: string }>(
      'select datname::text as name from pg_catalog.pg_database where starts_with(datname, $1)',
      [`${run}_`],
    );
    for (const { name } of found.rows) {
      const identifier = pg.escapeIdentifier(name);
      await client.query(`alter database ${identifier} is_template false`);
      await client.query(`drop database if exists ${identifier} with (force)`);
    }
  } finally {
    await client.end();
  }
}
