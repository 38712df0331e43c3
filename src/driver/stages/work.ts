import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabasePool } from 'slonik';
import { type RetryOptions, withRetries } from '../database/retry.ts';
import type { Reporter } from '../output/progress.ts';
import { onStopSignal } from '../signals.ts';
import { readProgress } from '../statements/status.ts';
import { backendPid, cancelBackend, noteSeconds, workNext } from '../statements/work.ts';

export const STAGES = ['simulate', 'settle', 'emit', 'seal', 'assimilate'] as const;
/** Between two attempts of a unit that met a deadlock. */
const PAUSE_MS = 500;
export type StageName = (typeof STAGES)[number];

/** Whether the user asked to stop: workers finish their unit and take no other. */
export class Interrupt {
  #requested = false;
  readonly #backends = new Set<number>();

  get requested(): boolean {
    return this.#requested;
  }

  request(): void {
    this.#requested = true;
  }

  enter(pid: number): void {
    this.#backends.add(pid);
  }

  leave(pid: number): void {
    this.#backends.delete(pid);
  }

  /** Rolls the running units back. */
  async cancelRunning(pool: DatabasePool): Promise<void> {
    for (const pid of this.#backends) await cancelBackend(pool, pid);
  }
}

/**
 * When asked to end (signals.ts) the workers finish their units; on the second one the units are rolled back.
 * @returns undoes it
 */
export function stopOnSignal(interrupt: Interrupt, pool: DatabasePool, reporter: Reporter): () => void {
  const onSignal = (): void => {
    if (interrupt.requested) {
      void interrupt.cancelRunning(pool).catch(() => undefined);
      return;
    }
    interrupt.request();
    reporter.line('Stopping: the running units are finished first. Press Ctrl-C again to roll them back.');
  };
  return onStopSignal(onSignal);
}

export interface StageContext {
  pool: DatabasePool;
  run: number;
  workers: number;
  reporter: Reporter;
  interrupt: Interrupt;
  /** Done before: the time it takes now is not added to that of the run. */
  isRepeated?: boolean;
  retry: RetryOptions;
}

/**
 * Runs what is left of a stage over parallel connections. A unit that fails is noted and the others go on; a
 * worker whose connection is lost goes on with another one.
 * @returns the number of units that failed, and the seconds it took
 * @throws when no connection can be had any more or a statement is cancelled; what was not finished stays to be
 *   done
 */
export async function runStage(
  stage: StageName,
  context: StageContext,
): Promise<{ failed: number; seconds: number }> {
  const { pool, run, workers, reporter, interrupt, retry } = context;
  const progress = (await withRetries(retry, () => readProgress(pool, run))).find((it) => it.stage === stage);
  const todo = (progress?.units ?? 0) - (progress?.done ?? 0);
  const startedAt = performance.now();
  if (todo === 0) return { failed: 0, seconds: 0 };
  reporter.stageStart(stage, todo, workers);
  let failed = 0;
  const work = (worker: number): Promise<void> =>
    pool.connect(async (connection) => {
      const pid = await backendPid(connection);
      interrupt.enter(pid);
      try {
        while (!interrupt.requested) {
          const unit = await workNext(connection, run, stage, worker, workers);
          if (unit === null) return;
          if (unit.state === 'retry') {
            reporter.line(`${stage} ${unit.unit}: once more after ${unit.error ?? ''}`);
            await sleep(PAUSE_MS);
            continue;
          }
          if (unit.state === 'failed') failed += 1;
          reporter.unitDone(stage, worker, unit);
        }
      } finally {
        interrupt.leave(pid);
      }
    });
  const results = await Promise.allSettled(
    Array.from({ length: workers }, (_, worker) => withRetries(retry, () => work(worker))),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  reporter.stageEnd(stage, seconds);
  const broken = results.find((it) => it.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  if (!context.isRepeated) await withRetries(retry, () => noteSeconds(pool, run, stage, seconds));
  return { failed, seconds };
}
