import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { secondsSince } from './spread.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const POLL_MS = 100;
const KEPT_LINES = 30;

export interface Finished {
  code: number | null;
  /** The last line of stdout, read as JSON. */
  json: () => unknown;
  /** The end of stderr. */
  log: string;
  wall: number;
  driverBytes: number | null;
  helperBytes: number | null;
}

/** Runs a TypeScript file of the project as users do, as a process of its own, and watches its memory. */
export async function runScript(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Finished> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: ROOT,
    env: { ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // As a user who presses Ctrl-C twice: the running units are rolled back.
  const end = (): void => {
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGINT'), 500).unref();
  };
  signal.addEventListener('abort', end);
  const memory = new MemoryWatch(child.pid ?? 0);
  const timer = setInterval(() => memory.look(), POLL_MS);
  let stdout = '';
  let lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    lines = [...lines, ...chunk.split('\n')].slice(-KEPT_LINES);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    signal.throwIfAborted();
    return {
      code,
      wall: secondsSince(startedAt),
      json: () => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''),
      log: lines.join('\n'),
      ...memory.peak(),
    };
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', end);
  }
}

/**
 * Peak resident memory of a process and of those that it started, from the kernel's own high-water mark (VmHWM),
 * so that looking now and then is enough. Linux only.
 */
class MemoryWatch {
  readonly #peaks = new Map<number, number>();
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  look(): void {
    const pids = [this.#pid];
    for (let pid = pids[0], next = 1; pid !== undefined; pid = pids[next++]) {
      const status = read(`/proc/${pid}/status`);
      const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      if (kilobytes === undefined) continue;
      this.#peaks.set(pid, Number(kilobytes) * 1024);
      pids.push(...childrenOf(pid));
    }
  }

  peak(): { driverBytes: number | null; helperBytes: number | null } {
    const own = this.#peaks.get(this.#pid) ?? null;
    const all = [...this.#peaks.values()].reduce((total, it) => total + it, 0);
    return { driverBytes: own, helperBytes: own === null ? null : all - own };
  }
}

function childrenOf(pid: number): number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    // It has just ended.
    return [];
  }
  return threads.flatMap((it) =>
    read(`/proc/${pid}/task/${it}/children`)
      .split(' ')
      .filter((child) => child.trim() !== '')
      .map(Number),
  );
}

/** The text of a file under /proc; nothing when its process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
