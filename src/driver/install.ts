import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { migrate } from 'postgres-migrations';
import { EXIT, UserError } from '../errors.ts';
import { errorCode } from './database/connect.ts';
import { type FunctionFile, functionFiles, SQL_DIR } from './database/function-files.ts';
import { asTyped } from './invocation.ts';
import { explainSqlError } from './sql-errors.ts';

const INSTALL_LOCK = 7_246_113_001;

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
 */
export async function install(client: pg.Client, named?: string): Promise<Installed> {
  if (await isRunner(client)) {
    await requireThisVersion(client);
    return { migrations: [], functionsLoaded: false };
  }
  await checkDatabase(client, named);
  await client.query('create schema if not exists aquaseed').catch((error: unknown) => {
    throw mapMigrationError(error);
  });
  await client.query('set search_path = aquaseed, pg_temp');
  const done = await migrate({ client }, path.join(SQL_DIR, 'migrations')).catch((error: unknown) => {
    throw mapMigrationError(error);
  });
  await client.query('set search_path = pg_catalog, pg_temp');
  const functionsLoaded = await loadFunctions(client);
  return { migrations: done.map((it) => it.name), functionsLoaded };
}

/** Refuses a database that is not ours to write to, as sql/install.sql does. */
export async function checkDatabase(client: pg.Client, named?: string): Promise<void> {
  await client.query(`select set_config('aquaseed.database', $1, false)`, [named ?? '']);
  await client.query(installText('list_objects') + installText('check_database')).catch((error: unknown) => {
    throw explainSqlError(error);
  });
}

/** An object of a database, as sql/install/list_objects.sql describes it. */
export interface DatabaseObject {
  id: string;
  parents: string[];
  kind: string;
  name: string;
  definition: string | null;
  inherited: boolean;
}

/** Everything in the database that initdb did not make. Writes nothing. */
export async function listObjects(client: pg.Client): Promise<DatabaseObject[]> {
  await client.query(installText('list_objects'));
  const { rows } = await client.query<{ objects: DatabaseObject[] }>('execute aquaseed_list_objects');
  await client.query('deallocate aquaseed_list_objects');
  return rows[0]?.objects ?? [];
}

function installText(name: string): string {
  return readFileSync(path.join(SQL_DIR, 'install', `${name}.sql`), 'utf8');
}

/** Whether the role does not own the schema that is there, so that it may generate at most. */
async function isRunner(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_catalog.pg_namespace as n
     where n.nspname = 'aquaseed' and not pg_catalog.pg_has_role(n.nspowner, 'USAGE')`,
  );
  return rows.length > 0;
}

async function requireThisVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ functions_digest: string | null; migrations: number }>(
    `select o.functions_digest, (select max(m.id) from aquaseed.migrations m)::int as migrations
     from aquaseed.ownership o`,
  );
  const last = Math.max(
    ...readdirSync(path.join(SQL_DIR, 'migrations')).map((it) => Number.parseInt(it, 10)),
  );
  const [found] = rows;
  // psql does not note which functions it loaded.
  const isSame =
    found?.functions_digest === null || found?.functions_digest === functionsDigest(functionFiles());
  if (found?.migrations === last && isSame) return;
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
  await client.query('begin');
  try {
    await client.query('select pg_catalog.pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    const { rows } = await client.query<{ functions_digest: string | null }>(
      'select functions_digest from aquaseed.ownership',
    );
    const isLoaded = rows[0]?.functions_digest === digest;
    if (!isLoaded) {
      for (const { file, text } of files) {
        await client.query(text).catch((error: unknown) => {
          throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
        });
      }
      await client.query('select aquaseed.protect_entry_points()');
      await client.query('update aquaseed.ownership set functions_digest = $1', [digest]);
    }
    await client.query('commit');
    return !isLoaded;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
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
