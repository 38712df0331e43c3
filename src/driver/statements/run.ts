import { sql } from 'slonik';
import { z } from 'zod';
import type { Configuration } from '../../config/index.ts';
import { type Connection, count } from './connection.ts';

/** The run of a database: its configuration, its beginning and its end. */

/**
 * Loads infrastructure, master data and settings; repeatable. A role that does not own the schema is refused
 * (AQ012) unless this configuration is the one that is loaded.
 */
export async function loadConfigurationTables(
  connection: Connection,
  configuration: Pick<
    Configuration,
    'farm' | 'masterData' | 'biology' | 'climate' | 'health' | 'incidents' | 'work' | 'digest'
  >,
): Promise<void> {
  const { farm, masterData, biology, climate, health, incidents, work, digest } = configuration;
  await connection.query(
    sql.unsafe`select aquaseed.load_configuration(
      p_farm => ${JSON.stringify(farm)}::jsonb, p_master => ${JSON.stringify(masterData)}::jsonb,
      p_biology => ${JSON.stringify(biology)}::jsonb, p_climate => ${JSON.stringify(climate)}::jsonb,
      p_health => ${JSON.stringify(health)}::jsonb, p_incidents => ${JSON.stringify(incidents)}::jsonb,
      p_work => ${JSON.stringify(work)}::jsonb,
      p_digest => ${digest})`,
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
    owner: z.string(),
    advanced_from: z.string().nullable(),
  })
  .strict();
export type Run = z.output<typeof runSchema>;

/** The run of this database, or null when nothing was generated yet. */
export async function readRun(connection: Connection): Promise<Run | null> {
  return await connection.maybeOne(sql.type(runSchema)`
    select run_id, state, seed, as_of, schedule_name, schedule_digest, config_digest, tool_version,
           profiles, started_at, finished_at, owner, advanced_from
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
  /** The user who owns the scenarios; undefined: as the database finds one. */
  owner: string | undefined;
}

/** Loads the schedule, makes the leaves and lists the units. Gives the run's id. */
export async function createRun(connection: Connection, run: NewRun): Promise<number> {
  return await connection.oneFirst(sql.type(z.object({ create_run: z.number() }).strict())`
    select aquaseed.create_run(
      p_seed => ${run.seed}, p_as_of => ${run.asOf}::date, p_schedule => ${run.schedule}::jsonb,
      p_schedule_name => ${run.scheduleName}, p_schedule_digest => ${run.scheduleDigest},
      p_config_digest => ${run.configDigest}, p_tool_version => ${run.toolVersion},
      p_predicted => ${run.predicted}::jsonb, p_owner => ${run.owner ?? ''})`);
}

/** Makes failed units pending again. Gives the number of units that are still to do. */
export async function resumeRun(connection: Connection, run: number): Promise<number> {
  return await connection.oneFirst(
    sql.type(z.object({ resume_run: count }).strict())`select aquaseed.resume_run(p_run_id => ${run})`,
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
    sql.type(z.object({ reopen_assimilation: count }).strict())`
      select aquaseed.reopen_assimilation(
        p_run_id => ${run}, p_batches => ${batches}, p_from => ${from}::date, p_to => ${to}::date)`,
  );
}

/** Closes a run. Gives its state. */
export async function finishRun(connection: Connection, run: number): Promise<'done' | 'failed'> {
  return await connection.oneFirst(
    sql.type(
      z.object({ finish_run: z.enum(['done', 'failed']) }).strict(),
    )`select aquaseed.finish_run(p_run_id => ${run})`,
  );
}

export interface Advance {
  /** The new end of history, YYYY-MM-DD. */
  to: string;
  /** The extended schedule; undefined: the batches that there are go on. */
  extension: { schedule: string; name: string; digest: string; predicted: string } | undefined;
}

/** Moves the end of history of a finished run. Gives the number of units to do. */
export async function beginAdvance(
  connection: Connection,
  run: number,
  { to, extension }: Advance,
): Promise<number> {
  return await connection.oneFirst(
    sql.type(z.object({ begin_advance: count }).strict())`
      select aquaseed.begin_advance(
        p_run_id => ${run}, p_to => ${to}::date, p_schedule => ${extension?.schedule ?? null}::jsonb,
        p_schedule_name => ${extension?.name ?? null}::text,
        p_schedule_digest => ${extension?.digest ?? null}::text,
        p_predicted => ${extension?.predicted ?? null}::jsonb)`,
  );
}

/** The same with all of its units, in one transaction. Gives how many rows there are more. */
export async function advanceAtOnce(connection: Connection, { to, extension }: Advance): Promise<number> {
  return await connection.oneFirst(
    sql.type(z.object({ advance: count }).strict())`
      select aquaseed.advance(
        p_to => ${to}::date, p_schedule => ${extension?.schedule ?? null}::jsonb,
        p_schedule_name => ${extension?.name ?? null}::text,
        p_schedule_digest => ${extension?.digest ?? null}::text,
        p_predicted => ${extension?.predicted ?? null}::jsonb)`,
  );
}

/** State rows that an advance left alone, since somebody had changed them. */
export async function countKeptRows(connection: Connection): Promise<number> {
  return await connection.oneFirst(
    sql.type(z.object({ kept: count }).strict())`select count(*) as kept from aquaseed.kept_row`,
  );
}

/** Batches that live on the day on which history ends. */
export async function listLiveBatches(connection: Connection): Promise<readonly number[]> {
  return await connection.anyFirst(
    sql.type(z.object({ batch_no: z.number() }).strict())`
      select batch_no from aquaseed.schedule_batch where days > 0 and days < life_days order by batch_no`,
  );
}

/** Adds the readings of a batch up to a moment of the day on which history ends. Gives how many they are. */
export async function emitLive(
  connection: Connection,
  run: number,
  { batch, now }: { batch: number; now: Date },
): Promise<number> {
  return await connection.oneFirst(
    sql.type(z.object({ emit_live: count }).strict())`
      select aquaseed.emit_live(
        p_run_id => ${run}, p_batch_no => ${batch}, p_now => ${now.toISOString()}::timestamptz)`,
  );
}
