import { sql } from 'slonik';
import { z } from 'zod';
import { type Connection, count } from './connection.ts';

const tableSchema = z.object({ table_name: z.string() }).strict();

/** The tables that a checksum covers. */
export async function checksumTables(connection: Connection): Promise<readonly string[]> {
  return await connection.anyFirst(sql.type(tableSchema)`select table_name from aquaseed.checksum_tables()`);
}

/** The tables that a checksum by name covers: those that a run fills. */
export async function checksumByNameTables(connection: Connection): Promise<readonly string[]> {
  return await connection.anyFirst(
    sql.type(tableSchema)`select table_name from aquaseed.checksum_by_name_tables()`,
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

/** The same of a table that a run fills, with natural keys for references to master data. */
export async function checksumTableByName(connection: Connection, table: string): Promise<TableChecksum> {
  return await connection.one(
    sql.type(checksumSchema)`select rows, digest from aquaseed.checksum_table_by_name(p_table => ${table})`,
  );
}
