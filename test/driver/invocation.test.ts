import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programAsTyped, quoted } from '../../src/driver/invocation.ts';

const base = mkdtempSync(path.join(os.tmpdir(), 'aquaseed-invocation-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** What npm sets for `npx` and for `npm run seed`. */
const NPX = { npm_command: 'exec', npm_lifecycle_event: 'npx', npm_config_user_agent: 'npm/11.0.0 node/v20' };
const SCRIPT = { ...NPX, npm_command: 'run', npm_lifecycle_event: 'seed' };

/** A tree of this package, and the link to its program. */
function tree(root: string, bin?: string): void {
  for (const file of ['bin/aquaseed.js', 'src/driver/index.ts']) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), '');
    chmodSync(path.join(root, file), 0o755);
  }
  if (bin === undefined) return;
  mkdirSync(path.dirname(bin), { recursive: true });
  symlinkSync(path.relative(path.dirname(bin), path.join(root, 'bin/aquaseed.js')), bin);
}

const project = path.join(base, 'project');
const local = path.join(project, 'node_modules', 'aquaseed');
const localBin = path.join(project, 'node_modules', '.bin', 'aquaseed');
const prefix = path.join(base, 'a prefix');
const global = path.join(prefix, 'lib', 'node_modules', 'aquaseed');
const globalBin = path.join(prefix, 'bin', 'aquaseed');
const checkout = path.join(base, 'checkout');

beforeAll(() => {
  tree(local, localBin);
  tree(global, globalBin);
  tree(checkout);
});

describe('a program is named as it was typed', () => {
  it('by npx in a project', () => {
    const start = { script: localBin, cwd: project, root: local };
    const PATH = path.dirname(localBin);
    expect(programAsTyped({ ...start, env: { ...NPX, PATH } })).toBe('npx aquaseed');
    expect(programAsTyped({ ...start, env: { ...SCRIPT, PATH } })).toBe('npx aquaseed');
  });

  it('by another package manager', () => {
    // pnpm and yarn start the file itself.
    const start = { script: path.join(local, 'bin/aquaseed.js'), cwd: project, root: local };
    const by = (agent: string): string =>
      programAsTyped({ ...start, env: { npm_command: 'run-script', npm_config_user_agent: agent } });
    expect(by('pnpm/9.0.0 npm/? node/v20')).toBe('pnpm exec aquaseed');
    expect(by('yarn/4.0.0 npm/? node/v20')).toBe('yarn aquaseed');
    expect(by('bun/1.1.0')).toBe('bunx aquaseed');
  });

  it('by its name where it is installed for all', () => {
    const start = { script: globalBin, cwd: base, root: global };
    expect(programAsTyped({ ...start, env: { PATH: `/usr/bin:${prefix}/bin` } })).toBe('aquaseed');
    // Also from a script of npm, where npx would not find it.
    expect(programAsTyped({ ...start, env: { ...SCRIPT, PATH: `${prefix}/bin` } })).toBe('aquaseed');
  });

  it('by its path where the shell does not find it', () => {
    const env = { PATH: '/usr/bin' };
    expect(programAsTyped({ script: globalBin, cwd: base, root: global, env })).toBe(
      quoted('a prefix/bin/aquaseed'),
    );
    expect(programAsTyped({ script: globalBin, cwd: path.dirname(globalBin), root: global, env })).toBe(
      './aquaseed',
    );
    expect(programAsTyped({ script: localBin, cwd: project, root: local, env })).toBe(
      'node_modules/.bin/aquaseed',
    );
  });

  it('by tsx or node in a checkout, from where the user is', () => {
    const start = { script: path.join(checkout, 'src/driver'), root: checkout };
    expect(programAsTyped({ ...start, cwd: checkout, env: NPX })).toBe('npx tsx src/driver');
    expect(programAsTyped({ ...start, cwd: path.join(checkout, 'bin'), env: NPX })).toBe(
      'npx tsx ../src/driver',
    );
    // npm start runs in the root of the package wherever it is typed.
    const npmStart = { ...SCRIPT, npm_command: 'start', npm_lifecycle_event: 'start' };
    expect(programAsTyped({ ...start, cwd: checkout, env: { ...npmStart, INIT_CWD: checkout } })).toBe(
      'npx tsx src/driver',
    );
    expect(
      programAsTyped({ ...start, cwd: checkout, env: { ...npmStart, INIT_CWD: path.join(checkout, 'src') } }),
    ).toBe('npx tsx driver');
    const file = path.join(checkout, 'bin/aquaseed.js');
    expect(programAsTyped({ script: file, root: checkout, cwd: checkout, env: {} })).toBe(
      'node bin/aquaseed.js',
    );
  });

  it('as the documents have it where it was not started from the command line', () => {
    expect(programAsTyped({ script: undefined, root: checkout, cwd: base, env: {} })).toBe(
      'npx tsx src/driver',
    );
    expect(programAsTyped({ script: '/no/such/file', root: local, cwd: base, env: {} })).toBe('npx aquaseed');
  });
});

it('words that a shell would take apart are quoted', () => {
  expect(quoted('data/ål.yaml')).toBe('data/ål.yaml');
  expect(quoted("it's here")).toBe(`'it'\\''s here'`);
});
