import { chmodSync, type Dirent, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isServerProcess } from '../../src/driver/database/embedded/postmaster.ts';
import { isAlive, processIdentity } from './process.ts';

const NAME = /^aquaseed-test-(\d+-[0-9A-Za-z]+)$/;
/** How deep below the directory of a run the data of a server may be. */
const DEPTH = 5;

/**
 * A directory for all temporary files of this process and its children, named after this process: whatever becomes
 * of it, the next run finds what it left, and ends its servers. Directories of dead runs are removed now.
 */
export async function makeRunDirectory(): Promise<{ directory: string; remove: () => Promise<void> }> {
  await removeDeadRuns(os.tmpdir());
  const directory = path.join(os.tmpdir(), `aquaseed-test-${processIdentity(process.pid)}`);
  mkdirSync(directory, { recursive: true });
  // As /tmp is: where tests run as root, servers and commands run as other users too.
  chmodSync(directory, 0o1777);
  process.env.TMPDIR = directory;
  return { directory, remove: () => removeRun(directory) };
}

/** Removes what runs left whose process is dead. */
export async function removeDeadRuns(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const owner = NAME.exec(name)?.[1];
    if (owner === undefined || isAlive(owner)) continue;
    // Another run may be removing it at the same moment, or it is another user's.
    await removeRun(path.join(parent, name)).catch(() => undefined);
  }
}

async function removeRun(directory: string): Promise<void> {
  for (const file of find(directory, 'postmaster.pid')) await endServer(file, path.dirname(file));
  rmSync(directory, { recursive: true, force: true });
}

function find(directory: string, name: string, depth = DEPTH): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return depth > 0 ? find(file, name, depth - 1) : [];
    return entry.name === name ? [file] : [];
  });
}

/** Ends a server at once, as its data is thrown away. */
async function endServer(pidFile: string, dataDirectory: string): Promise<void> {
  const pid = Math.abs(Number.parseInt(readFileSync(pidFile, 'utf8'), 10));
  if (!isServerProcess(pid, dataDirectory)) return;
  process.kill(pid, 'SIGQUIT');
  for (let i = 0; i < 500 && isServerProcess(pid, dataDirectory); i++) await sleep(20);
}
