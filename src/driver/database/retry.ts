import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, isConnectionLost } from './explain.ts';

/** Pause before the first repetition; each further one is twice as long. */
const FIRST_PAUSE_MS = 500;
export const DEFAULT_RETRIES = 5;

export interface RetryOptions {
  /** How often an action is repeated at most. */
  retries: number;
  log: (line: string) => void;
  /** True when nothing shall be repeated any more. */
  isStopped: () => boolean;
  /** Done before each repetition, such as taking a lock again. */
  before?: (() => Promise<void>) | undefined;
}

/** A lost connection, a serialization failure or a deadlock: the same may succeed a moment later. */
function isTransient(error: unknown): boolean {
  return isConnectionLost(error) || /^40(001|P01)$/.test(errorCode(error) ?? '');
}

/**
 * Repeats what failed for a transient reason, after 0.5, 1, 2, 4 and 8 seconds. The action must be repeatable:
 * a unit of work is, since its rows and its ledger row commit together.
 * @throws the last error when all repetitions failed too, and any other error at once
 */
export async function withRetries<T>(options: RetryOptions, action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      if (attempt > 0) await options.before?.();
      return await action();
    } catch (error) {
      if (!isTransient(error) || attempt >= options.retries || options.isStopped()) throw error;
      const pause = FIRST_PAUSE_MS * 2 ** attempt;
      const reason = (error as Error).message.split('\n')[0];
      options.log(`${reason}: once more in ${pause / 1000} s (${attempt + 1} of ${options.retries})`);
      await sleep(pause);
    }
  }
}
