import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../src/driver/stages/work.ts';
import { mustRun, runCli, startCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generateArguments, generatedDatabase, tinyFarm } from '../support/generated.ts';
import {
  Barrier,
  type Digests,
  digestsOf,
  migratedDatabase,
  miscountedTables,
  rowsOf,
  unitsNotDoneOnce,
} from '../support/run.ts';

let finished: TestDatabase;
let undisturbed: Digests;
beforeAll(async () => {
  finished = await generatedDatabase();
  undisturbed = await digestsOf(finished.url);
}, GENERATION_TIMEOUT);
afterAll(() => finished.drop());

describe('the ledger of a finished run', () => {
  it('has as many rows as each table', async () => {
    expect(await miscountedTables(finished.url)).toEqual([]);
    const tables = await rowsOf<{ table_name: string }>(
      finished.url,
      'select table_name from aquaseed.generated_rows(1)',
    );
    expect(tables.length).toBeGreaterThan(30);
  });

  it('names every table that the run filled', async () => {
    const before = await migratedDatabase();
    const { tables } = await digestsOf(before.url);
    await before.drop();
    const filled = Object.entries(undisturbed.tables)
      .filter(([name, { rows }]) => rows !== tables[name]?.rows)
      .map(([name]) => name);
    const named = await rowsOf<{ table_name: string }>(
      finished.url,
      'select table_name from aquaseed.generated_rows(1)',
    );
    expect(named.map((it) => it.table_name)).toEqual(filled);
  });

  it('counts every batch for itself', async () => {
    const wrong = await rowsOf(
      finished.url,
      `select s.unit from aquaseed.run_step s
       where s.stage = 'emit' and (s.rows ->> 'environmental_environmentalreading')::int
         <> (select count(*) from environmental_environmentalreading r where r.batch_id = s.unit_no)`,
    );
    expect(wrong).toEqual([]);
  });

  it('says that every unit was done once', async () => {
    expect(await unitsNotDoneOnce(finished.url)).toEqual([]);
  });

  it('is printed by status --json', async () => {
    const { json } = await mustRun(['status', '--database-url', finished.url, '--json']);
    const { run, stages, failures, sessions } = json() as {
      run: Record<string, unknown>;
      stages: { stage: string; units: number; done: number; failed: number }[];
      failures: unknown[];
      sessions: unknown[];
    };
    expect(run).toMatchObject({ run_id: 1, state: 'done', seed: 42, as_of: '2025-12-03' });
    expect(stages.map((it) => it.stage)).toEqual([...STAGES]);
    for (const it of stages) expect(it).toMatchObject({ done: it.units, failed: 0 });
    // Six batches, and the weather of four areas.
    expect(stages[2]).toMatchObject({ units: 10 });
    expect([failures, sessions]).toEqual([[], []]);
  });

  it('is nothing to do for a second resume', async () => {
    const { code, json } = await runCli([
      ...generateArguments(finished.url, { workers: 2 }),
      '--resume',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ state: 'done', batches: 6 });
    expect(await unitsNotDoneOnce(finished.url)).toEqual([]);
  });
});

describe('generate --json', () => {
  it('prints one object: run, state, batches, rows, seconds, workers, database', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const database = await migratedDatabase();
    try {
      const { stdout, json } = await mustRun([
        ...generateArguments(database.url, { workers: 2, asOf: '2023-08-01' }),
        '--json',
      ]);
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
      const result = json() as { rows: Record<string, number>; seconds: Record<string, number> };
      expect(result).toMatchObject({ run: 1, state: 'done', batches: 1, workers: 2, failures: [] });
      expect(Object.keys(result.seconds)).toEqual(expect.arrayContaining(['load', ...STAGES]));
      expect(await miscountedTables(database.url)).toEqual([]);
      expect(result.rows).toMatchObject({ batch_batch: 1, batch_creationaction: 2 });
      // The role's password is part of the URL and of nothing that is printed.
      expect(stdout).not.toContain(new URL(database.url).password);
    } finally {
      await database.drop();
    }
  });
});

describe('a unit that fails', () => {
  const batchOf = (number: string): number =>
    tinyFarm().schedule.batches.findIndex((it) => it.batch_id === number) + 1;

  it.each([
    ['simulate', 'SCO-2024-002', 'aquaseed.assignment', 'batch_no'],
    ['emit', 'FAR-2024-002', 'public.batch_batch', 'id'],
  ])(
    'in %s does not stop the others, is named, and is all that a resume does again',
    { timeout: GENERATION_TIMEOUT },
    async (stage, unit, table, column) => {
      const database = await migratedDatabase();
      try {
        await rowsOf(
          database.url,
          `create function barrier.break_it() returns trigger language plpgsql as $$
         begin raise exception 'the tank leaks' using errcode = 'XX123'; end $$;
         create trigger break_it before insert on ${table} for each row
           when (new.${column} = ${batchOf(unit)}) execute function barrier.break_it()`,
        );
        const failed = await runCli([...generateArguments(database.url, { workers: 2 }), '--json']);
        expect(failed.code).toBe(1);
        expect(failed.stderr).toContain(`FAILED ${stage} ${unit}: XX123 the tank leaks`);
        expect(failed.stderr).toMatch(/The run is not complete; continue with: .* --resume/);
        expect(failed.json()).toMatchObject({
          state: 'failed',
          failures: [{ stage, unit, error: 'XX123 the tank leaks' }],
        });
        expect(
          await rowsOf(
            database.url,
            'select state, count(*)::int as n from aquaseed.run_step where stage = $1 and phase = 0 group by 1 order by 1',
            [stage],
          ),
        ).toEqual([
          { state: 'done', n: 5 },
          { state: 'failed', n: 1 },
        ]);

        const status = await mustRun(['status', '--database-url', database.url]);
        expect(status.stdout).toContain(`FAILED ${stage} ${unit}: XX123 the tank leaks`);

        await rowsOf(database.url, `drop trigger break_it on ${table}`);
        const resumed = await runCli([...generateArguments(database.url, { workers: 2 }), '--resume']);
        expect(resumed.code, resumed.stderr).toBe(0);
        expect(await digestsOf(database.url)).toEqual(undisturbed);
        expect(await unitsNotDoneOnce(database.url)).toEqual([
          { stage, phase: 0, unit, state: 'done', attempts: 2 },
        ]);
      } finally {
        await database.drop();
      }
    },
  );
});

describe('two drivers at once', () => {
  it('the second one leaves with 4 and a line, the first one goes on', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const database = await migratedDatabase();
    const barrier = await Barrier.open(database.url);
    try {
      const key = await barrier.close('emit', 'FAR-2023-001');
      const first = startCli(generateArguments(database.url, { workers: 2, asOf: '2023-08-01' }));
      await barrier.reached(key, first);
      const arguments_ = generateArguments(database.url, { workers: 2, asOf: '2023-08-01' });
      for (const second of [arguments_, [...arguments_, '--resume']]) {
        const { code, stderr } = await runCli(second);
        expect(code).toBe(4);
        expect(stderr).toContain('Another generate is running on this database');
      }

      const { json } = await mustRun(['status', '--database-url', database.url, '--json']);
      expect(json()).toMatchObject({
        run: { state: 'running' },
        sessions: expect.arrayContaining([
          expect.objectContaining({ application_name: 'aquaseed emit FAR-2023-001' }),
        ]),
      });
      await barrier.lift(key);
      expect((await first.result).code).toBe(0);
    } finally {
      await barrier.end();
      await database.drop();
    }
  });
});
