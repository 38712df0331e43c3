import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRoot } from '../../src/driver/database/embedded/system-user.ts';
import { PACKAGE_ROOT } from '../../src/driver/invocation.ts';
import { PRESETS } from '../../src/planner/index.ts';

/** The archive of `npm pack`, in a project whose node_modules are links to ours: what an installation is, offline. */

const base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'aquaseed package ø ')));
chmodSync(base, 0o755);
const project = path.join(base, 'project');
const modules = path.join(project, 'node_modules');
const installed = path.join(modules, 'aquaseed');
const data = path.join(base, 'data');
const program = path.join(modules, '.bin', 'aquaseed');
let files: string[] = [];

/** Runs what was typed in the project, with nothing that the test run inherited from npm. */
function run(command: string, ...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD|PG|DATABASE_URL|AQUASEED_|NODE_OPTIONS|VITEST)/.test(name),
  );
  const env = { ...Object.fromEntries(kept), XDG_DATA_HOME: data, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** As it is told to users. */
function homeOfServer(): string {
  return /^Its files: (.*)$/m.exec(run(program, 'db', '--help').stdout)?.[1] ?? '';
}

function linkModules(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith('@')) linkModules(path.join(from, name), path.join(to, name));
    else if (!name.startsWith('.')) symlinkSync(path.join(from, name), path.join(to, name));
  }
}

beforeAll(() => {
  const pack = spawnSync('npm', ['pack', '--json', '--pack-destination', base], {
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(pack.stdout) as { filename: string; files: { path: string }[] }[];
  files = packed?.files.map((it) => it.path) ?? [];
  linkModules(path.join(PACKAGE_ROOT, 'node_modules'), modules);
  mkdirSync(installed);
  const archive = path.join(base, packed?.filename ?? '');
  expect(spawnSync('tar', ['-xzf', archive, '--strip-components=1', '-C', installed]).status).toBe(0);
  mkdirSync(path.join(modules, '.bin'));
  symlinkSync('../aquaseed/bin/aquaseed.js', program);
  writeFileSync(path.join(project, 'package.json'), '{"name": "project", "version": "1.0.0"}');
});

afterAll(() => {
  if (existsSync(program)) {
    run(program, 'db', 'stop');
    rmSync(homeOfServer(), { recursive: true, force: true });
  }
  rmSync(base, { recursive: true, force: true });
});

describe('the packed archive', () => {
  it('holds what runs, with the documents and the SQL files of all presets, and no tests', () => {
    const top = [...new Set(files.map((it) => it.split('/')[0] ?? ''))];
    expect(top.toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin',
      'config',
      'docs',
      'package.json',
      'sql',
      'src',
    ]);
    expect(files).toContain('docs/operations.md');
    expect(files).toContain('sql/install.sql');
    const presets = Object.keys(PRESETS).flatMap((it) => [
      `config/schedules/${it}.yaml`,
      `config/schedules/${it}.sql`,
    ]);
    expect(files).toEqual(expect.arrayContaining(presets));
    // Besides, what git has of these directories, and nothing else that happens to lie there.
    const tracked = spawnSync(
      'git',
      ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...top],
      {
        cwd: PACKAGE_ROOT,
        encoding: 'utf8',
      },
    );
    expect(files.toSorted()).toEqual(
      [...new Set([...presets, ...tracked.stdout.trim().split('\n')])].toSorted(),
    );
  });

  it('generates and reports in a directory of somebody else', { timeout: 600_000 }, () => {
    const batch = ['--start-date', '2025-01-01', '--eggs', '3500000', '--geography', 'Scotland'];
    const made = run('npx', 'aquaseed', 'batch', ...batch, '--duration', '30', '--no-verify');
    expect(made.stderr).toContain(`Creating the embedded PostgreSQL`);
    expect(made).toMatchObject({ code: 0 });
    expect(run(program, 'report')).toMatchObject({ code: 0 });
    expect(existsSync(path.join(project, 'report.html'))).toBe(true);
  });

  it("keeps the server's files in the user's data directory, and leaves its own directory as it was", () => {
    // That of root below /var/lib, where the user of the server can reach it.
    if (isRoot()) expect(path.dirname(homeOfServer())).toBe('/var/lib/aquaseed');
    else expect(homeOfServer()).toBe(path.join(data, 'aquaseed'));
    expect(existsSync(path.join(homeOfServer(), 'postgres', 'PG_VERSION'))).toBe(true);
    const found = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((it) => it.isFile())
      .map((it) => path.relative(installed, path.join(it.parentPath, it.name)));
    expect(found.toSorted()).toEqual(files.toSorted());
  });

  it('finds the schedules that come with it', () => {
    for (const name of ['demo', 'config/schedules/demo.yaml']) {
      expect(run(program, 'validate', name)).toMatchObject({
        code: 0,
        stdout: `${name}: 12 batches, no conflicts\n`,
      });
    }
    writeFileSync(path.join(project, 'demo'), 'batches: none');
    expect(run(program, 'validate', 'demo')).toMatchObject({ code: 2 });
  });

  it('names its commands as they were typed', () => {
    const stopped = run('npx', 'aquaseed', 'db', 'url');
    expect(stopped).toMatchObject({ code: 3, stderr: expect.stringContaining('npx aquaseed db start') });
    const byPath = run(program, 'plan', '--help');
    expect(byPath.stdout).toContain('Usage: node_modules/.bin/aquaseed plan');
    expect(byPath.stdout).toContain('  node_modules/.bin/aquaseed plan --years');
  });
});
