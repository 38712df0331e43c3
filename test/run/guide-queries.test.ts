import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';
import { withClient } from '../support/run.ts';

const FILE = fileURLToPath(new URL('../fixtures/guide-queries.sql', import.meta.url));
const hasPsql = spawnSync('psql', ['--version']).status === 0;

describe("the queries of AquaMind's users", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await generatedDatabase();
  }, GENERATION_TIMEOUT);
  afterAll(() => database.drop());

  it('run unchanged', async () => {
    await withClient(database.url, async (client) => {
      const results = (await client.query(readFileSync(FILE, 'utf8'))) as unknown as { rows: unknown[] }[];
      expect(results).toHaveLength(9);
      const [batches, states, readings, meals, samples, perBatch, , verdicts, stages] = results.map(
        (it) => it.rows,
      );
      expect(batches).toEqual([{ count: '6' }]);
      expect(states).toEqual([
        { status: 'ACTIVE', count: '5' },
        { status: 'COMPLETED', count: '1' },
      ]);
      for (const counted of [readings, meals, samples]) {
        expect(counted).not.toEqual([{ count: '0' }]);
      }
      expect(perBatch).toHaveLength(6);
      expect(perBatch).toContainEqual(
        expect.objectContaining({
          batch_number: 'FAR-2023-001',
          status: 'COMPLETED',
          assignments: '12',
          active_assignments: '0',
        }),
      );
      // Every batch that is older than 91 days: all but the one that still is in its trays.
      expect(verdicts).toEqual(
        ['FAR-2023-001', 'FAR-2024-002', 'FAR-2025-003', 'SCO-2023-001', 'SCO-2024-002'].map((batch) =>
          expect.objectContaining({ batch_number: batch, verdict: 'PASS' }),
        ),
      );
      expect(stages).toEqual([
        { order: 1, name: 'Egg&Alevin', count: '1' },
        { order: 3, name: 'Parr', count: '1' },
        { order: 5, name: 'Post-Smolt', count: '1' },
        { order: 6, name: 'Adult', count: '2' },
      ]);
    });
  });

  it.skipIf(!hasPsql)('run unchanged by psql (skipped where there is none)', () => {
    const url = new URL(database.url);
    const { password } = url;
    url.password = '';
    const { status, stderr } = spawnSync(
      'psql',
      ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', FILE, url.toString()],
      { encoding: 'utf8', env: { ...process.env, PGPASSWORD: decodeURIComponent(password) } },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
