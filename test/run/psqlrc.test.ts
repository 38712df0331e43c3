import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { mustRun } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, scratchDirectory, tinyFarm } from '../support/generated.ts';
import { HAS_PSQL, type PsqlResult } from '../support/psql.ts';
import { digestsOf, rowsOf } from '../support/run.ts';

/** The scripts for psql as people run them: without -X, with habits in ~/.psqlrc, from anywhere. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What people have there, and what would hurt. */
const HABITS: Record<string, string> = {
  autocommit: '\\set AUTOCOMMIT off',
  'an open transaction': 'begin;',
  'a failed transaction': 'begin; select 1/0;',
  'on error': '\\set ON_ERROR_ROLLBACK on\n\\set ON_ERROR_STOP off',
  echo: '\\set ECHO all\n\\set ECHO_HIDDEN on\n\\set VERBOSITY sqlstate\n\\set SHOW_CONTEXT always',
  'single line': '\\set SINGLELINE on',
  'fetch count': '\\set FETCH_COUNT 3',
  output: `\\timing on\n\\pset format html\n\\pset tuples_only on\n\\pset null (null)\n\\pset expanded on\n\\pset pager always`,
  'output to a file': '\\o /dev/null',
  encoding: '\\encoding LATIN1',
  names: '\\set is_free no\n\\set pending no\n\\set is_done no\n\\set is_missing no\n\\set psql_is_ready 1',
  settings: `set search_path = information_schema; set datestyle = 'SQL, DMY'; set statement_timeout = '2s';
    set standard_conforming_strings = off; set default_transaction_read_only = on; set timezone = 'Asia/Tokyo';
    set quote_all_identifiers = on; set extra_float_digits = -15;`,
};
HABITS.all = Object.values(HABITS).join('\n');

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const it of databases) await it.drop();
});
async function emptyDatabase(): Promise<TestDatabase> {
  const made = await createTestDatabase();
  databases.push(made);
  return made;
}

/** psql with a ~/.psqlrc of these contents. */
function psql(
  database: TestDatabase,
  args: string[],
  {
    habits = HABITS.all,
    cwd = ROOT,
    stdin,
  }: { habits?: string | undefined; cwd?: string; stdin?: string } = {},
): Promise<PsqlResult> {
  const file = path.join(scratchDirectory(), 'psqlrc');
  // What these lines complain of is no concern of ours.
  writeFileSync(file, `${habits}\n\\warn READY\n`);
  const child = spawn('psql', [...args, database.url], {
    cwd,
    env: { PATH: process.env.PATH ?? '', PSQLRC: file },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(stdin ?? '');
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: output.stdout, stderr: output.stderr.replace(/^[\s\S]*READY\n/, '') }),
    );
  });
}

describe.skipIf(!HAS_PSQL)('the scripts for psql', () => {
  it.each(Object.entries(HABITS))('install whatever ~/.psqlrc says of %s', async (_name, habits) => {
    const database = await emptyDatabase();
    const { code, stderr, stdout } = await psql(database, ['-f', 'sql/install.sql'], { habits });
    expect(code, stderr).toBe(0);
    // A transaction that failed in ~/.psqlrc answers once before it is rolled back.
    expect(stderr.replace(/^\S+: ERROR: {2}current transaction is aborted[^\n]*\n/, '')).toBe('');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^installed: /);
    expect(await rowsOf(database.url, 'select from aquaseed.run')).toEqual([]);
    await database.drop();
  });

  it('find their files from any directory, and say so where they cannot', async () => {
    const database = await emptyDatabase();
    const text = readFileSync(path.join(ROOT, 'sql', 'install.sql'), 'utf8');
    const elsewhere = scratchDirectory();
    for (const name of ['install', 'seed', 'roles']) {
      const stdin = readFileSync(path.join(ROOT, 'sql', `${name}.sql`), 'utf8');
      const lost = await psql(database, [], { cwd: elsewhere, stdin });
      expect(lost.code, name).toBe(3);
      expect(lost.stderr).toContain(
        `sql/${name}.sql finds the files that belong to it only with -f: psql -f <path>/sql/${name}.sql`,
      );
    }
    expect(await rowsOf(database.url, `select from pg_namespace where nspname = 'aquaseed'`)).toEqual([]);
    const file = path.join(ROOT, 'sql', 'install.sql');
    for (const run of [
      () => psql(database, ['-f', file], { cwd: elsewhere }),
      () => psql(database, ['-f', 'install.sql'], { cwd: path.join(ROOT, 'sql') }),
      () => psql(database, [], { cwd: path.join(ROOT, 'sql'), stdin: text }),
      () => psql(database, ['-1', '-f', file], { cwd: elsewhere }),
    ]) {
      const { code, stderr, stdout } = await run();
      expect(code, stderr).toBe(0);
      expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^installed: /);
    }
  });

  it('generate the same rows with the worst of habits', { timeout: GENERATION_TIMEOUT }, async () => {
    const { config, file } = tinyFarm();
    const tiny = path.join(scratchDirectory(), 'tiny.sql');
    await mustRun(['plan', '--from', file, '--format', 'sql', '--out', tiny, '--config', config]);
    const database = await emptyDatabase();
    expect((await psql(database, ['-f', 'sql/install.sql'])).code).toBe(0);
    const args = ['-v', `schedule=${tiny}`, '-v', 'verify=off', '-f', 'sql/seed.sql'];
    const { code, stderr } = await psql(database, args);
    expect(code, stderr.slice(-2000)).toBe(0);
    const reference = await generatedDatabase();
    databases.push(reference);
    expect(await digestsOf(database.url)).toEqual(await digestsOf(reference.url));
  });
});
