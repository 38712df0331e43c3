import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { DatabasePool } from 'slonik';
import type { Configuration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import type { Schedule } from '../../planner/index.ts';
import { isThisVersion } from '../database/install.ts';
import { inParallel } from '../database/parallel.ts';
import { DEFAULT_RETRIES } from '../database/retry.ts';
import { requireInstalled, requireRun, type Session, withSession } from '../database/session.ts';
import { explainSqlError } from '../database/sql-errors.ts';
import { asTyped, TOOL_VERSION } from '../invocation.ts';
import { printData, printText } from '../output/output.ts';
import {
  createReporter,
  formatCount,
  formatSeconds,
  type LogFormat,
  type Reporter,
} from '../output/progress.ts';
import { configurationFor } from '../prepare/configuration.ts';
import { type Prepared, prepare } from '../prepare/prepare.ts';
import { scheduleUpTo } from '../prepare/up-to.ts';
import { onStopSignal } from '../signals.ts';
import { scheduleDigest } from '../stages/load.ts';
import { type RunEnd, runStages } from '../stages/run.ts';
import { formatSummary } from '../stages/verify.ts';
import {
  type Advance,
  advanceAtOnce,
  beginAdvance,
  countKeptRows,
  emitLive,
  listLiveBatches,
  type Run,
  resumeRun,
} from '../statements/run.ts';
import { readRows } from '../statements/status.ts';
import { endOfHistory, now, today } from '../today.ts';
import { config, dateText, examples, type Finish, option, SCHEDULE, withWorkers } from './_options.ts';

const ADVANCE_HELP = `
Adds the days up to a later end of history to what generate has made, in seconds and in place, while people work with
the database. Afterwards every table is as if it had been generated up to that day. With the schedule of the run, batches
begin as refresh plans them on (plan --extend); without it, those of the run go on alone. Rows that people added stay,
and so does a state, such as that of a batch, that somebody has changed: it is counted and left alone. Another
configuration or version is refused: then refresh. What was interrupted is continued by the same command.

  aquaseed advance
  aquaseed advance guide-144 --to 2026-01-31
  aquaseed advance guide-144 --every 10m
`;

export function addAdvance(program: Command, finish: Finish): void {
  withWorkers(program.command('advance'))
    .description('add the days up to a later end of history to a generated database')
    .argument('[schedule]', `${SCHEDULE}: that of the run; the batches that begin later follow from it`)
    .addOption(option('--to <date>', 'new end of history; today (UTC) by default', dateOrToday))
    .addOption(
      option(
        '--every <time>',
        'stay, and do it again after so long (10m, 30s, 1h), with the readings of today up to now; Ctrl-C ends it',
        interval,
      ).conflicts(['to', 'atomic', 'verify']),
    )
    .addOption(option('--atomic', 'in one transaction, so that nobody sees batches at different days'))
    .addOption(option('--verify', 'run the checks afterwards'))
    .addOption(config())
    .addHelpText('after', examples(ADVANCE_HELP))
    .action(async (file, options) => finish(await advance(file, options)));
}

/** Milliseconds of a time such as 10m. */
function interval(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,4})([smh])$/.exec(text) ?? [];
  const milliseconds = Number(number) * ({ s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? 0);
  if (milliseconds <= 0) throw new InvalidArgumentError('It must be a time like 10m, 30s or 1h.');
  return milliseconds;
}

const dateOrToday = (text: string): string => (text === 'today' ? today() : dateText(text));

interface AdvanceOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  workers?: number | undefined;
  to?: string | undefined;
  /** Milliseconds from one time to the next; undefined: once. */
  every?: number | undefined;
  atomic?: boolean | undefined;
  verify?: boolean | undefined;
  config?: string | undefined;
  logFormat?: LogFormat | undefined;
  json?: boolean | undefined;
}

/** `advance`: moves the end of history of a finished run to a later day. Exit code 1 when a unit or check fails. */
async function advance(file: string | undefined, options: AdvanceOptions): Promise<ExitCode> {
  const reporter = createReporter(options.logFormat ?? 'text');
  const workers = options.workers ?? Math.max(1, os.availableParallelism());
  return await withSession(
    { ...options, connections: 2 * workers + 2, log: (line) => reporter.line(line) },
    async (session) => {
      await requireInstalled(session);
      const pool = await session.openPool(workers);
      const job = { file, options, session, pool, reporter, workers };
      return options.every === undefined ? await once(job) : await live(job, options.every);
    },
  );
}

interface Job {
  file: string | undefined;
  options: AdvanceOptions;
  session: Session;
  pool: DatabasePool;
  reporter: Reporter;
  workers: number;
}

/** One advance, to the day that is asked for. */
async function once(job: Job): Promise<ExitCode> {
  const { options, session } = job;
  const to = options.to ?? today();
  const planned = await planTo(job, to);
  if (planned.isThere) {
    return told(`history of ${session.target.display} ends on ${to} already: nothing to add`, options);
  }
  return await advanceTo(job, to, planned);
}

/** An advance to each new day, and the readings of today up to now, until the user ends it. */
async function live(job: Job, every: number): Promise<ExitCode> {
  const { pool, reporter, workers } = job;
  const ended = new AbortController();
  const ignoreSignals = onStopSignal(() => ended.abort());
  try {
    let day = '';
    let run = 0;
    while (!ended.signal.aborted) {
      const moment = now();
      const date = moment.toISOString().slice(0, 10);
      // What a day needs is read and planned when it begins.
      if (date !== day) {
        const planned = await planTo(job, date);
        const code = planned.isThere ? EXIT.done : await advanceTo(job, date, planned);
        if (code !== EXIT.done) return code;
        day = date;
        run = planned.run.run_id;
      }
      let added = 0;
      await inParallel(await listLiveBatches(pool), workers, async (batch) => {
        if (ended.signal.aborted) return;
        // Added to when it has come: the sum may have grown by then.
        const readings = await emitLive(pool, run, { batch, now: moment });
        added += readings;
      });
      reporter.line(`${moment.toISOString().slice(0, 16)}Z: ${formatCount(added)} readings`);
      await sleep(every, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    return EXIT.done;
  } finally {
    ignoreSignals();
  }
}

/** What an advance to a day needs. */
interface Planned {
  run: Run;
  configuration: Configuration;
  /** The schedule up to that day, where one was named. */
  schedule: Schedule | undefined;
  /** Whether history ends on that day already. */
  isThere: boolean;
}

/** @throws UserError where there is no run, or one that cannot go on with this configuration or version */
async function planTo({ file, options, session, pool }: Job, to: string): Promise<Planned> {
  const run = await requireRun(session, pool);
  const given = { config: options.config, profile: run.profiles };
  const { schedule, configuration } =
    file === undefined
      ? { schedule: undefined, configuration: configurationFor(given) }
      : scheduleUpTo(file, to, given);
  await requireSame(run, configuration.digest, session);
  return { run, configuration, schedule, isThere: run.as_of === to && run.state === 'done' };
}

async function advanceTo(job: Job, to: string, planned: Planned): Promise<ExitCode> {
  const { file = '', options, session, pool, reporter, workers } = job;
  const { run, configuration, schedule } = planned;
  reporter.line(`${endOfHistory(to, options.to !== undefined)}; ${session.where} ends on ${run.as_of}`);
  const step: Advance = {
    to,
    extension: schedule && extensionOf(file, prepare(schedule, file, configuration, { asOf: to })),
  };
  if (options.atomic) return await atOnce(pool, step, options);
  const before = await countRows(pool, run.run_id);
  const hint = `continue with: ${asTyped(`advance --to ${to}`)} and the same database`;
  const ended = await runStages({
    ...{ session, reporter, configuration, workers, hint, retries: DEFAULT_RETRIES },
    verify: options.verify === true,
    open: (stages) => open(stages, run, step, reporter),
  });
  if (ended === undefined) return EXIT.interrupted;
  return report(ended, { to, before, hint, kept: await countKeptRows(pool) }, options, reporter);
}

/** @throws UserError (exit 2) when other rows would follow than those that are there */
async function requireSame(run: Run, configDigest: string, { target, client }: Session): Promise<void> {
  const isSame = run.tool_version === TOOL_VERSION && (await isThisVersion(client));
  if (run.config_digest === configDigest && isSame) return;
  const other = isSame
    ? 'another configuration'
    : run.tool_version === TOOL_VERSION
      ? `other functions of version ${TOOL_VERSION}`
      : `another version (${run.tool_version}; this is ${TOOL_VERSION})`;
  throw new UserError(
    `${target.display} was generated with ${other}: its history cannot go on with this one`,
    EXIT.usage,
    `Build it anew: ${asTyped('refresh <schedule>')}`,
  );
}

function extensionOf(file: string, { schedule, predicted }: Prepared): Advance['extension'] {
  return {
    schedule: JSON.stringify(schedule),
    name: file,
    digest: scheduleDigest(schedule),
    predicted: JSON.stringify(predicted),
  };
}

/** Begins the advance, or goes on with the one that was begun. */
async function open(
  pool: DatabasePool,
  run: Run,
  step: Advance,
  reporter: Reporter,
): Promise<{ run: number; wasDone: boolean }> {
  if (run.advanced_from !== null) {
    if (run.as_of !== step.to) {
      throw new UserError(
        `An advance to ${run.as_of} was begun and is not complete`,
        EXIT.usage,
        `First: ${asTyped(`advance --to ${run.as_of}`)}`,
      );
    }
    reporter.line(`Going on: ${await resumeRun(pool, run.run_id)} units to do`);
  } else {
    await beginAdvance(pool, run.run_id, step).catch((error: unknown) => {
      throw explainSqlError(error);
    });
  }
  // What is there has been frozen.
  return { run: run.run_id, wasDone: true };
}

async function countRows(pool: DatabasePool, run: number): Promise<number> {
  return total(await readRows(pool, run));
}

function total(numbers: Readonly<Record<string, number>>): number {
  return Object.values(numbers).reduce((sum, n) => sum + n, 0);
}

/** All of it in one transaction, which takes the lock of the run. */
async function atOnce(pool: DatabasePool, step: Advance, options: AdvanceOptions): Promise<ExitCode> {
  const begun = performance.now();
  const rows = await pool
    .transaction((connection) => advanceAtOnce(connection, step))
    .catch((error: unknown) => {
      throw explainSqlError(error);
    });
  const kept = await countKeptRows(pool);
  const took = formatSeconds((performance.now() - begun) / 1000);
  const text = `history ends on ${step.to}: ${formatCount(rows)} rows more in ${took}${leftAlone(kept)}`;
  return told(text, options, { to: step.to, rows, kept });
}

function leftAlone(kept: number): string {
  return kept === 0
    ? ''
    : `; ${formatCount(kept)} rows were changed by others and left alone (aquaseed.kept_row)`;
}

function report(
  { result, checks }: RunEnd,
  { to, before, hint, kept }: { to: string; before: number; hint: string; kept: number },
  options: AdvanceOptions,
  reporter: Reporter,
): ExitCode {
  for (const { stage, unit, error } of result.failures) reporter.line(`FAILED ${stage} ${unit}: ${error}`);
  if (result.state === 'failed') reporter.line(`The advance is not complete; ${hint}`);
  const rows = total(result.rows) - before;
  if (checks !== undefined && options.json !== true) printText(formatSummary(checks));
  const took = formatSeconds(total(result.seconds));
  const text = `history ends on ${to}: ${formatCount(rows)} rows more in ${took}${leftAlone(kept)}`;
  told(text, options, { ...result, to, rows, kept });
  return result.state === 'done' && (result.failed_checks ?? 0) === 0 ? EXIT.done : EXIT.failed;
}

function told(text: string, { json }: AdvanceOptions, result: object = { rows: 0 }): ExitCode {
  if (json) printData(`${JSON.stringify(result)}\n`);
  else printText(`${text}\n`);
  return EXIT.done;
}
