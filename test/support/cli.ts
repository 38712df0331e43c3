import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export type CliOptions = {
  /** Variables besides those of the test run; none of these names a database unless given here. */
  env?: Record<string, string>;
  /** The repository by default. */
  cwd?: string;
  /** What it reads; nothing by default. */
  stdin?: string;
};

export type CliResult = {
  /** Exit code, or null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The last line of stdout, as with --json. */
  json: () => unknown;
};

/** A command that runs. */
export type RunningCli = {
  pid: number;
  /** Sends a signal to this process only. */
  kill: (signal: NodeJS.Signals) => void;
  /** Resolves with the first line of stderr that fits; rejects when the command ends without one. */
  lineOnStderr: (fits: (line: string) => boolean) => Promise<string>;
  /** Resolves when the command has ended, whatever its exit code. */
  result: Promise<CliResult>;
};

/** The words that start the program, before its arguments. */
export function program(): [node: string, script: string] {
  return [process.execPath, inject('testDriver')];
}

/** Starts `aquaseed <args>` as its own process. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const [node, script] = program();
  const child = spawn(node, [script, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // It may end before it has read all.
  child.stdin?.on('error', () => undefined).end(options.stdin);
  const { pid } = child;
  if (pid === undefined) throw new Error('the command did not start');
  const stderr = new Lines();
  return {
    pid,
    kill: (signal) => {
      child.kill(signal);
    },
    lineOnStderr: (fits) => stderr.find(fits),
    result: collect(child, stderr),
  };
}

/** Runs `aquaseed <args>` to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return await startCli(args, options).result;
}

/** As runCli, for steps that a test builds on. @throws with the output when the exit code is not 0 */
export async function mustRun(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const result = await runCli(args, options);
  if (result.code !== 0) {
    throw new Error(
      `aquaseed ${args[0] ?? ''} ended with ${result.code ?? result.signal}\n${result.stderr}${result.stdout}`,
    );
  }
  return result;
}

/** The environment without what would choose a database or colour the output. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(PG[A-Z]+|DATABASE_URL|TEST_DATABASE_URL|AQUASEED_.*|NODE_OPTIONS|VITEST.*)$/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: '1' };
}

/** Whole lines of a stream, as they come. */
class Lines {
  #text = '';
  #rest = '';
  #ended = false;
  readonly #seen: string[] = [];
  readonly #waiting = new Set<() => void>();

  get text(): string {
    return this.#text;
  }

  add(chunk: string): void {
    this.#text += chunk;
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#seen.push(...lines);
    for (const wake of [...this.#waiting]) wake();
  }

  end(): void {
    this.#ended = true;
    for (const wake of [...this.#waiting]) wake();
  }

  find(fits: (line: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      let next = 0;
      const look = (): void => {
        for (let line = this.#seen[next]; line !== undefined; line = this.#seen[++next]) {
          if (!fits(line)) continue;
          this.#waiting.delete(look);
          resolve(line);
          return;
        }
        if (!this.#ended) return;
        this.#waiting.delete(look);
        reject(new Error(`the command ended without the expected line:\n${this.#text}`));
      };
      this.#waiting.add(look);
      look();
    });
  }
}

function collect(child: ChildProcess, stderr: Lines): Promise<CliResult> {
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => stderr.add(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      stderr.end();
      resolve({
        code,
        signal,
        stdout,
        stderr: stderr.text,
        json: () => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''),
      });
    });
  });
}
