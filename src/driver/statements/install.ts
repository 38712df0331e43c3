import type { Client } from './connection.ts';

/** What an installation reads and writes besides the files of sql/. */

/** Whether the role does not own the schema that is there, so that it may generate at most. */
export async function isRunner(client: Client): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_catalog.pg_namespace as n
     where n.nspname = 'aquaseed' and not pg_catalog.pg_has_role(n.nspowner, 'USAGE')`,
  );
  return rows.length > 0;
}

/** The version that is installed. Psql does not note which functions it loaded. */
export async function readVersion(
  client: Client,
): Promise<{ functions_digest: string | null; migrations: number } | undefined> {
  const { rows } = await client.query<{ functions_digest: string | null; migrations: number }>(
    `select o.functions_digest, (select max(m.id) from aquaseed.migrations m)::int as migrations
     from aquaseed.ownership o`,
  );
  return rows[0];
}

/** Pins the settings of the functions that others may call, once all are there. */
export async function protectEntryPoints(client: Client): Promise<void> {
  await client.query(`select aquaseed.protect_entry_points()`);
}

/** Notes which functions are loaded. */
export async function noteFunctions(client: Client, digest: string): Promise<void> {
  await client.query(`update aquaseed.ownership set functions_digest = $1`, [digest]);
}

export async function createSchema(client: Client): Promise<void> {
  await client.query(`create schema if not exists aquaseed`);
}

/** Where new objects without a schema are made, which is how postgres-migrations places its table. */
export async function placeObjectsIn(client: Client, schema: 'aquaseed' | 'pg_catalog'): Promise<void> {
  await client.query(`set search_path = ${schema}, pg_temp`);
}

/** The name of the database as the user gave it, for check_database.sql. */
export async function nameDatabase(client: Client, named: string | undefined): Promise<void> {
  await client.query(`select pg_catalog.set_config('aquaseed.database', $1, false)`, [named ?? '']);
}

/** Whether AquaMind's own database is to be adopted, and values of its columns, for check_adoption.sql. */
export async function requestAdoption(
  client: Client,
  mode: '' | 'partitioned' | 'plain',
  columns: string,
): Promise<void> {
  await client.query(
    `select pg_catalog.set_config('aquaseed.adopt', $1, false),
            pg_catalog.set_config('aquaseed.column_values', $2, false)`,
    [mode, columns],
  );
}

/** Drops what a look left prepared that ended with a refusal. */
export async function forgetPrepared(client: Client): Promise<void> {
  await client.query(`deallocate all`);
}

/** Takes over AquaMind's own database, which was looked at. */
export async function adopt(client: Client, mode: 'partitioned' | 'plain', columns: string): Promise<void> {
  await client.query(`select aquaseed.adopt(p_mode => $1, p_values => $2::jsonb)`, [mode, columns]);
}

/** Puts AquaMind's own tables back in their places and drops schema aquaseed. */
export async function unadopt(client: Client): Promise<void> {
  await client.query(`select aquaseed.unadopt()`);
  await client.query(`drop schema aquaseed cascade`);
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
export async function listObjects(client: Client, script: string): Promise<DatabaseObject[]> {
  await client.query(script);
  const { rows } = await client.query<{ objects: DatabaseObject[] }>(`execute aquaseed_list_objects`);
  await client.query(`deallocate aquaseed_list_objects`);
  return rows[0]?.objects ?? [];
}
