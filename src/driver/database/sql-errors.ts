import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { asTyped } from '../invocation.ts';

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
  // The end of history lies outside the schedule.
  AQ015: EXIT.usage,
  // There is no such user.
  AQ016: EXIT.usage,
  // All that keeps AquaMind's own database from being adopted, a line each.
  AQ017: EXIT.database,
};

/** What a server reports that is no defect of ours, by SQLSTATE or its class (the first two characters). */
const SERVER_ERRORS: Record<string, { what: string; exitCode: ExitCode; hint?: string }> = {
  '08': { what: 'The connection to the server failed', exitCode: EXIT.database },
  25006: { what: 'The database accepts no writes', exitCode: EXIT.database },
  28: { what: 'The server does not let this role in', exitCode: EXIT.database },
  '3D': { what: 'The database cannot be used', exitCode: EXIT.database },
  42501: { what: 'The role lacks a right', exitCode: EXIT.database },
  '53': { what: 'The server has run short', exitCode: EXIT.database, hint: 'Make room, then run it again.' },
  '54': { what: 'The server has met a limit', exitCode: EXIT.database },
  '55': {
    what: 'The server could not do it now',
    exitCode: EXIT.database,
    hint: 'Somebody else uses what is needed: try again later.',
  },
  '57': { what: 'The server ended it', exitCode: EXIT.database },
  '58': { what: 'The server met an error of its system', exitCode: EXIT.database },
  XX: { what: 'The server met a fault of its own', exitCode: EXIT.database },
};

const SQLSTATE = /^(\d[0-9A-Z]|AQ|F0|HV|P0|XX)[0-9A-Z]{3}$/;

/**
 * An error that a server raised and that the user can mend, as a UserError with its hint: those of our functions, and
 * what servers report about themselves. Any other error as it is.
 */
export function explainSqlError(error: unknown): unknown {
  if (error instanceof UserError) return error;
  const raised = raisedByServer(error);
  if (raised === undefined) return error;
  // SQL calls the program by its name, not knowing how it is started.
  const hint =
    typeof raised.hint === 'string'
      ? raised.hint.replaceAll(/\baquaseed (?=[a-z])/g, `${asTyped('')} `)
      : undefined;
  const exitCode = EXIT_CODES[raised.code];
  if (exitCode !== undefined) {
    const message = raised.code === 'AQ017' ? raised.message.split('\n') : raised.message;
    return new UserError(message, exitCode, hint);
  }
  const known = SERVER_ERRORS[raised.code] ?? SERVER_ERRORS[raised.code.slice(0, 2)];
  if (known === undefined) return error;
  const explained = new UserError(
    `${known.what}: ${raised.message} (${raised.code})`,
    known.exitCode,
    hint ?? known.hint,
  );
  explained.cause = error;
  return explained;
}

/** The error of the server within an error; undefined when there is none. */
function raisedByServer(error: unknown): { code: string; message: string; hint?: unknown } | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code, message, hint } = at as Error & { code?: unknown; hint?: unknown };
    if (typeof code === 'string' && SQLSTATE.test(code)) return { code, message, hint };
  }
  return undefined;
}
