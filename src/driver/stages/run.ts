import type { DatabasePool } from 'slonik';
import type { Configuration } from '../../config/index.ts';
import { EXIT, UserError } from '../../errors.ts';
import { errorCode, isConnectionLost } from '../database/explain.ts';
import { type RetryOptions, withRetries } from '../database/retry.ts';
import { RunLock, type Session } from '../database/session.ts';
import type { Reporter } from '../output/progress.ts';
import { finishRun } from '../statements/run.ts';
import { readBatches, readFailures, readProgress, readRows } from '../statements/status.ts';
import type { Check } from '../statements/verify.ts';
import { tidy } from './tidy.ts';
import { verify } from './verify.ts';
import { Interrupt, runStage, STAGES, type StageName, stopOnSignal } from './work.ts';

/** What `generate` prints with --json. */
export interface RunResult {
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

export interface RunEnd {
  result: RunResult;
  /** Undefined when they were not run. */
  checks: readonly Check[] | undefined;
}

/** A run of what a database holds or is to hold, and how it is worked on. */
export interface StagesJob {
  session: Session;
  reporter: Reporter;
  configuration: Configuration;
  workers: number;
  /** How often a lost connection is made again. */
  retries: number;
  /** Whether the checks are run after the last stage. */
  verify: boolean;
  /** How the user continues it, such as `continue with: ...`. */
  hint: string;
  /** Brings the schema up to this version, while nobody else works on the database; undefined where it is. */
  install?: (() => Promise<void>) | undefined;
  /** Opens the run; whether its rows have been frozen already. */
  open: (pool: DatabasePool) => Promise<{ run: number; wasDone: boolean }>;
}

/**
 * Runs all stages, from load to verify, or those that are left of a run that is resumed.
 * @returns undefined when the user interrupted it
 * @throws UserError when the run cannot go on
 */
export async function runStages(job: StagesJob): Promise<RunEnd | undefined> {
  const { session, reporter } = job;
  const lock = await RunLock.take(session);
  await job.install?.();
  const pool = await session.openPool(job.workers + 1);
  const interrupt = new Interrupt();
  const ignoreSignals = stopOnSignal(interrupt, pool, reporter);
  try {
    return await new Run(job, pool, lock, interrupt).toTheEnd();
  } catch (error) {
    if (!interrupt.requested) throw explained(error, job);
    reporter.line(`Interrupted; ${job.hint}`);
    return undefined;
  } finally {
    ignoreSignals();
    await lock.release();
  }
}

const QUERY_CANCELED = '57014';

function explained(error: unknown, { session, hint }: StagesJob): unknown {
  if (errorCode(error) === QUERY_CANCELED) {
    return new UserError(
      `A statement was cancelled by an administrator or a time-out in ${session.target.display}`,
      EXIT.failed,
      `What it did was rolled back; ${hint}`,
    );
  }
  if (!isConnectionLost(error)) return error;
  return new UserError(
    `Lost the connection to ${session.target.display}`,
    EXIT.database,
    `When the server is back, ${hint}`,
  );
}

/** The server came back without commits that it had reported: with synchronous_commit off it may. */
class LostCommits extends Error {
  constructor() {
    super('the server lost its last commits');
  }
}

/** The stages of a run, one after the other. */
class Run {
  readonly #job: StagesJob;
  readonly #pool: DatabasePool;
  readonly #interrupt: Interrupt;
  readonly #retry: RetryOptions;
  readonly #seconds: Record<string, number> = {};
  #stage: StageName | undefined;
  #run = 0;

  constructor(job: StagesJob, pool: DatabasePool, lock: RunLock, interrupt: Interrupt) {
    this.#job = job;
    this.#pool = pool;
    this.#interrupt = interrupt;
    this.#retry = {
      retries: job.retries,
      log: (line) => job.reporter.line(line),
      isStopped: () => interrupt.requested,
      before: async () => {
        await lock.ensure();
        await this.#checkEarlierStages();
      },
    };
  }

  async toTheEnd(): Promise<RunEnd | undefined> {
    const { session, reporter, workers, hint } = this.#job;
    const startedAt = performance.now();
    const { run, wasDone } = await this.#job.open(this.#pool);
    this.#run = run;
    this.#seconds.load = (performance.now() - startedAt) / 1000;
    const failed = await this.#runStages();
    if (this.#interrupt.requested) {
      reporter.line(`Interrupted in stage ${this.#stage}; ${hint}`);
      return undefined;
    }
    if (failed === 0 && !wasDone) {
      this.#seconds.vacuum = await withRetries(this.#retry, () =>
        tidy(this.#pool, session.openClient, workers, reporter),
      );
    }
    const state = await withRetries(this.#retry, () => finishRun(this.#pool, run));
    const checks = state === 'done' && this.#job.verify ? await this.#verify() : undefined;
    return { result: await this.#result(state, checks), checks };
  }

  /** From the first stage again when the server has lost commits. Gives the number of units that failed. */
  async #runStages(): Promise<number> {
    for (let again = 0; ; again++) {
      try {
        return await this.#runEachStage();
      } catch (error) {
        if (!(error instanceof LostCommits) || again >= this.#retry.retries) throw error;
        this.#job.reporter.line('The server lost its last commits: their units are done again');
      }
    }
  }

  async #runEachStage(): Promise<number> {
    const { reporter, workers } = this.#job;
    for (const stage of STAGES) {
      this.#stage = stage;
      const { failed, seconds } = await runStage(stage, {
        ...{ pool: this.#pool, run: this.#run, workers, reporter },
        ...{ interrupt: this.#interrupt, retry: this.#retry },
      });
      this.#seconds[stage] = (this.#seconds[stage] ?? 0) + seconds;
      if (failed > 0 || this.#interrupt.requested) return failed;
    }
    return 0;
  }

  /** A server that crashed may have lost its last commits, so that units of an earlier stage are to be done again. */
  async #checkEarlierStages(): Promise<void> {
    if (this.#stage === undefined) return;
    const earlier: readonly string[] = STAGES.slice(0, STAGES.indexOf(this.#stage));
    const progress = await readProgress(this.#pool, this.#run);
    if (progress.some((it) => earlier.includes(it.stage) && it.done < it.units)) throw new LostCommits();
  }

  async #verify(): Promise<readonly Check[]> {
    const { configuration, reporter, workers } = this.#job;
    const { checks, seconds } = await withRetries(this.#retry, () =>
      verify(this.#pool, this.#run, workers, configuration, reporter),
    );
    this.#seconds.verify = seconds;
    return checks;
  }

  async #result(state: RunResult['state'], checks: RunEnd['checks']): Promise<RunResult> {
    return {
      run: this.#run,
      state,
      batches: Object.values(await readBatches(this.#pool)).reduce((sum, n) => sum + n, 0),
      rows: await readRows(this.#pool, this.#run),
      seconds: rounded(this.#seconds),
      workers: this.#job.workers,
      database: this.#job.session.target.display,
      failures: [...(await readFailures(this.#pool, this.#run))],
      failed_checks: checks?.filter((it) => it.pass === false).length ?? null,
    };
  }
}

function rounded(seconds: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(seconds).map(([stage, value]) => [stage, Math.round(value * 1000) / 1000]),
  );
}
