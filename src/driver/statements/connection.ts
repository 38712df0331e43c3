import type pg from 'pg';
import type { CommonQueryMethods } from 'slonik';
import { z } from 'zod';

/**
 * This room is the only one with text of SQL: every statement that the driver sends, and what it is put together from.
 * Functions of schema aquaseed are called with named arguments; a test compares them with pg_proc.
 */

/** A pool, or one of its connections: results are checked against their schema. */
export type Connection = CommonQueryMethods;
/** A plain connection, for what has no schema yet and for statements with names in them. */
export type Client = Pick<pg.Client, 'query'>;

/** A count, which may come as a bigint. */
export const count = z.union([z.number(), z.bigint()]).transform(Number);

/** Sends commands one after the other. */
export async function runAll(client: Client, commands: readonly string[]): Promise<void> {
  for (const command of commands) await client.query(command);
}
