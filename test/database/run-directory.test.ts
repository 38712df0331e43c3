import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { findBinaries, repairBinaries } from '../../src/driver/database/embedded/binaries.ts';
import { isAlive, processIdentity } from '../support/process.ts';
import { removeDeadRuns } from '../support/run-directory.ts';
import { startServer } from '../support/servers.ts';

it('what a run left that was killed is ended and removed by the next, what lives is left alone', async () => {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'aquaseed-runs-'));
  const dead = path.join(parent, 'aquaseed-test-999999999-1');
  const alive = path.join(parent, `aquaseed-test-${processIdentity(process.pid)}`);
  for (const it of [dead, alive]) mkdirSync(it);
  const binaries = findBinaries();
  repairBinaries(binaries);
  const open = async (directory: string) => {
    vi.stubEnv('TMPDIR', directory);
    const server = await startServer(path.dirname(binaries.postgres));
    vi.unstubAllEnvs();
    return server;
  };
  const { spawnSync } = await import('node:child_process');
  spawnSync('chmod', ['755', parent]);
  const left = await open(dead);
  const used = await open(alive);
  await removeDeadRuns(parent);
  expect(processIdentity(left.pid)).toBeUndefined();
  expect(existsSync(dead)).toBe(false);
  expect(processIdentity(used.pid)).toBeDefined();
  await used.remove();
  rmSync(parent, { recursive: true });
});

it('processes are known by pid and start time', () => {
  const identity = processIdentity(process.pid) ?? '';
  expect(isAlive(identity)).toBe(true);
  expect(isAlive(`${process.pid}-1`)).toBe(false);
  expect(isAlive('')).toBe(false);
  expect(processIdentity(999_999_999)).toBeUndefined();
});
