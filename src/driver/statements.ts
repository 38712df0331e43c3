import type pg from 'pg';
import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { Configuration } from '../config/index.ts';
import { type ReportTable, type ReportTables, reportRows } from '../report/data.ts';

/**
 * Every statement that the driver sends to a generated database, and nothing else. Each calls one function
 * or reads one view of schema aquaseed; a test compares the calls with pg_proc. The results are checked
 * against their schema by the pool.
 */

type Connection = CommonQueryMethods;

const count = z.union([z.number(), z.bigint()]).transform(Number);
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
    sql.type(unitSchema)`select * from aquaseed.work_next(${run}, ${stage}, ${worker}, ${workers})`,
  );
}

const runSchema = z
  .object({
    run_id: z.number(),
    state: z.enum(['running', 'done', 'failed']),
    seed: count,
    as_of: z.string(),
    schedule_name: z.string(),
    schedule_digest: z.string(),
    config_digest: z.string(),
    tool_version: z.string(),
    profiles: z.array(z.string()),
    started_at: z.string(),
    finished_at: z.string().nullable(),
  })
  .strict();
export type Run = z.output<typeof runSchema>;

/** The run of this database, or null when nothing was generated yet. */
export async function readRun(connection: Connection): Promise<Run | null> {
  return await connection.maybeOne(sql.type(runSchema)`
    select run_id, state, seed, as_of, schedule_name, schedule_digest, config_digest, tool_version,
           profiles, started_at, finished_at
    from aquaseed.run`);
}

export interface NewRun {
  seed: number;
  asOf: string;
  /** The schedule as JSON. */
  schedule: string;
  scheduleName: string;
  scheduleDigest: string;
  configDigest: string;
  toolVersion: string;
  /** Rows per table that the plan predicts, as JSON. */
  predicted: string;
}

/** Loads the schedule, makes the leaves and lists the units. Gives the run's id. */
export async function createRun(connection: Connection, run: NewRun): Promise<number> {
  return await connection.oneFirst(sql.type(z.object({ create_run: z.number() }).strict())`
    select aquaseed.create_run(${run.seed}, ${run.asOf}::date, ${run.schedule}::jsonb, ${run.scheduleName},
      ${run.scheduleDigest}, ${run.configDigest}, ${run.toolVersion}, ${run.predicted}::jsonb)`);
}

/** Makes failed units pending again. Gives the number of units that are still to do. */
export async function resumeRun(connection: Connection, run: number): Promise<number> {
  return await connection.oneFirst(
    sql.type(z.object({ resume_run: count }).strict())`select aquaseed.resume_run(${run})`,
  );
}

export interface Reassimilation {
  /** Names of batches; null for all. */
  batches: readonly string[] | null;
  /** First and last day to compute, YYYY-MM-DD; null for the first or last there is. */
  from: string | null;
  to: string | null;
}

/** Makes batches of a finished run pending again for the stage assimilate. Gives their number. */
export async function reopenAssimilation(
  connection: Connection,
  run: number,
  { batches: names, from, to }: Reassimilation,
): Promise<number> {
  const batches = names === null ? null : sql.array([...names], 'text');
  return await connection.oneFirst(
    sql.type(
      z.object({ reopen_assimilation: count }).strict(),
    )`select aquaseed.reopen_assimilation(${run}, ${batches}, ${from}::date, ${to}::date)`,
  );
}

const madeTableSchema = z
  .object({ table_name: z.string(), rows_made: count, rows_found: count, strangers: count })
  .strict();
export type MadeTable = z.output<typeof madeTableSchema>;

/** What wipe would delete, and rows that are in its way. */
export async function readMadeTables(connection: Connection, run: number): Promise<readonly MadeTable[]> {
  return await connection.any(sql.type(madeTableSchema)`
    select table_name, rows_made, rows_found, strangers from aquaseed.list_made_tables(${run})`);
}

/** The name in the marker of this database, or undefined where there is none. */
export async function readMarker(client: pg.Client): Promise<string | undefined> {
  const { rows: found } = await client.query<{ marked: boolean }>(
    `select pg_catalog.to_regclass('aquaseed.ownership') is not null as marked`,
  );
  if (found[0]?.marked !== true) return undefined;
  // A table of somebody else's may have this name.
  const { rows } = await client.query<{ name: string | null }>(
    `select to_jsonb(o) ->> 'database_name' as name from aquaseed.ownership o limit 1`,
  );
  return rows[0]?.name ?? undefined;
}

/** Whether this database has the tables of a run. */
export async function isInstalled(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ installed: boolean }>(
    `select pg_catalog.to_regclass('aquaseed.made_table') is not null as installed`,
  );
  return rows[0]?.installed === true;
}

/** The leaves of the run by the id that list_objects.sql gives them: partitions, or about to become ones. */
export async function readLeaves(
  client: pg.Client,
): Promise<Map<string, { name: string; attached: boolean }>> {
  const { rows } = await client.query<{ id: string; name: string; attached: boolean }>(`
    select concat_ws('/', 'pg_catalog.pg_class'::regclass::oid, c.oid, 0) as id, c.relname::text as name,
           i.inhrelid is not null as attached
    from aquaseed.generated_table g
    cross join lateral (
      select g.table_name || '_s' || lpad(s.slice::text, 3, '0') from aquaseed.slice s
      union all
      select g.table_name || '_app'
    ) l(name)
    join pg_catalog.pg_class c on c.relname = l.name and c.relnamespace = 'public'::regnamespace
    left join pg_catalog.pg_inherits i
      on i.inhrelid = c.oid and i.inhparent = to_regclass(format('public.%I', g.table_name))
    where g.partitioned
      and (i.inhrelid is not null
           or not c.relispartition and exists (select from aquaseed.run r where r.state <> 'done'))`);
  return new Map(rows.map(({ id, ...leaf }) => [id, leaf]));
}

/** Rows of schema public that neither the run nor the configuration made. A version that cannot tell says so. */
export async function readStrangers(client: pg.Client): Promise<{ table_name: string; strangers: number }[]> {
  const { rows: found } = await client.query<{ able: boolean }>(
    `select pg_catalog.to_regprocedure('aquaseed.list_strangers()') is not null as able`,
  );
  if (found[0]?.able !== true) {
    return [
      { table_name: 'tables that an earlier version of aquaseed filled, which cannot tell', strangers: 0 },
    ];
  }
  const { rows } = await client.query<{ table_name: string; strangers: number }>(
    'select table_name, strangers::float8 as strangers from aquaseed.list_strangers()',
  );
  return rows;
}

/** Deletes what the run made, over the connection that holds the run lock. Gives the rows per table. */
export async function wipeRun(client: pg.Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ table_name: string; rows: number }>(
    "select table_name, rows from aquaseed.wipe('DELETE')",
  );
  return Object.fromEntries(rows.map((row) => [row.table_name, Number(row.rows)]));
}

/** Closes a run. Gives its state. */
export async function finishRun(connection: Connection, run: number): Promise<'done' | 'failed'> {
  return await connection.oneFirst(
    sql.type(
      z.object({ finish_run: z.enum(['done', 'failed']) }).strict(),
    )`select aquaseed.finish_run(${run})`,
  );
}

/** Notes how long a stage took (seconds), for reports. */
export async function noteSeconds(
  connection: Connection,
  run: number,
  stage: string,
  seconds: number,
): Promise<void> {
  await connection.query(sql.unsafe`select aquaseed.note_seconds(${run}, ${stage}, ${seconds})`);
}

/**
 * Loads infrastructure, master data and settings; repeatable. A role that does not own the schema is refused
 * (AQ012) unless this configuration is the one that is loaded.
 */
export async function loadConfigurationTables(
  connection: Connection,
  configuration: Pick<
    Configuration,
    'farm' | 'masterData' | 'biology' | 'climate' | 'health' | 'incidents' | 'digest'
  >,
): Promise<void> {
  const [farm, master, biology, climate, health, incidents] = [
    configuration.farm,
    configuration.masterData,
    configuration.biology,
    configuration.climate,
    configuration.health,
    configuration.incidents,
  ].map((it) => JSON.stringify(it)) as [string, string, string, string, string, string];
  await connection.query(
    sql.unsafe`select aquaseed.load_configuration(${farm}::jsonb, ${master}::jsonb, ${biology}::jsonb, ${climate}::jsonb,
      ${health}::jsonb, ${incidents}::jsonb, ${configuration.digest})`,
  );
}

/** The commands that tidy up after the last stage: they cannot run inside a function. */
export async function listVacuumCommands(connection: Connection): Promise<readonly string[]> {
  return await connection.anyFirst(
    sql.type(z.object({ command: z.string() }).strict())`select command from aquaseed.list_vacuum_commands()`,
  );
}

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
      select table_name, rows from aquaseed.generated_rows(${run})`,
  );
  return Object.fromEntries(rows.map((row) => [row.table_name, row.rows]));
}

/** Rows per second of a run, all stages together; null when it notes no seconds. */
export async function readRate(connection: Connection, run: number): Promise<number | null> {
  return await connection.maybeOneFirst(
    sql.type(z.object({ rate: z.number().nullable() }).strict())`
      select (select sum(g.rows)::double precision from aquaseed.generated_rows(${run}) g)
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

/** The advisory lock that a generate holds on its database while it works. */
export const RUN_LOCK = 7_246_113_002;

/** Whether a generate is working on this database right now. */
export async function isWorkedOn(connection: Connection): Promise<boolean> {
  return await connection.oneFirst(sql.type(z.object({ locked: z.boolean() }).strict())`
    select exists (
      select from pg_catalog.pg_locks as l
      join pg_catalog.pg_database as d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and l.granted
        and (l.classid::bigint << 32 | l.objid::bigint) = ${RUN_LOCK}
    ) as locked`);
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

/**
 * Loads the ranges of the checks (config/checks.yaml as JSON). A role that does not own the schema is refused (AQ012)
 * unless these are the ones that are loaded.
 */
export async function loadCheckBounds(connection: Connection, checks: string): Promise<void> {
  await connection.query(sql.unsafe`select aquaseed.load_check_bounds(${checks}::jsonb)`);
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
      select count(*) as metrics from aquaseed.run_check(${run}, ${name})`,
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
    sql.type(checksumSchema)`select rows, digest from aquaseed.checksum_table(${table})`,
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

/** What a report shows, one function a table. */
const REPORT_STATEMENTS = {
  batches: (it: Connection) => it.any(sql.type(reportRows.batches)`select * from aquaseed.report_batches()`),
  weeks: (it: Connection) => it.any(sql.type(reportRows.weeks)`select * from aquaseed.report_weeks()`),
  projections: (it: Connection) =>
    it.any(sql.type(reportRows.projections)`select * from aquaseed.report_projections()`),
  mortality: (it: Connection) =>
    it.any(sql.type(reportRows.mortality)`select * from aquaseed.report_mortality()`),
  temperatures: (it: Connection) =>
    it.any(sql.type(reportRows.temperatures)`select * from aquaseed.report_temperatures()`),
  water: (it: Connection) => it.any(sql.type(reportRows.water)`select * from aquaseed.report_water()`),
  feed: (it: Connection) => it.any(sql.type(reportRows.feed)`select * from aquaseed.report_feed()`),
  fcr: (it: Connection) => it.any(sql.type(reportRows.fcr)`select * from aquaseed.report_fcr()`),
  stock: (it: Connection) => it.any(sql.type(reportRows.stock)`select * from aquaseed.report_stock()`),
  lice: (it: Connection) => it.any(sql.type(reportRows.lice)`select * from aquaseed.report_lice()`),
  treatments: (it: Connection) =>
    it.any(sql.type(reportRows.treatments)`select * from aquaseed.report_treatments()`),
  harvest: (it: Connection) => it.any(sql.type(reportRows.harvest)`select * from aquaseed.report_harvest()`),
  stays: (it: Connection) => it.any(sql.type(reportRows.stays)`select * from aquaseed.report_stays()`),
  occupancy: (it: Connection) =>
    it.any(sql.type(reportRows.occupancy)`select * from aquaseed.report_occupancy()`),
} as const;

export const REPORT_TABLES = Object.keys(REPORT_STATEMENTS) as ReportTable[];

/** One table of a report. */
export async function readReportTable<T extends ReportTable>(
  connection: Connection,
  table: T,
): Promise<ReportTables[T]> {
  const read: (from: Connection) => Promise<readonly unknown[]> = REPORT_STATEMENTS[table];
  return (await read(connection)) as ReportTables[T];
}
