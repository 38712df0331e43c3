import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Files have databases of their own; much of their time is waiting.
    maxWorkers: 2,
    // A worker reads the sources once, not for every file (half a minute of a core for thirty files).
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
