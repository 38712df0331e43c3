import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedStatus, removeEmbedded } from '../../src/driver/database/embedded/server.ts';
import { explainSqlError } from '../../src/driver/database/sql-errors.ts';
import { logToFiles } from '../../src/driver/output/log-files.ts';
import { UserError } from '../../src/errors.ts';
import { program, runCli, startCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, scratchDirectory, youngFarm } from '../support/generated.ts';

/** What cannot be written never ends a run, no server is left behind, and no stack reaches a user. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const AS_OF = '2023-07-01';
const STACK = /^\s+at .*:\d+/m;

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command in bash with a redirection, such as `2>/dev/full` or `2>&1 | head -1`; the code is the command's. */
function redirected(
  redirection: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Result> {
  const child = spawn(
    'bash',
    ['-c', `"$@" ${redirection}; exit \${PIPESTATUS[0]}`, 'bash', ...program(), ...args],
    {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const FULL = /^(error|warning): stdout could not be written: no space left on the disk \(ENOSPC\)$/m;
const REDIRECTIONS = ['>/dev/full', '2>/dev/full', '>&-', '2>&-', '| true', '2>&1 | true', '>/dev/full 2>&1'];

describe('a stream that cannot be written', () => {
  let database: TestDatabase;
  const home = mkdtempSync(path.join(os.tmpdir(), 'aquaseed-output-'));
  chmodSync(home, 0o755);
  beforeAll(async () => {
    database = await generatedDatabase({
      schedule: youngFarm().file,
      config: youngFarm().config,
      asOf: AS_OF,
    });
  }, GENERATION_TIMEOUT);
  afterAll(async () => {
    await database.drop();
    await removeEmbedded({ home });
    rmSync(home, { recursive: true, force: true });
  });

  const commands: [name: string, isData: boolean, args: () => string[]][] = [
    ['checksum', true, () => ['checksum', '--database-url', database.url]],
    ['checksum --json', true, () => ['checksum', '--json', '--database-url', database.url]],
    ['status', true, () => ['status', '--database-url', database.url]],
    ['plan', true, () => ['plan', '--preset', 'demo']],
    ['plan --dry-run', false, () => ['plan', '--preset', 'demo', '--dry-run']],
    ['validate', true, () => ['validate', 'config/schedules/demo.yaml']],
    ['migrate', false, () => ['migrate', '--config', youngFarm().config, '--database-url', database.url]],
    ['report', false, () => ['report', '--out', path.join(home, 'r.html'), '--database-url', database.url]],
    ['--help', true, () => ['--help']],
  ];

  it.each(commands)(
    'is told by %s, which ends by itself',
    { timeout: GENERATION_TIMEOUT },
    async (_, isData, args) => {
      for (const redirection of REDIRECTIONS) {
        const { code, stdout, stderr } = await redirected(redirection, args());
        const isLost = isData && redirection.startsWith('>/dev/full');
        expect(code, `${redirection}\n${stderr}`).toBe(isLost ? 1 : 0);
        expect(stdout + stderr).not.toMatch(STACK);
        if (redirection === '>/dev/full') expect(stderr).toMatch(FULL);
      }
    },
  );

  it('of progress does not end a run, and the embedded server is stopped', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const args = ['generate', youngFarm().file, '--config', youngFarm().config, '--as-of', AS_OF];
    for (const redirection of ['2>&1 | head -1', '2>/dev/full', '>/dev/full 2>&1', '2>&-']) {
      const { code, stdout, stderr } = await redirected(redirection, [...args, '--no-verify', '--replace'], {
        AQUASEED_HOME: home,
        DATABASE_URL: '',
      });
      expect(code, `${redirection}\n${stdout}${stderr}`).toBe(0);
      expect((await embeddedStatus({ home })).running).toBe(false);
      if (redirection === '2>/dev/full') {
        expect(stdout).toMatch(
          /^warning: messages could not be written to stderr: no space left on the disk/m,
        );
      }
    }
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s stops the embedded server, early and late',
    {
      timeout: GENERATION_TIMEOUT,
    },
    async (signal) => {
      const args = ['generate', youngFarm().file, '--config', youngFarm().config, '--replace', '--no-verify'];
      for (const moment of [/^Started the embedded/, /^simulate 1\//]) {
        const command = startCli(args, { env: { AQUASEED_HOME: home } });
        await command.lineOnStderr((line) => moment.test(line));
        command.kill(signal);
        const { code, stderr } = await command.result;
        expect(code, stderr).toBe(130);
        expect(stderr).not.toMatch(STACK);
        expect((await embeddedStatus({ home })).running).toBe(false);
      }
    },
  );

  it('of a log is told once, and the run goes on', { timeout: GENERATION_TIMEOUT }, async () => {
    const logs = scratchDirectory();
    symlinkSync('/dev/full', path.join(logs, 'run.log'));
    const { code, stderr } = await runCli(
      [
        ...['generate', youngFarm().file, '--config', youngFarm().config, '--as-of', AS_OF, '--no-verify'],
        ...['--replace', '--log-dir', logs],
      ],
      { env: { AQUASEED_HOME: home } },
    );
    expect(code, stderr).toBe(0);
    expect(
      stderr.match(/^warning: --log-dir: cannot write .*run\.log: no space left on the disk/gm),
    ).toHaveLength(1);
  });
});

it('a log directory that is removed while it is written is given up with one warning', () => {
  const directory = path.join(scratchDirectory(), 'logs');
  const lines: string[] = [];
  const ignore = (): void => undefined;
  const reporter = logToFiles(
    { line: (text) => lines.push(text), stageStart: ignore, unitDone: ignore, stageEnd: ignore },
    directory,
    ['A'],
  );
  reporter.line('first');
  expect(readFileSync(path.join(directory, 'run.log'), 'utf8')).toContain('first');
  rmSync(directory, { recursive: true });
  for (const text of ['second', 'third']) reporter.line(text);
  reporter.stageEnd('emit', 1);
  expect(lines).toEqual([
    'first',
    expect.stringMatching(/^warning: --log-dir: .*run\.log/),
    'second',
    'third',
  ]);
});

describe('names with control characters and marks of direction', () => {
  const evil = 'ev\u001b[31mil\u202e\u009b\n\u2028error: forged';
  it.each<[what: string, args: string[]]>([
    ['a command', [evil]],
    ['an option', ['status', `--${evil}`]],
    ['a schedule', ['validate', `${evil}.yaml`]],
    ['a directory', ['plan', '--years', '1', '--config', evil]],
    [
      'a geography',
      ['batch', '--start-date', '2025-01-01', '--eggs', '9', '--duration', '9', '--geography', evil],
    ],
    ['a value', ['generate', 'x.yaml', '--as-of', evil]],
    ['a database', ['status', '--database-url', 'postgres://u@127.0.0.1:1/x', '--database', evil]],
  ])('are escaped in %s', async (_, args) => {
    const { stderr, stdout, code } = await runCli(args);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: /);
    expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    if (!stderr.includes('127.0.0.1'))
      expect(stderr).toContain('ev\\u001b[31mil\\u202e\\u009b\\u000a\\u2028error');
  });
});

describe('an error that nobody expected', () => {
  // Once the program listens for what nobody catches.
  const throwing = (code: string) => ({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
      `process.on('newListener', (event) => {
         if (event === 'unhandledRejection') setImmediate(() => { ${code} });
       })`,
    )}`,
  });
  const watch = ['plan', '--preset', 'peak-550', '--dry-run'];

  it.each(['throw new Error("boom")', 'Promise.reject(new Error("boom"))'])(
    'is one line: %s',
    async (code) => {
      const { stderr } = await runCli(watch, { env: throwing(code) });
      expect(stderr).toMatch(/^error: unexpected: boom\nThis is a defect: .*AQUASEED_DEBUG=1/);
      expect(stderr).not.toMatch(STACK);
    },
  );

  it('shows its stack to whoever asks for it', async () => {
    const { stderr } = await runCli(watch, {
      env: { ...throwing('throw new Error("boom")'), AQUASEED_DEBUG: '1' },
    });
    expect(stderr).toMatch(STACK);
  });

  it.each([
    ['53100', 3],
    ['53300', 3],
    ['25006', 3],
    ['42501', 3],
    ['55000', 3],
    ['55006', 3],
    ['57014', 3],
    ['58030', 3],
    ['XX001', 3],
    ['AQ015', 2],
  ])('of a server is explained: %s ends with %i', (code, exitCode) => {
    const raised = new Error('wrapped', { cause: Object.assign(new Error('said so'), { code }) });
    expect(explainSqlError(raised)).toMatchObject({ exitCode, message: expect.stringContaining('said so') });
    expect(explainSqlError(raised)).toBeInstanceOf(UserError);
  });

  it.each(['EPIPE', 'EROFS', '22012', '42883'])('is left as it is: %s', (code) => {
    const raised = Object.assign(new Error('x'), { code });
    expect(explainSqlError(raised)).toBe(raised);
  });
});

it('streams are written in one place', () => {
  const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const writers = files.filter(
    (it) =>
      it.endsWith('.ts') &&
      /process\.std(out|err)\.write/.test(readFileSync(path.join(ROOT, 'src', it), 'utf8')),
  );
  // What begins the program cannot load anything.
  expect(writers).toEqual(['driver/index.ts']);
});
