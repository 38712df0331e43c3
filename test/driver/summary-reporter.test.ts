import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/driver/invocation.ts';

it('a test run ends with what was skipped and why, and with the counts', () => {
  const { stdout, status } = spawnSync(
    process.execPath,
    [
      path.join(PACKAGE_ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config',
      path.join(PACKAGE_ROOT, 'test/fixtures/summary/vitest.config.ts'),
    ],
    { cwd: PACKAGE_ROOT, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  expect(status).toBe(1);
  expect(stdout.trimEnd().split('\n').slice(-3)).toEqual([
    'skipped 2 in some.fixture.ts: needs a boat',
    'skipped 1 in some.fixture.ts: pages (Chromium on the PATH)',
    // The file that could not be loaded counts as a test that failed.
    '1 passed, 2 failed, 3 skipped',
  ]);
});
