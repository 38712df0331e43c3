import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export type PsqlResult = { code: number | null; stdout: string; stderr: string };

/** Whether psql is there; tests that need it skip themselves without. */
export const HAS_PSQL = spawnSync('psql', ['--version']).status === 0;

/** Runs psql with its own settings only, in the root of the project. */
export function runPsql(
  url: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<PsqlResult> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const child = spawn('psql', ['-X', ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? '',
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: decodeURIComponent(username),
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: decodeURIComponent(pathname.slice(1)),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}
