import { EXIT, UserError } from '../../errors.ts';
import { MAX_NAME } from '../database/names.ts';

/** Names of the databases that a refresh works with. */
export interface Names {
  live: string;
  next: string;
  /** One that makes room for a moment, or that goes. */
  parked: string;
  /** Earlier ones, the latest first. */
  previous: readonly string[];
}

/** Most earlier databases that are kept. */
const MAX_PREVIOUS = 9;

/** @throws UserError (exit 2) when the longer names do not fit */
export function namesFor(live: string): Names {
  const names = {
    live,
    next: `${live}_next`,
    parked: `${live}_parked`,
    previous: Array.from({ length: MAX_PREVIOUS }, (_, n) => `${live}_previous${n === 0 ? '' : `_${n + 1}`}`),
  };
  if (Buffer.byteLength(names.previous.at(-1) ?? '') > MAX_NAME) {
    throw new UserError(
      `The name "${live}" is too long to put _previous_${MAX_PREVIOUS} behind it`,
      EXIT.usage,
    );
  }
  return names;
}
