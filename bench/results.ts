import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeWhole } from '../src/planner/index.ts';

/** What was measured, kept in docs/performance.json: one entry a server, size and number of workers. */

const perName = z.record(z.string(), z.number());

const runSchema = z
  .object({
    /** Seconds of the whole command, from the start of its process to its end. */
    wall: z.number(),
    /** Seconds before stage load: start of Node, reading and checking the schedule, schema and functions. */
    start_up: z.number(),
    /** Seconds of the stages, as `generate --json` gives them. */
    seconds: perName,
    /** Bytes of WAL by stage; `load` is everything before the first unit. */
    wal: perName,
    /** Bytes of temporary files by stage, to the second, and how many there were. */
    temp: perName,
    temp_files: z.number(),
    /** Peak resident bytes of the driver's process, and of processes that it started; null where not known. */
    driver_bytes: z.number().nullable(),
    helper_bytes: z.number().nullable(),
    failed_checks: z.number().nullable(),
    /** By stage and phase: from the first unit's start to the last one's end, time with less than two units in work. */
    phases: z.array(
      z.object({
        stage: z.string(),
        /** Null for the stage as a whole. */
        phase: z.number().nullable(),
        task: z.string(),
        units: z.number(),
        window: z.number(),
        busy: z.number(),
        alone: z.number(),
      }),
    ),
  })
  .strict();
export type Run = z.output<typeof runSchema>;

const replaySchema = z
  .object({
    /** Seconds of the stage of the generate just before, and of the same rows by COPY. */
    emit: z.number(),
    copy_before: z.number(),
    copy_within: z.number(),
    seal: z.number(),
    index: z.number(),
    /** Seconds of COPY by table, all workers together. */
    tables: perName,
  })
  .strict();
export type Replay = z.output<typeof replaySchema>;

const profileSchema = z
  .object({
    emit: z.number(),
    functions: z.array(
      z.object({
        name: z.string(),
        calls: z.number(),
        total: z.number(),
        self: z.number(),
        tables: z.array(z.string()),
      }),
    ),
    /** SQL functions without a count, because the planner put their text into the query, or nobody called them. */
    untracked: z.array(z.string()),
  })
  .strict();
export type Profile = z.output<typeof profileSchema>;

const entrySchema = z
  .object({
    server: z.enum(['embedded', 'given']),
    size: z.string(),
    workers: z.number(),
    date: z.string(),
    machine: z.string(),
    versions: z.object({ aquaseed: z.string(), node: z.string(), postgres: z.string() }),
    settings: z.record(z.string(), z.string()),
    batches: z.number(),
    rows: perName,
    /** Rows of all tables, aquaseed's own too, by stage. */
    stage_rows: perName,
    database_bytes: z.number(),
    bytes: z.record(z.string(), z.object({ heap: z.number(), indexes: z.number() })),
    runs: z.array(runSchema),
    floor: z
      .object({ rows: z.number(), file_bytes: z.number(), replays: z.array(replaySchema) })
      .strict()
      .optional(),
    profile: profileSchema.optional(),
  })
  .strict();
export type Entry = z.output<typeof entrySchema>;

const planSchema = z
  .object({
    date: z.string(),
    machine: z.string(),
    node: z.string(),
    batches: z.number(),
    runs: z.array(
      z.object({
        plan: z.number(),
        write: z.number(),
        predict: z.number(),
        command: z.number(),
        driver_bytes: z.number().nullable(),
      }),
    ),
  })
  .strict();
export type PlanEntry = z.output<typeof planSchema>;

const resultsSchema = z.object({ plan: planSchema.optional(), entries: z.array(entrySchema) }).strict();
export type Results = z.output<typeof resultsSchema>;

export function readResults(file: string): Results {
  if (!existsSync(file)) return { entries: [] };
  return resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export function writeResults(file: string, results: Results): void {
  // A line for each entry, so that a new measurement changes its own line only.
  const entries = results.entries.map((it) => JSON.stringify(it)).join(',\n');
  const plan = results.plan === undefined ? '' : `"plan":${JSON.stringify(results.plan)},\n`;
  writeWhole(file, `{${plan}"entries":[\n${entries}\n]}\n`);
}

/** Puts an entry in the place of an earlier one for the same server, size and number of workers. */
export function putEntry(results: Results, entry: Entry): void {
  const isSame = (it: Entry): boolean =>
    it.server === entry.server && it.size === entry.size && it.workers === entry.workers;
  const index = results.entries.findIndex(isSame);
  if (index < 0) results.entries.push(entry);
  else results.entries[index] = entry;
}
