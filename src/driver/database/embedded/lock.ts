import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXIT, UserError } from '../../../errors.ts';
import { isAlive, processIdentity, sleep } from './process.ts';

let counter = 0;

/**
 * Runs `work` while no other process holds the lock of `directory`. A holder that died is passed over.
 *
 * The directory holds numbered files; the highest one is the lock and names its holder, or says `free`.
 * Taking over means creating the next number, which only one process can do, so a dead holder is
 * replaced without ever removing a file that somebody else may just have made.
 * Throws a UserError (exit 3) after `waitSeconds`.
 */
export async function withLock<T>(
  directory: string,
  work: () => Promise<T>,
  options: { waitSeconds?: number; own?: (file: string) => void } = {},
): Promise<T> {
  mkdirSync(directory, { recursive: true });
  options.own?.(directory);
  const deadline = Date.now() + (options.waitSeconds ?? 300) * 1000;
  let held: string | undefined;
  while (held === undefined) {
    held = tryTake(directory, options.own);
    if (held !== undefined) break;
    if (Date.now() > deadline) {
      throw new UserError(
        `The embedded server is being started or stopped by another process (pid ${holder(directory)})`,
        EXIT.database,
        'Wait for it to finish, or end that process.',
      );
    }
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    replace(directory, held, 'free', options.own);
  }
}

function numbers(directory: string): number[] {
  return readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function holder(directory: string): string {
  try {
    const last = numbers(directory).at(-1);
    return Number.parseInt(readFileSync(path.join(directory, String(last)), 'utf8'), 10).toString();
  } catch {
    return 'unknown';
  }
}

function tryTake(directory: string, own?: (file: string) => void): string | undefined {
  const last = numbers(directory).at(-1);
  if (last !== undefined) {
    let content: string;
    try {
      content = readFileSync(path.join(directory, String(last)), 'utf8').trim();
    } catch (error) {
      // Removed by the holder of a later number: look again.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    if (content === '' || (content !== 'free' && isAlive(content))) return undefined;
  }
  const next = (last ?? 0) + 1;
  const name = String(next);
  const draft = path.join(directory, `draft-${process.pid}-${counter++}`);
  writeFileSync(draft, processIdentity(process.pid) ?? String(process.pid));
  own?.(draft);
  try {
    createFrom(draft, path.join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  // A slow process may have re-created a number that is already history.
  const now = numbers(directory);
  if (now.at(-1) !== next) {
    rmSync(path.join(directory, name), { force: true });
    return undefined;
  }
  for (const old of now) {
    if (old < next) rmSync(path.join(directory, String(old)), { force: true });
  }
  return name;
}

/** Creates `file` with the content of `draft` in one step; fails with EEXIST when it is there. */
function createFrom(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    // File systems without hard links: the content follows a moment after the name.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    writeFileSync(file, readFileSync(draft), { flag: 'wx' });
  }
}

function replace(directory: string, name: string, content: string, own?: (file: string) => void): void {
  const draft = path.join(directory, `draft-${process.pid}-${counter++}`);
  try {
    writeFileSync(draft, content);
    own?.(draft);
    renameSync(draft, path.join(directory, name));
  } catch {
    // The directory was removed with the whole home: nothing is left to unlock.
  }
}
