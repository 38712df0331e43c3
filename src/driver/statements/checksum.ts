import { sql } from 'slonik';
import { z } from 'zod';
import { type Connection, count } from './connection.ts';

/** The tables that a checksum covers. */
export async function checksumTables(connection: Connection): Promise<readonly string[]> {
  return await connection.anyFirst(
    sql.type(
      z.object({ table_name: z.string() }).strict(),
    )`select table_name from aquaseed.checksum_tables()`,
  );
}

const checksumSchema = z.object({ rows: count, digest: z.string() }).strict();
export type TableChecksum = z.output<typeof checksumSchema>;

/** Rows and digest of one table, independent of the order of its rows. */
export async function checksumTable(connection: Connection, table: string): Promise<TableChecksum> {
  return await connection.one(
    sql.type(checksumSchema)`select rows, digest from aquaseed.checksum_table(p_table => ${table})`,
  );
}
