import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A text that names a process for as long as it lives: its pid and its start time, so that a later process
 * with the same pid is not taken for it. Undefined when no such process lives.
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${pid}-${fields[19]}`;
    } catch {
      return `${pid}-0`;
    }
  }
  if (process.platform === 'win32') return `${pid}-0`;
  const result = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return `${pid}-${(result.stdout ?? '').replace(/[^0-9A-Za-z]/g, '') || '0'}`;
}

/** True while the process that `processIdentity` named is alive. */
export function isAlive(identity: string): boolean {
  return processIdentity(Number.parseInt(identity, 10)) === identity;
}
