/** Exit codes of every command (docs/operations.md). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  database: 3,
  locked: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * An error that is the user's to mend: one clear line, an optional second line that names the way out,
 * and the exit code of the command. Anything else that reaches the top is a defect and prints a stack.
 */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, exitCode: ExitCode, hint?: string) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
