import { sql } from 'slonik';
import { z } from 'zod';
import { type Client, type Connection, count } from './connection.ts';

const madeTableSchema = z
  .object({ table_name: z.string(), rows_made: count, rows_found: count, strangers: count })
  .strict();
export type MadeTable = z.output<typeof madeTableSchema>;

/** What wipe would delete, and rows that are in its way. */
export async function readMadeTables(connection: Connection, run: number): Promise<readonly MadeTable[]> {
  return await connection.any(sql.type(madeTableSchema)`
    select table_name, rows_made, rows_found, strangers from aquaseed.list_made_tables(p_run_id => ${run})`);
}

/** Deletes what the run made, over the connection that holds the run lock. Gives the rows per table. */
export async function wipeRun(client: Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ table_name: string; rows: number }>(
    `select table_name, rows from aquaseed.wipe(p_confirm => 'DELETE')`,
  );
  return Object.fromEntries(rows.map((row) => [row.table_name, Number(row.rows)]));
}

/** Whether the role owns the schema, or may do what its owner may. */
export async function ownsSchema(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ owner: boolean }>(
    `select pg_catalog.pg_has_role(n.nspowner, 'USAGE') as owner from pg_catalog.pg_namespace as n
     where n.nspname = 'aquaseed'`,
  );
  return rows[0]?.owner === true;
}

/** Whether this is AquaMind's own database. */
export async function isAdopted(connection: Connection): Promise<boolean> {
  return await connection.oneFirst(
    sql.type(z.object({ is_adopted: z.boolean() }).strict())`select aquaseed.is_adopted()`,
  );
}
