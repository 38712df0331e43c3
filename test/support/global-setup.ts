import { randomBytes } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { compileDriver } from './compile.ts';
import { makeRunDirectory } from './run-directory.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Names of this run's databases begin with it. */
    testRun: string;
    /** Home of the embedded server that this run shares; made at its first use. */
    testHome: string;
    /** The program, compiled: a script for node. */
    testDriver: string;
  }
}

/**
 * Prepares one server for the whole test run. The server itself starts when the first test asks for a
 * database, so that runs without SQL tests do not wait for it. At the end it is stopped and removed, with every
 * temporary file, and so is what earlier runs left that were killed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { directory, remove } = await makeRunDirectory();
  const run = `aqt${randomBytes(3).toString('hex')}`;
  project.provide('testHome', path.join(directory, 'home'));
  project.provide('testRun', run);
  project.provide('testDriver', await compileDriver(path.join(directory, 'driver')));
  return async () => {
    if (process.env.TEST_DATABASE_URL) await dropRun(process.env.TEST_DATABASE_URL, run);
    await remove();
  };
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
