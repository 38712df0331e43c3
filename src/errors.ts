import { escapeLine } from './escape.ts';

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
 * An error that is the user's to mend: one clear line (or a list of them), an optional second line that names the way
 * out, and the exit code of the command. Names in it may hold anything: each line stays one, with control characters
 * escaped. Anything else that reaches the top is a defect, and said to be one.
 */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string | readonly string[], exitCode: ExitCode, hint?: string) {
    super((typeof message === 'string' ? [message] : message).map(escapeLine).join('\n'));
    this.name = 'UserError';
    this.exitCode = exitCode;
    this.hint = hint === undefined ? undefined : escapeLine(hint);
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the quota of the disk is used up',
  EPIPE: 'its reader has left',
  EIO: 'reading or writing failed',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EMFILE: 'too many files are open (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'it is a circle of links',
  EFBIG: 'the file would be too large',
  ENOMEM: 'there is not enough memory',
  EAGAIN: 'the machine has no process or memory to spare',
};

/** What an error of the system means, in words, with its code. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const words = code === undefined ? undefined : REASONS[code];
  return words === undefined ? message : `${words} (${code})`;
}
