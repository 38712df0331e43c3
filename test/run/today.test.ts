import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun, runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, tinyFarm } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

/** Where history ends when nobody says it. AQUASEED_TODAY stands for the clock. */

const TODAY = '2026-10-14';
const firstLine = (text: string): string => text.split('\n')[0] ?? '';
const onDay = (day: string, ...args: string[]) => runCli(args, { env: { AQUASEED_TODAY: day } });

describe.sequential('generate --preset', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  const youngest = ['generate', '--preset', 'demo', '--only', 'SCO-2026-006', '--no-verify'];

  it('plans up to today and says so first', { timeout: GENERATION_TIMEOUT }, async () => {
    const { code, stderr } = await onDay(TODAY, ...youngest, '--database-url', database.url);
    expect(code, stderr).toBe(0);
    expect(firstLine(stderr)).toBe(`History ends on ${TODAY}, today in UTC; --as-of <day> for another day`);
    expect(stderr).not.toContain('notice:');
    expect(
      await rowsOf(
        database.url,
        `select r.schedule_name, r.as_of::text, b.batch_number, $1::date - b.start_date as age
         from aquaseed.run r cross join batch_batch b`,
        [TODAY],
      ),
    ).toEqual([{ schedule_name: 'preset demo', as_of: TODAY, batch_number: 'SCO-2026-006', age: 76 }]);
    const [last] = await rowsOf<{ day: string }>(
      database.url,
      `select max(reading_time at time zone 'UTC')::date::text as day from environmental_environmentalreading`,
    );
    expect(last?.day).toBe('2026-10-13');
  });

  it('is resumed a day later with the day that it was begun with', async () => {
    const args = [...youngest, '--resume', '--database-url', database.url];
    const later = await onDay('2026-10-15', ...args);
    expect(later.code).toBe(2);
    expect(later.stderr).toContain(`Resume it with what it was begun with, which is --as-of ${TODAY}.`);
    const same = await onDay('2026-10-15', ...args, '--as-of', TODAY);
    expect(same.code, same.stderr).toBe(0);
    expect(firstLine(same.stderr)).toBe(`History ends on ${TODAY}`);
  });

  it.each([
    ['a preset and a file', ['--preset', 'demo', tinyFarm().file], /generate takes a schedule, or --preset/],
    ['neither', [], /generate takes a schedule, or --preset/],
    ['a preset that there is not', ['--preset', 'dome'], /there is no preset "dome"\nPresets: demo, medium/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await onDay(TODAY, 'generate', ...args, '--database-url', database.url);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('plans what plan --preset does', async () => {
    const { stdout } = await mustRun(['plan', '--preset', 'demo', '--as-of', TODAY]);
    expect(stdout).toContain('batch_id: SCO-2026-006');
    const [run] = await rowsOf<{ digest: string }>(
      database.url,
      'select config_digest as digest from aquaseed.run',
    );
    expect(run?.digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the clock', () => {
  it('may be told, and only a day', async () => {
    const { code, stderr } = await onDay('yesterday', 'generate', '--preset', 'demo');
    expect(code).toBe(2);
    expect(stderr).toContain('AQUASEED_TODAY must be a date like 2025-12-03: yesterday');
  });
});

describe('the history of a file', () => {
  // Refused after the file was read: nothing is generated.
  const nowhere = ['--database-url', 'postgres://nobody@127.0.0.1:1/none'];
  const noticeOn = async (day: string, ...args: string[]): Promise<string | undefined> =>
    (await onDay(day, 'generate', ...args, ...nowhere)).stderr
      .split('\n')
      .find((it) => it.startsWith('notice:'));

  it('that ends more than 3 days back is told, with the way on', async () => {
    const demo = 'config/schedules/demo.yaml';
    expect(await noticeOn('2025-12-07', demo)).toBe(
      'notice: history ends on 2025-12-03; dashboards that count back from today show nothing of it. ' +
        'Up to today: npx tsx src/driver generate --preset demo',
    );
    expect(await noticeOn('2025-12-06', demo)).toBeUndefined();
    const { config, file } = tinyFarm();
    expect(await noticeOn(TODAY, file, '--config', config)).toMatch(
      /^notice: history ends on .* Up to today: --as-of <day>, or .* plan --extend .* --out /,
    );
  });

  it('is not, where its end was said', async () => {
    expect(await noticeOn(TODAY, 'config/schedules/demo.yaml', '--as-of', '2025-12-01')).toBeUndefined();
  });
});
