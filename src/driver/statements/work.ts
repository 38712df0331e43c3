import { sql } from 'slonik';
import { z } from 'zod';
import type { Connection } from './connection.ts';

/** One unit of work after the other. */

const rowCounts = z.record(z.string(), z.number());

const unitSchema = z
  .object({
    unit: z.string(),
    phase: z.number(),
    /** retry: it met a deadlock or the like and is to be done once more. */
    state: z.enum(['done', 'failed', 'retry']),
    rows: rowCounts.nullable(),
    milliseconds: z.number(),
    error: z.string().nullable(),
  })
  .strict();
export type Unit = z.output<typeof unitSchema>;

/** Does the next unit of a stage in one transaction; null when none is left. */
export async function workNext(
  connection: Connection,
  run: number,
  stage: string,
  worker: number,
  workers: number,
): Promise<Unit | null> {
  return await connection.maybeOne(
    sql.type(unitSchema)`
      select * from aquaseed.work_next(
        p_run_id => ${run}, p_stage => ${stage}, p_worker => ${worker}, p_workers => ${workers})`,
  );
}

/** Notes how long a stage took (seconds), for reports. */
export async function noteSeconds(
  connection: Connection,
  run: number,
  stage: string,
  seconds: number,
): Promise<void> {
  await connection.query(sql.unsafe`
    select aquaseed.note_seconds(p_run_id => ${run}, p_stage => ${stage}, p_seconds => ${seconds})`);
}

/** The commands that tidy up after the last stage: they cannot run inside a function. */
export async function listVacuumCommands(connection: Connection): Promise<readonly string[]> {
  return await connection.anyFirst(
    sql.type(z.object({ command: z.string() }).strict())`select command from aquaseed.list_vacuum_commands()`,
  );
}

/** The process id of the session, to cancel it by. */
export async function backendPid(connection: Connection): Promise<number> {
  return await connection.oneFirst(
    sql.type(z.object({ pid: z.number() }).strict())`select pg_backend_pid() as pid`,
  );
}

/** Cancels what a session is doing; its transaction rolls back. */
export async function cancelBackend(connection: Connection, pid: number): Promise<void> {
  await connection.query(sql.unsafe`select pg_catalog.pg_cancel_backend(${pid})`);
}
