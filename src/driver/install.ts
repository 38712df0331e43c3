import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { migrate } from 'postgres-migrations';
import { EXIT, UserError } from '../errors.ts';
import { errorCode } from './database/connect.ts';

const SQL_DIR = fileURLToPath(new URL('../../sql/', import.meta.url));
const INSTALL_LOCK = 7_246_113_001;

/** What an installation did. */
export interface Installed {
  /** Names of the migrations that were run now. */
  migrations: string[];
  /** Whether the functions were loaded anew. */
  functionsLoaded: boolean;
}

/**
 * Creates or upgrades the schema and loads the functions. Refuses a database that is neither empty nor ours
 * (UserError, exit 3), before anything is written.
 * @param client a connection of its own: its search_path is changed, since postgres-migrations keeps its
 *   table wherever that points
 */
export async function install(client: pg.Client): Promise<Installed> {
  await refuseForeignDatabase(client);
  await client.query('create schema if not exists aquaseed');
  await client.query('set search_path = aquaseed');
  const done = await migrate({ client }, path.join(SQL_DIR, 'migrations')).catch((error: unknown) => {
    throw mapMigrationError(error);
  });
  await client.query('reset search_path');
  const functionsLoaded = await loadFunctions(client);
  return { migrations: done.map((it) => it.name), functionsLoaded };
}

/**
 * A database is written to only when it is empty or carries our marker.
 */
async function refuseForeignDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ marked: boolean; relations: number; database: string }>(`
    select pg_catalog.to_regclass('aquaseed.ownership') is not null as marked,
           (select count(*)::int from pg_catalog.pg_class as c
             where c.relnamespace = pg_catalog.to_regnamespace('public') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
               and not exists (select from pg_catalog.pg_depend as d
                                where d.objid = c.oid and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'e'))
             as relations,
           current_database()::text as database`);
  const found = rows[0];
  if (found !== undefined && !found.marked && found.relations > 0) {
    throw new UserError(
      `Database "${found.database}" is not empty and was not made by aquaseed (${found.relations} tables, views or sequences in schema public): nothing was written`,
      EXIT.database,
      'Give an empty database: create one with createdb, or name another with --database.',
    );
  }
}

/** The files of functions in their order, as psql would load them. */
function functionFiles(): string[] {
  const list = path.join(SQL_DIR, 'functions', 'install.sql');
  return readFileSync(list, 'utf8')
    .split('\n')
    .flatMap((line) => /^\\ir (\S+)$/.exec(line)?.[1] ?? [])
    .map((file) => path.resolve(path.dirname(list), file));
}

/** Loads all functions in one transaction, unless exactly these are loaded already. */
async function loadFunctions(client: pg.Client): Promise<boolean> {
  const files = functionFiles().map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const hash = createHash('sha256');
  for (const { text } of files) hash.update(text);
  const digest = hash.digest('hex');
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
          throw new Error(`${path.relative(SQL_DIR, file)}: ${(error as Error).message}`, { cause: error });
        });
      }
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
