import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

/** One batch without a schedule, as in the README: it passes its checks whatever day it is to start on. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('a batch that is to start on New Year starts on the next working day, lives its days and passes', {
  timeout: GENERATION_TIMEOUT,
}, async () => {
  const asked = ['--start-date', '2025-01-01', '--eggs', '3500000', '--geography', 'Faroe Islands'];
  const { code, stderr } = await runCli([
    ...['batch', ...asked, '--duration', '200', '--database-url', database.url],
  ]);
  expect(stderr).toContain('on 2025-01-02 instead of 2025-01-01');
  expect(stderr).not.toContain('WARNING of the plan');
  expect(code, stderr).toBe(0);
  expect(
    await rowsOf(
      database.url,
      `select b.start_date::text, (r.as_of - b.start_date)::int as days, sum(c.egg_count_actual)::int as eggs
       from batch_batch b join batch_creationworkflow w on w.batch_id = b.id
       join batch_creationaction c on c.workflow_id = w.id cross join aquaseed.run r group by 1, 2`,
    ),
  ).toEqual([{ start_date: '2025-01-02', days: 200, eggs: 3_500_000 }]);
});
