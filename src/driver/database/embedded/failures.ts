import { EXIT, reasonOf, UserError } from '../../../errors.ts';
import type { Place } from './home.ts';

export function failed(what: string, detail: string, hint?: string): UserError {
  return new UserError(`${what}: ${detail}`, EXIT.database, hint);
}

/** The line of a program's output that says why it gave up. */
export function reasonIn(output: string): string {
  if (/No space left on device|wrote only \d+ of \d+ bytes/.test(output)) return 'no space left on the disk';
  const lines = output.split(/\r?\n/).map((line) => line.trim());
  const telling = lines.filter((line) => /\b(FATAL|PANIC|ERROR|error|fatal|cannot|could not)\b/.test(line));
  const fatal = telling.find((line) => line.includes('FATAL:'));
  return (
    (fatal ?? telling.at(-1) ?? lines.filter((line) => line !== '').at(-1) ?? '')
      .replace(/^.*?\b(FATAL|PANIC|ERROR|error|fatal):\s*/, '')
      .slice(0, 300) || 'no reason given'
  );
}

/** Does the work, and says plainly what the system refuses. */
export async function explained<T>({ home }: Place, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { syscall, path: file } = error as NodeJS.ErrnoException;
    if (error instanceof UserError || syscall === undefined) throw error;
    throw failed(
      `Cannot use ${home}, the directory of the embedded server`,
      `${file ?? syscall}: ${reasonOf(error)}`,
      'Set AQUASEED_HOME to a directory of your own on a disk with space, or name a server with --database-url.',
    );
  }
}
