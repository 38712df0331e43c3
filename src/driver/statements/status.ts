import { sql } from 'slonik';
import { z } from 'zod';
import { type Connection, count } from './connection.ts';

/** How far the run of a database is, and what it made. */

const progressSchema = z
  .object({
    stage: z.string(),
    units: count,
    done: count,
    failed: count,
    rows: count,
    seconds: z.number().nullable(),
  })
  .strict();
export type Progress = z.output<typeof progressSchema>;

/** Units and rows per stage. */
export async function readProgress(connection: Connection, run: number): Promise<readonly Progress[]> {
  return await connection.any(sql.type(progressSchema)`
    select stage, units, done, failed, rows, seconds from aquaseed.progress
    where run_id = ${run}
    order by array_position(aquaseed.list_run_stages(), stage)`);
}

const failureSchema = z.object({ stage: z.string(), unit: z.string(), error: z.string() }).strict();
export type Failure = z.output<typeof failureSchema>;

/** The units that failed, with their errors. */
export async function readFailures(connection: Connection, run: number): Promise<readonly Failure[]> {
  return await connection.any(sql.type(failureSchema)`
    select stage, unit, coalesce(error, 'unknown') as error from aquaseed.run_step
    where run_id = ${run} and state = 'failed'
    order by stage, unit_no, unit`);
}

/** Rows per table of AquaMind that the units of a run made. */
export async function readRows(connection: Connection, run: number): Promise<Record<string, number>> {
  const rows = await connection.any(
    sql.type(z.object({ table_name: z.string(), rows: count }).strict())`
      select table_name, rows from aquaseed.generated_rows(p_run_id => ${run})`,
  );
  return Object.fromEntries(rows.map((row) => [row.table_name, row.rows]));
}

/** Rows per second of a run, all stages together; null when it notes no seconds. */
export async function readRate(connection: Connection, run: number): Promise<number | null> {
  return await connection.maybeOneFirst(
    sql.type(z.object({ rate: z.number().nullable() }).strict())`
      select (select sum(g.rows)::double precision from aquaseed.generated_rows(p_run_id => ${run}) g)
             / nullif((select sum(t.value::double precision) from jsonb_each_text(r.seconds) t), 0) as rate
      from aquaseed.run r where r.run_id = ${run}`,
  );
}

/** How many batches have rows, by state. */
export async function readBatches(connection: Connection): Promise<Record<string, number>> {
  const rows = await connection.any(
    sql.type(z.object({ state: z.string(), batches: count }).strict())`
      select status as state, count(*) as batches from public.batch_batch group by status order by status`,
  );
  return Object.fromEntries(rows.map((row) => [row.state, row.batches]));
}

const sessionSchema = z.object({ application_name: z.string(), seconds: z.number().nullable() }).strict();

/** What the sessions of a run do right now: `aquaseed <stage> <unit>` and for how many seconds. */
export async function readSessions(
  connection: Connection,
): Promise<readonly z.output<typeof sessionSchema>[]> {
  return await connection.any(sql.type(sessionSchema)`
    select application_name, extract(epoch from clock_timestamp() - query_start)::double precision as seconds
    from pg_catalog.pg_stat_activity
    where datname = current_database() and application_name like 'aquaseed %' and state = 'active'
    order by application_name`);
}
