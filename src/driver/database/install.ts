import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { migrate } from 'postgres-migrations';
import { EXIT, UserError } from '../../errors.ts';
import { asTyped } from '../invocation.ts';
import {
  adopt,
  createSchema,
  type DatabaseObject,
  forgetPrepared,
  isRunner,
  nameDatabase,
  noteFunctions,
  placeObjectsIn,
  protectEntryPoints,
  listObjects as readObjects,
  readVersion,
  requestAdoption,
} from '../statements/install.ts';
import { lockInstallation } from '../statements/locks.ts';
import { inTransaction } from '../statements/transaction.ts';
import { errorCode } from './explain.ts';
import { type FunctionFile, functionFiles, SQL_DIR } from './function-files.ts';
import { explainSqlError } from './sql-errors.ts';

/** How a database that AquaMind's own migrations made is taken over. */
export interface Adoption {
  /** Whether its large tables are partitioned or stay as they are. */
  mode: 'partitioned' | 'plain';
  /** Values of columns that the generator does not know, of config/aquamind.yaml. */
  columns: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What an installation did. */
export interface Installed {
  /** Names of the migrations that were run now. */
  migrations: string[];
  /** Whether the functions were loaded anew. */
  functionsLoaded: boolean;
}

/**
 * Creates or upgrades the schema and loads the functions. Refuses a database that is neither empty nor ours, and
 * a copy that was not named (UserError, exit 3), before anything is written. For a role that may only generate
 * it looks whether the owner has installed this version.
 * @param client a connection of its own: its search_path is changed, since postgres-migrations keeps its
 *   table wherever that points
 * @param named the database as the user named it
 * @param adoption where AquaMind's own database is taken over; undefined for a database of our own, and where it
 *   was adopted before
 */
export async function install(client: pg.Client, named?: string, adoption?: Adoption): Promise<Installed> {
  if (await isRunner(client)) {
    await requireThisVersion(client);
    return { migrations: [], functionsLoaded: false };
  }
  await checkDatabase(client, named, adoption);
  await createSchema(client).catch((error: unknown) => {
    throw mapMigrationError(error);
  });
  await placeObjectsIn(client, 'aquaseed');
  const done = await migrate({ client }, path.join(SQL_DIR, 'migrations')).catch((error: unknown) => {
    throw mapMigrationError(error);
  });
  await placeObjectsIn(client, 'pg_catalog');
  const functionsLoaded = await loadFunctions(client);
  if (adoption !== undefined) {
    await adopt(client, adoption.mode, JSON.stringify(adoption.columns)).catch((error: unknown) => {
      throw explainSqlError(error);
    });
  }
  return { migrations: done.map((it) => it.name), functionsLoaded };
}

/** Refuses a database that is not ours to write to, as sql/install.sql does. */
export async function checkDatabase(client: pg.Client, named?: string, adoption?: Adoption): Promise<void> {
  await nameDatabase(client, named);
  await requestAdoption(client, adoption?.mode ?? '', JSON.stringify(adoption?.columns ?? {}));
  const files = ['aquamind_tables', 'list_objects', 'check_database', 'check_adoption'];
  await client.query(files.map(installText).join('')).catch(async (error: unknown) => {
    await forgetPrepared(client);
    throw explainSqlError(error);
  });
}

/** Everything in the database that initdb did not make. Writes nothing. */
export async function listObjects(client: pg.Client): Promise<DatabaseObject[]> {
  return await readObjects(client, installText('list_objects'));
}

function installText(name: string): string {
  return readFileSync(path.join(SQL_DIR, 'install', `${name}.sql`), 'utf8');
}

/** Whether exactly this version is installed: all migrations, and these functions. */
export async function isThisVersion(client: pg.Client): Promise<boolean> {
  const found = await readVersion(client);
  const last = Math.max(
    ...readdirSync(path.join(SQL_DIR, 'migrations')).map((it) => Number.parseInt(it, 10)),
  );
  // psql does not note which functions it loaded.
  const isSame =
    found?.functions_digest === null || found?.functions_digest === functionsDigest(functionFiles());
  return found?.migrations === last && isSame;
}

async function requireThisVersion(client: pg.Client): Promise<void> {
  if (await isThisVersion(client)) return;
  throw new UserError(
    'The schema is of another version of aquaseed, and this role may not change it',
    EXIT.database,
    `Let its owner run: ${asTyped('migrate')}`,
  );
}

function functionsDigest(files: readonly FunctionFile[]): string {
  const hash = createHash('sha256');
  for (const { text } of files) hash.update(text);
  return hash.digest('hex');
}

/** Loads all functions in one transaction, unless exactly these are loaded already. */
async function loadFunctions(client: pg.Client): Promise<boolean> {
  const files = functionFiles();
  const digest = functionsDigest(files);
  return await inTransaction(client, async () => {
    await lockInstallation(client);
    if ((await readVersion(client))?.functions_digest === digest) return false;
    for (const { file, text } of files) {
      await client.query(text).catch((error: unknown) => {
        throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
      });
    }
    await protectEntryPoints(client);
    await noteFunctions(client, digest);
    return true;
  });
}

function mapMigrationError(error: unknown): unknown {
  if (errorCode(error) === '42501') {
    return new UserError(
      `The role may not create the schema: ${(error as Error).message}`,
      EXIT.database,
      'Connect as the owner of the database.',
    );
  }
  if (error instanceof Error && /Hashes don't match|migration/i.test(error.message)) {
    return new UserError(
      `The schema cannot be upgraded: ${error.message}`,
      EXIT.database,
      'This database was made by another version of aquaseed: generate into a new one.',
    );
  }
  return error;
}
