import { statfsSync } from 'node:fs';
import os from 'node:os';
import type { Command } from 'commander';
import type { Configuration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { estimate, type Schedule } from '../../planner/index.ts';
import { errorCode, isConnectionLost } from '../database/explain.ts';
import { install } from '../database/install.ts';
import { DEFAULT_RETRIES, type RetryOptions, withRetries } from '../database/retry.ts';
import { RunLock, type Session, withSession } from '../database/session.ts';
import { asTyped, TOOL_VERSION } from '../invocation.ts';
import { logToFiles } from '../output/log-files.ts';
import { printData, printText } from '../output/output.ts';
import {
  createReporter,
  formatCount,
  formatSeconds,
  type LogFormat,
  type Reporter,
} from '../output/progress.ts';
import { type Prepared, prepare, prepareAside } from '../prepare/prepare.ts';
import { load, scheduleDigest } from '../stages/load.ts';
import { tidy } from '../stages/tidy.ts';
import { formatSummary, verify } from '../stages/verify.ts';
import { Interrupt, runStage, STAGES, type StageName, stopOnSignal } from '../stages/work.ts';
import {
  type Check,
  finishRun,
  readBatches,
  readFailures,
  readProgress,
  readRows,
  readRun,
  resumeRun,
} from '../statements.ts';
import { replacing } from '../swap/replace.ts';
import {
  dateText,
  type Finish,
  nameList,
  onGeneration,
  option,
  SCHEDULE,
  withRunChoices,
} from './_options.ts';

export function addGenerate(program: Command, finish: Finish): void {
  const command = onGeneration(program.command('generate'))
    .description('generate a schedule into an empty database')
    .argument('<schedule>', SCHEDULE)
    .addOption(option('--as-of <date>', 'end of history instead of the one of the schedule', dateText))
    .addOption(option('--only <batches>', 'only these batches, with commas between them', nameList));
  withRunChoices(command).action(async (file, options) => finish(await generate(file, options)));
}

export interface GenerateOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  workers?: number | undefined;
  resume?: boolean | undefined;
  /** Drop the database first, where aquaseed made it; only on the embedded server. */
  replace?: boolean | undefined;
  /** The name of a database with things of others that --replace drops all the same. */
  confirm?: string | undefined;
  /** Whether --replace may drop such a database at all; by default it may, if the name is confirmed. */
  replaceOthers?: boolean | undefined;
  /** Use the embedded server whatever the environment says. */
  embedded?: boolean | undefined;
  /** Run the checks after the last stage; on by default. */
  verify?: boolean | undefined;
  asOf?: string | undefined;
  /** The words of the command that is to be repeated to resume; `generate <schedule>` by default. */
  command?: string | undefined;
  /** What resumes the run, where that is not this command with --resume. */
  again?: string | undefined;
  config?: string | undefined;
  /** Profiles instead of those of the schedule. */
  profile?: readonly string[] | undefined;
  logFormat?: LogFormat | undefined;
  /** Directory for one log file per batch. */
  logDir?: string | undefined;
  /** Only these batches; the others of the schedule keep their places and ids, and are left out. */
  only?: readonly string[] | undefined;
  /** How often a lost connection is made again. */
  retries?: number | undefined;
  json?: boolean | undefined;
  /** Takes the result instead of stdout. */
  onResult?: ((result: GenerateResult) => void) | undefined;
}

/** The result of `generate`, printed with --json. */
export interface GenerateResult {
  run: number;
  state: 'done' | 'failed';
  batches: number;
  rows: Record<string, number>;
  seconds: Record<string, number>;
  workers: number;
  database: string;
  failures: { stage: string; unit: string; error: string }[];
  /** Checks that failed, or null when they were not run. */
  failed_checks: number | null;
}

/** `generate <schedule>`: reads and checks the file, then generates it. */
async function generate(file: string, options: GenerateOptions): Promise<ExitCode> {
  return await generatePrepared(await prepareAside(file, options), file, options);
}

/** Generates a schedule into the chosen database, from load to verify. */
export async function generateSchedule(
  schedule: Schedule,
  name: string,
  configuration: Configuration,
  options: GenerateOptions,
): Promise<ExitCode> {
  return await generatePrepared(prepare(schedule, name, configuration, options), name, options);
}

/** Generates what was prepared. */
export async function generatePrepared(
  prepared: Prepared,
  name: string,
  options: GenerateOptions,
): Promise<ExitCode> {
  if (!options.replace && options.confirm !== undefined) {
    throw new UserError('--confirm goes with --replace', EXIT.usage);
  }
  const reporter = chooseReporter(options, prepared.schedule);
  const workers = options.workers ?? Math.max(1, os.availableParallelism());
  return await withSession(
    {
      databaseUrl: options.databaseUrl,
      database: options.database,
      beforehand: options.replace
        ? replacing({
            command: options.command ?? `generate ${name}`,
            others: options.replaceOthers ?? true,
            confirm: options.confirm,
          })
        : undefined,
      embedded: options.embedded,
      connections: 2 * workers + 2,
      log: (line) => reporter.line(line),
    },
    async (session) => {
      reporter.line(`Generating ${name} up to ${prepared.asOf} into ${session.where}, ${workers} workers`);
      for (const warning of prepared.warnings) reporter.line(`WARNING of the plan: ${warning}`);
      return await runAll({ ...prepared, name, options, reporter, session, workers });
    },
  );
}

function chooseReporter({ logFormat, logDir }: GenerateOptions, { batches }: Schedule): Reporter {
  const reporter = createReporter(logFormat ?? 'text');
  if (logDir === undefined) return reporter;
  return logToFiles(
    reporter,
    logDir,
    batches.map((it) => it.batch_id),
  );
}

interface Job extends Prepared {
  name: string;
  options: GenerateOptions;
  reporter: Reporter;
  session: Session;
  workers: number;
}

async function runAll(job: Job): Promise<ExitCode> {
  const { reporter, session, workers } = job;
  const lock = await RunLock.take(session);
  await install(session.client, session.named);
  const pool = await session.openPool(workers + 1);
  const seconds: Record<string, number> = {};
  const interrupt = new Interrupt();
  const ignoreSignals = stopOnSignal(interrupt, pool, reporter);
  const resumeHint = `continue with: ${resumeCommand(job)}`;
  const retry: RetryOptions = {
    retries: job.options.retries ?? DEFAULT_RETRIES,
    log: (line) => reporter.line(line),
    isStopped: () => interrupt.requested,
    before: async () => {
      await lock.ensure();
      await checkEarlierStages();
    },
  };
  let current: { run: number; stage: StageName } | undefined;
  // A server that crashed may have lost its last commits, so that units of an earlier stage are to be done again.
  const checkEarlierStages = async (): Promise<void> => {
    if (current === undefined) return;
    const { run, stage } = current;
    const earlier: readonly string[] = STAGES.slice(0, STAGES.indexOf(stage));
    const progress = await readProgress(pool, run);
    if (progress.some((it) => earlier.includes(it.stage) && it.done < it.units)) throw new LostCommits();
  };
  try {
    const startedAt = performance.now();
    const { run, wasDone } = await openRun(job, pool);
    seconds.load = (performance.now() - startedAt) / 1000;
    let failed = 0;
    for (let index = 0, again = 0; index < STAGES.length; index++) {
      const stage = STAGES[index] as StageName;
      current = { run, stage };
      let result: Awaited<ReturnType<typeof runStage>>;
      try {
        result = await runStage(stage, { pool, run, workers, reporter, interrupt, retry });
      } catch (error) {
        if (!(error instanceof LostCommits) || again >= retry.retries) throw error;
        again += 1;
        index = -1;
        reporter.line('The server lost its last commits: their units are done again');
        continue;
      }
      seconds[stage] = (seconds[stage] ?? 0) + result.seconds;
      failed += result.failed;
      if (interrupt.requested) {
        reporter.line(`Interrupted in stage ${stage}; ${resumeHint}`);
        return EXIT.interrupted;
      }
      if (failed > 0) break;
    }
    if (failed === 0 && !wasDone) {
      seconds.vacuum = await withRetries(retry, () => tidy(pool, session.openClient, workers, reporter));
    }
    const state = await withRetries(retry, () => finishRun(pool, run));
    let checks: readonly Check[] | undefined;
    if (state === 'done' && job.options.verify !== false) {
      const verified = await withRetries(retry, () =>
        verify(pool, run, workers, job.configuration, reporter),
      );
      checks = verified.checks;
      seconds.verify = verified.seconds;
    }
    const failedChecks = checks?.filter((it) => it.pass === false).length ?? null;
    const result: GenerateResult = {
      run,
      state,
      batches: Object.values(await readBatches(pool)).reduce((sum, n) => sum + n, 0),
      rows: await readRows(pool, run),
      seconds: rounded(seconds),
      workers,
      database: session.target.display,
      failures: [...(await readFailures(pool, run))],
      failed_checks: failedChecks,
    };
    report(result, checks, job, resumeHint);
    return state === 'done' && (failedChecks ?? 0) === 0 ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (interrupt.requested) {
      reporter.line(`Interrupted; ${resumeHint}`);
      return EXIT.interrupted;
    }
    if (errorCode(error) === QUERY_CANCELED) {
      throw new UserError(
        `A statement was cancelled by an administrator or a time-out in ${session.target.display}`,
        EXIT.failed,
        `What it did was rolled back; ${resumeHint}`,
      );
    }
    if (isConnectionLost(error)) {
      throw new UserError(
        `Lost the connection to ${session.target.display}`,
        EXIT.database,
        `When the server is back, ${resumeHint}`,
      );
    }
    throw error;
  } finally {
    ignoreSignals();
    await lock.release();
  }
}

const QUERY_CANCELED = '57014';

/** The server came back without commits that it had reported: with synchronous_commit off it may. */
class LostCommits extends Error {
  constructor() {
    super('the server lost its last commits');
  }
}

/** The run to work on: the one to resume, or a new one. @throws UserError when the two do not fit */
async function openRun(
  job: Job,
  pool: Parameters<typeof readRun>[0] & Parameters<typeof load>[0],
): Promise<{ run: number; wasDone: boolean }> {
  const { options, schedule, configuration, session, predicted } = job;
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
    });
    return { run: created, wasDone: false };
  }
  const isSame =
    run.schedule_digest === scheduleDigest(schedule) &&
    run.config_digest === configuration.digest &&
    run.as_of === job.asOf;
  if (!options.resume) {
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
      'Resume it with what it was begun with.',
    );
  }
  const todo = await resumeRun(pool, run.run_id);
  job.reporter.line(`Resuming run ${run.run_id}: ${todo} units to do`);
  return { run: run.run_id, wasDone: run.state === 'done' };
}

/** Says how much will be written, and refuses what does not fit on the disk of the embedded server. */
function checkSpace({ session, reporter }: Job, predicted: Readonly<Record<string, number>>): void {
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

/** The command that continues a run. A URL is not repeated, since it may hold a password. */
function resumeCommand({ name, options }: Job): string {
  const { config, profile, asOf, databaseUrl, database, only } = options;
  if (options.again !== undefined) return options.again;
  return [
    asTyped(`${options.command ?? `generate ${name}`} --resume`),
    ...(config === undefined ? [] : [`--config ${config}`]),
    ...(profile === undefined ? [] : [`--profile ${profile.join(',')}`]),
    ...(asOf === undefined ? [] : [`--as-of ${asOf}`]),
    ...(only === undefined ? [] : [`--only ${only.join(',')}`]),
    ...(databaseUrl === undefined ? [] : ['--database-url <the same URL>']),
    ...(database === undefined ? [] : [`--database ${database}`]),
  ].join(' ');
}

/** Where all metrics are to be seen. A URL is not repeated, since it may hold a password. */
function verifyHint({ options, session }: Job): string {
  const where =
    options.databaseUrl === undefined
      ? `--database ${session.target.database}`
      : '--database-url <the same URL>';
  return `All of them, with their ranges: ${asTyped(`verify ${where}`)}`;
}

function rounded(seconds: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(seconds).map(([stage, value]) => [stage, Math.round(value * 1000) / 1000]),
  );
}

function report(
  result: GenerateResult,
  checks: readonly Check[] | undefined,
  job: Job,
  resumeHint: string,
): void {
  const { reporter, options } = job;
  for (const { stage, unit, error } of result.failures) reporter.line(`FAILED ${stage} ${unit}: ${error}`);
  if (result.state === 'failed') reporter.line(`The run is not complete; ${resumeHint}`);
  if (options.onResult !== undefined) {
    options.onResult(result);
    return;
  }
  if (options.json) {
    printData(`${JSON.stringify(result)}\n`);
    return;
  }
  const total = Object.values(result.rows).reduce((sum, n) => sum + n, 0);
  const elapsed = Object.values(result.seconds).reduce((sum, n) => sum + n, 0);
  const lines = Object.entries(result.rows).map(
    ([table, rows]) => `  ${table.padEnd(38)} ${formatCount(rows).padStart(13)}`,
  );
  printText(
    [
      `${result.batches} batches, ${formatCount(total)} rows in ${formatSeconds(elapsed)} (${formatCount(total / Math.max(0.001, elapsed))} rows/s)`,
      ...lines,
      '',
      ...(checks === undefined ? [] : [formatSummary(checks), verifyHint(job), '']),
    ].join('\n'),
  );
}
