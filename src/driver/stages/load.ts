import { createHash } from 'node:crypto';
import type { DatabasePool } from 'slonik';
import type { Configuration } from '../../config/index.ts';
import type { Schedule } from '../../planner/index.ts';
import { createRun, loadConfigurationTables } from '../statements/run.ts';

export interface LoadRequest {
  schedule: Schedule;
  /** Name of the schedule for reports, such as its file. */
  scheduleName: string;
  /** YYYY-MM-DD; rows are generated for dates before it. */
  asOf: string;
  configuration: Configuration;
  /** Rows per table that the plan predicts. */
  predicted: Readonly<Record<string, number>>;
  toolVersion: string;
  /** The user who owns the scenarios; undefined: as the database finds one. */
  owner?: string | undefined;
}

/** Digest of what decides the rows besides the configuration: the schedule's content, not its formatting. */
export function scheduleDigest(schedule: Schedule): string {
  return createHash('sha256').update(JSON.stringify(schedule)).digest('hex');
}

/**
 * Stage load: configuration, master data, schedule, leaves and the list of units, in one transaction.
 * @returns the run's id
 */
export async function load(pool: DatabasePool, request: LoadRequest): Promise<number> {
  const { configuration, schedule } = request;
  return await pool.transaction(async (connection) => {
    await loadConfigurationTables(connection, configuration);
    return await createRun(connection, {
      seed: schedule.metadata.seed,
      asOf: request.asOf,
      schedule: JSON.stringify(schedule),
      scheduleName: request.scheduleName,
      scheduleDigest: scheduleDigest(schedule),
      configDigest: configuration.digest,
      toolVersion: request.toolVersion,
      predicted: JSON.stringify(request.predicted),
      owner: request.owner,
    });
  });
}
