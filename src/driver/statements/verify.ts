import { sql } from 'slonik';
import { z } from 'zod';
import { type Connection, count } from './connection.ts';

/** The checks and their results. */

/**
 * Loads the ranges of the checks (config/checks.yaml as JSON). A role that does not own the schema is refused (AQ012)
 * unless these are the ones that are loaded.
 */
export async function loadCheckBounds(connection: Connection, checks: string): Promise<void> {
  await connection.query(sql.unsafe`select aquaseed.load_check_bounds(p_checks => ${checks}::jsonb)`);
}

/** Names of the check functions, in order. */
export async function listChecks(connection: Connection): Promise<readonly string[]> {
  return await connection.anyFirst(
    sql.type(
      z.object({ function_name: z.string() }).strict(),
    )`select function_name from aquaseed.list_checks()`,
  );
}

/** Runs one check and notes its results. Gives the number of its metrics. */
export async function runCheck(connection: Connection, run: number, name: string): Promise<number> {
  return await connection.oneFirst(
    sql.type(z.object({ metrics: count }).strict())`
      select count(*) as metrics from aquaseed.run_check(p_run_id => ${run}, p_function => ${name})`,
  );
}

const checkSchema = z
  .object({
    id: z.string(),
    group: z.string(),
    name: z.string(),
    measured: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    pass: z.boolean().nullable(),
    standard_error: z.number().nullable(),
    units: z.number().int().nullable(),
    /** What the units are; null for an exact metric. */
    unit: z.string().nullable(),
    /** The range that was judged by: widened by the sampling error. */
    judged_low: z.number().nullable(),
    judged_high: z.number().nullable(),
    detail: z.string(),
  })
  .strict();
export type Check = z.output<typeof checkSchema>;

/** The results of the last verification, in order; pass is null where there was not enough data to judge. */
export async function readChecks(connection: Connection, run: number): Promise<readonly Check[]> {
  return await connection.any(sql.type(checkSchema)`
    select p.id, p.check_group as group, p.name, p.measured, p.low, p.high, r.pass, p.standard_error, p.units, p.unit,
           p.judged_low, p.judged_high, p.detail
    from aquaseed.check_report as p
    join aquaseed.check_result as r on r.run_id = p.run_id and r.id = p.id
    where p.run_id = ${run}
    order by p.line`);
}
