import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun, runCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generateArguments, generatedDatabase } from '../support/generated.ts';
import { type Digests, digestsOf, miscountedTables, rowsOf } from '../support/run.ts';

const TABLE = 'batch_actualdailyassignmentstate';

let database: TestDatabase;
let generated: Digests;
beforeAll(async () => {
  database = await generatedDatabase();
  generated = await digestsOf(database.url);
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

const assimilate = (...args: string[]): ReturnType<typeof runCli> =>
  runCli(['assimilate', '--database-url', database.url, ...args]);

async function states(where: string): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(
    database.url,
    `select count(*)::int as n from ${TABLE} where ${where}`,
  );
  return row?.n ?? 0;
}

describe('assimilate', () => {
  it('a second time gives the same rows, with any number of workers', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    for (const workers of ['1', '4']) {
      const { code, stderr, json } = await assimilate('--workers', workers, '--json');
      expect(code, stderr).toBe(0);
      expect(json()).toMatchObject({
        run: 1,
        batches: 6,
        states: generated.tables[TABLE]?.rows,
        failures: [],
      });
      expect(await digestsOf(database.url)).toEqual(generated);
      expect(await miscountedTables(database.url)).toEqual([]);
    }
  });

  it('--only and --from compute what they name', { timeout: GENERATION_TIMEOUT }, async () => {
    const broken = `avg_weight_g = 0.01 and population = 1`;
    const damage = `update ${TABLE} set avg_weight_g = 0.01, population = 1`;
    await rowsOf(database.url, `${damage} where batch_id in (1, 3)`);
    const whole = await assimilate('--only', 'FAR-2023-001');
    expect(whole.code, whole.stderr).toBe(0);
    expect(whole.stdout).toMatch(
      /^1 batches assimilated in .*; batch_actualdailyassignmentstate has [\d,]+ rows\n$/,
    );
    expect(await states(`${broken} and batch_id = 1`)).toBe(0);
    expect(await states(`${broken} and batch_id = 3`)).toBe(await states('batch_id = 3'));

    const [third] = await rowsOf<{ name: string; day: string }>(
      database.url,
      'select batch_number as name, (start_date + 200)::text as day from batch_batch where id = 3',
    );
    const day = third?.day ?? '';
    const late = await assimilate('--only', third?.name ?? '', '--from', day, '--json');
    expect(late.code, late.stderr).toBe(0);
    expect(await states(`${broken} and batch_id = 3 and date >= '${day}'`)).toBe(0);
    expect(await states(`${broken} and batch_id = 3`)).toBe(await states(`batch_id = 3 and date < '${day}'`));
    expect(await miscountedTables(database.url)).toEqual([]);

    const early = await assimilate('--to', day);
    expect(early.code, early.stderr).toBe(0);
    expect(await digestsOf(database.url)).toEqual(generated);
  });

  it('follows events that were changed, and back again', { timeout: GENERATION_TIMEOUT }, async () => {
    const change = (sign: string): Promise<unknown> =>
      rowsOf(
        database.url,
        `update batch_mortalityevent set count = count ${sign} 1
         where id = (select min(id) from batch_mortalityevent where batch_id = 2)`,
      );
    await change('+');
    expect((await assimilate('--only', 'SCO-2023-001')).code).toBe(0);
    expect((await digestsOf(database.url)).tables[TABLE]?.digest).not.toBe(generated.tables[TABLE]?.digest);
    await change('-');
    expect((await assimilate('--only', 'SCO-2023-001')).code).toBe(0);
    expect(await digestsOf(database.url)).toEqual(generated);
  });

  it('a batch that fails keeps its states; the same command continues', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await rowsOf(
      database.url,
      `create function public.break_it() returns trigger language plpgsql as $$
       begin raise exception 'the tank leaks' using errcode = 'XX123'; end $$`,
    );
    await rowsOf(
      database.url,
      `create trigger break_it before insert on ${TABLE}_s001 for each row
       when (new.batch_id = 2) execute function public.break_it()`,
    );
    const failed = await assimilate('--json');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('FAILED assimilate SCO-2023-001: XX123 the tank leaks');
    expect((await digestsOf(database.url)).tables[TABLE]).toEqual(generated.tables[TABLE]);
    const status = await mustRun(['status', '--database-url', database.url, '--json']);
    expect(status.json()).toMatchObject({
      run: { state: 'failed' },
      stages: expect.arrayContaining([expect.objectContaining({ stage: 'assimilate', failed: 1 })]),
    });

    await rowsOf(database.url, 'drop function public.break_it cascade');
    expect((await assimilate('--only', 'SCO-2023-001')).code).toBe(0);
    expect(await rowsOf(database.url, 'select state from aquaseed.run')).toEqual([{ state: 'done' }]);
    expect(await digestsOf(database.url)).toEqual(generated);
  });

  it.each([
    [['--only', 'FAR-1999-001'], 2, 'no such batch, or it has not begun: FAR-1999-001'],
    [
      ['--from', '2025-02-02', '--to', '2025-02-01'],
      2,
      'the last day 2025-02-01 is before the first 2025-02-02',
    ],
    [['--from', '2025-02-30'], 2, 'a date that exists'],
    [['--only', 'a,,b'], 2, 'names with commas'],
  ])('refuses %j with exit code %i', async (args, code, message) => {
    const result = await assimilate(...args);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
    expect(await digestsOf(database.url)).toEqual(generated);
  });

  it('refuses a run that is not complete', async () => {
    await rowsOf(database.url, `update aquaseed.run_step set state = 'pending' where unit = 'sequences'`);
    const { code, stderr } = await assimilate();
    expect(code).toBe(2);
    expect(stderr).toContain('the run is not complete');
    const resumed = await runCli([...generateArguments(database.url, { workers: 2 }), '--resume']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(await digestsOf(database.url)).toEqual(generated);
  });
});
