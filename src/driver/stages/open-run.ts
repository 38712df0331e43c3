import { statfsSync } from 'node:fs';
import type { DatabasePool } from 'slonik';
import { EXIT, UserError } from '../../errors.ts';
import { estimate } from '../../planner/index.ts';
import { type Adoption, install } from '../database/install.ts';
import type { Session } from '../database/session.ts';
import { TOOL_VERSION } from '../invocation.ts';
import { formatCount, type Reporter } from '../output/progress.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { readRun, resumeRun } from '../statements/run.ts';
import { readOwner, readUsernames, unknownUser } from '../statements/users.ts';
import { load, scheduleDigest } from './load.ts';

/** A run of what was prepared, in a database that is open. */
export interface RunJob extends Prepared {
  /** Name of the schedule, such as its file. */
  name: string;
  session: Session;
  reporter: Reporter;
  /** How AquaMind's own database is taken over; undefined for one of our own. */
  adoption?: Adoption | undefined;
  /** The user who owns the scenarios of a new run; undefined: as the database finds one. */
  owner: string | undefined;
  /** Whether a run that was begun is continued. */
  resume: boolean;
}

/** @throws UserError (exit 2) for an owner whom neither the database nor the configuration has; nothing is written */
export async function requireOwner({ owner, session, configuration }: RunJob): Promise<void> {
  if (owner === undefined) return;
  const own = configuration.masterData.users.map((it) => it.username);
  const users = (await readUsernames(session.client)) ?? own;
  if (users.includes(owner) || own.includes(owner)) return;
  throw unknownUser(owner, users);
}

/** Takes the database over or brings its schema up to this version. */
export async function installFor({ session, adoption }: RunJob): Promise<void> {
  await install(session.client, session.named, adoption);
}

/** The run to work on: the one to resume, or a new one. @throws UserError when the two do not fit */
export async function openRun(job: RunJob, pool: DatabasePool): Promise<{ run: number; wasDone: boolean }> {
  const { schedule, configuration, session, predicted } = job;
  const run = await readRun(pool);
  if (run === null) {
    checkSpace(job, predicted);
    const created = await load(pool, {
      schedule,
      scheduleName: job.name,
      asOf: job.asOf,
      configuration,
      predicted,
      toolVersion: TOOL_VERSION,
      owner: job.owner,
    });
    const owner = await readOwner(pool);
    if (owner !== null && !owner.sees_batches) {
      job.reporter.line(
        `notice: ${owner.username} owns the scenarios and sees no batches: no place is allowed to this user`,
      );
    }
    return { run: created, wasDone: false };
  }
  const isSame =
    run.schedule_digest === scheduleDigest(schedule) &&
    run.config_digest === configuration.digest &&
    run.as_of === job.asOf;
  if (!job.resume) {
    throw new UserError(
      `${session.target.display} already holds run ${run.run_id} (${run.schedule_name}, ${run.state}): nothing was written`,
      EXIT.database,
      isSame && run.state !== 'done'
        ? 'Continue it with --resume, or choose another database with --database.'
        : session.embedded
          ? 'Replace it with --replace, or choose another database with --database.'
          : 'Choose an empty database with --database.',
    );
  }
  if (!isSame) {
    throw new UserError(
      `Run ${run.run_id} in ${session.target.display} was begun with another schedule, configuration or as_of (${run.schedule_name} up to ${run.as_of}): it cannot be resumed with these`,
      EXIT.usage,
      run.as_of === job.asOf
        ? 'Resume it with what it was begun with.'
        : `Resume it with what it was begun with, which is --as-of ${run.as_of}.`,
    );
  }
  if (job.owner !== undefined && job.owner !== run.owner) {
    throw new UserError(
      `Run ${run.run_id} in ${session.target.display} was begun with --owner ${run.owner}`,
      EXIT.usage,
      'Resume it with that owner, or without the option.',
    );
  }
  const todo = await resumeRun(pool, run.run_id);
  job.reporter.line(`Resuming run ${run.run_id}: ${todo} units to do`);
  return { run: run.run_id, wasDone: run.state === 'done' };
}

/** Says how much will be written, and refuses what does not fit on the disk of the embedded server. */
function checkSpace({ session, reporter }: RunJob, predicted: Readonly<Record<string, number>>): void {
  const { rows, bytes } = estimate(predicted);
  reporter.line(`About ${formatCount(rows)} rows, ${formatBytes(bytes)}`);
  if (session.embedded === undefined) return;
  const { bavail, bsize } = statfsSync(session.embedded.home);
  requireSpace(bytes, bavail * bsize, session.embedded.home);
}

/** @throws UserError (exit 3) unless so many bytes fit into the free ones */
export function requireSpace(needed: number, free: number, directory: string): void {
  if (needed <= free) return;
  throw new UserError(
    `The run needs about ${formatBytes(needed)}, and ${formatBytes(free)} are free in ${directory}: nothing was written`,
    EXIT.database,
    'Free some space, set AQUASEED_HOME to a directory on another disk, or choose a smaller schedule.',
  );
}

function formatBytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
