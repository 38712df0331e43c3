import { EXIT, type ExitCode, UserError } from '../errors.ts';
import { errorCode } from './database/connect.ts';

/** Errors that the functions of schema aquaseed raise for the user to mend, and the exit code of each. */
const EXIT_CODES: Record<string, ExitCode> = {
  // The database cannot be used, is somebody else's, holds a run or rows that no run made, goes by another name, or has
  // another configuration that this role may not change.
  AQ001: EXIT.database,
  AQ004: EXIT.database,
  AQ006: EXIT.database,
  AQ010: EXIT.database,
  AQ012: EXIT.database,
  // The schedule puts two batches into one container, or names what is not there.
  AQ003: EXIT.usage,
  AQ007: EXIT.locked,
  AQ009: EXIT.usage,
  AQ011: EXIT.failed,
};

/** An error of ours that the server raised, as a UserError with its hint; any other error as it is. */
export function explainSqlError(error: unknown): unknown {
  const code = errorCode(error);
  const exitCode = code === undefined ? undefined : EXIT_CODES[code];
  if (error instanceof UserError || exitCode === undefined) return error;
  let raised = error as Error & { hint?: unknown };
  while (raised.cause instanceof Error && (raised as { code?: unknown }).code !== code) raised = raised.cause;
  return new UserError(raised.message, exitCode, typeof raised.hint === 'string' ? raised.hint : undefined);
}
