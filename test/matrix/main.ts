import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE_ROOT } from '../../src/driver/invocation.ts';
import { formatTable } from '../../src/driver/output/table.ts';
import { makeRunDirectory } from '../support/run-directory.ts';
import { startContainer, startPackaged, VERSIONS, type Version } from './servers.ts';

/**
 * `npm run test:matrix [-- --versions 15,17 --docker -t <name> <file> ...]`: the tests, or some files of them, on a
 * throw-away server of every version, from npm packages or, with --docker, from images. Exit code 1 when one failed.
 */

/** How the tests went on one version; no counts when they could not be run. */
interface Outcome {
  version: Version;
  counts: { files: number; tests: number; failed: number; skipped: number } | undefined;
  ok: boolean;
}

/** What vitest writes with --reporter=json. */
interface JsonReport {
  testResults: unknown[];
  numTotalTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}

/** Ctrl-C: vitest gets it too and ends, and its server is then stopped here. */
let isInterrupted = false;

async function runTests(url: string, files: readonly string[]): Promise<Omit<Outcome, 'version'>> {
  const output = path.join(mkdtempSync(path.join(os.tmpdir(), 'aquaseed-matrix-')), 'report.json');
  const code = await new Promise<number>((resolve, reject) => {
    const vitest = path.join(PACKAGE_ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`, ...files];
    const child = spawn(process.execPath, [vitest, ...args], {
      cwd: PACKAGE_ROOT,
      stdio: 'inherit',
      env: { ...process.env, TEST_DATABASE_URL: url },
    });
    child.on('error', reject);
    child.on('close', (ended) => resolve(ended ?? 1));
  });
  const report = JSON.parse(readFileSync(output, 'utf8')) as JsonReport;
  const counts = {
    files: report.testResults.length,
    tests: report.numTotalTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return { counts, ok: code === 0 };
}

async function runOn(version: Version, docker: boolean, files: readonly string[]): Promise<Outcome> {
  process.stdout.write(`\nPostgreSQL ${version}\n`);
  try {
    const server = await (docker ? startContainer(version) : startPackaged(version));
    try {
      if (isInterrupted) return { version, counts: undefined, ok: false };
      return { version, ...(await runTests(server.url, files)) };
    } finally {
      await server.stop();
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return { version, counts: undefined, ok: false };
  }
}

function format(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ version, counts, ok }) => {
    const { files, tests, failed, skipped } = counts ?? {};
    return [
      `PostgreSQL ${version}`,
      ...[files, tests, failed, skipped].map((it) => String(it ?? '-')),
      ok ? 'passed' : 'FAILED',
    ];
  });
  return formatTable(
    [['version', 'files', 'tests', 'failed', 'skipped', ''], ...rows],
    ['left', 'right', 'right', 'right', 'right', 'left'],
    { rule: true },
  ).join('\n');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    versions: { type: 'string' },
    docker: { type: 'boolean', default: false },
    testNamePattern: { type: 'string', short: 't' },
  },
});
const { testNamePattern } = values;
const chosen = [...(testNamePattern === undefined ? [] : ['-t', testNamePattern]), ...positionals];
const wanted = values.versions?.split(',').map(Number) ?? VERSIONS;
const unknown = wanted.find((it) => !VERSIONS.includes(it as Version));
if (unknown !== undefined)
  throw new Error(`--versions takes ${VERSIONS.join(', ')} with commas between them`);

const { remove } = await makeRunDirectory();
const outcomes: Outcome[] = [];
process.on('SIGINT', () => {
  isInterrupted = true;
});
for (const version of wanted as Version[]) {
  if (!isInterrupted) outcomes.push(await runOn(version, values.docker, chosen));
}
await remove();
process.stdout.write(`\n${format(outcomes)}\n`);
process.exitCode = outcomes.length === wanted.length && outcomes.every((it) => it.ok) ? 0 : 1;
