import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchFile } from '../../src/driver/output/log-files.ts';
import { requireSpace } from '../../src/driver/stages/open-run.ts';
import { mustRun, runCli, startCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  GENERATION_TIMEOUT,
  generateArguments,
  generatedDatabase,
  scratchDirectory,
} from '../support/generated.ts';
import { Barrier, migratedDatabase, rowsOf } from '../support/run.ts';

/** Options of generate, and what it must never show. */

const ONLY = ['FAR-2024-002', 'SCO-2023-001'];
const PASSWORD = 'very-secret-word';

describe('generate --only --log-dir, with a password', () => {
  let database: TestDatabase;
  let whole: TestDatabase;
  let role: string;
  let logDir: string;
  let output: string;
  let commandLine: string;

  beforeAll(async () => {
    [database, whole] = await Promise.all([migratedDatabase(), generatedDatabase()]);
    logDir = path.join(scratchDirectory(), 'logs');
    role = `${database.name}_r`;
    await rowsOf(database.url, `create role ${role} superuser login password '${PASSWORD}'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = PASSWORD;
    const barrier = await Barrier.open(database.url);
    const key = await barrier.close('emit', 'SCO-2023-001');
    // A unit that fails, so that errors are looked at too.
    await rowsOf(
      database.url,
      `create function barrier.break_it() returns trigger language plpgsql as $$ begin raise exception 'leak'; end $$;
       create trigger break_it before insert on public.harvest_harvestlot for each row execute function barrier.break_it()`,
    );
    const args = [
      ...generateArguments(url.toString(), { workers: 2 }),
      '--only',
      ONLY.join(','),
      '--log-dir',
      logDir,
    ];
    const command = startCli(args);
    await barrier.reached(key, command);
    commandLine = readFileSync(`/proc/${command.pid}/cmdline`, 'utf8');
    await barrier.lift(key);
    const first = await command.result;
    await barrier.end();
    await rowsOf(database.url, 'drop trigger break_it on public.harvest_harvestlot');
    const resumed = await runCli([...args, '--resume', '--json', '--log-format', 'json']);
    expect(resumed.code, resumed.stderr).toBe(0);
    output = [first.stdout, first.stderr, resumed.stdout, resumed.stderr].join('\n');
  }, GENERATION_TIMEOUT);
  afterAll(async () => {
    const { url } = whole;
    await database.drop();
    await rowsOf(url, `drop role if exists ${role}`);
    await whole.drop();
  });

  it('makes the rows of these batches, and no other', async () => {
    const rows = (url: string, table: string, key: string): Promise<unknown[]> =>
      rowsOf(
        url,
        `select b.batch_number, count(*)::int as n, sum(hash_record_extended(t.*, 0))::text as digest
         from public.${table} t join public.batch_batch b on b.id = t.${key}
         where b.batch_number = any ($1) group by 1 order by 1`,
        [ONLY],
      );
    for (const [table, key] of [
      ['batch_batchcontainerassignment', 'batch_id'],
      ['environmental_environmentalreading', 'batch_id'],
      ['batch_mortalityevent', 'batch_id'],
    ] as const) {
      const found = await rows(database.url, table, key);
      expect(found).toHaveLength(2);
      expect(found).toEqual(await rows(whole.url, table, key));
    }
    expect(await rowsOf(database.url, 'select batch_number from public.batch_batch order by 1')).toEqual(
      [...ONLY].sort().map((it) => ({ batch_number: it })),
    );
    // Feed is bought for these two, and balances.
    const { json } = await runCli(['verify', '--database-url', database.url, '--json']);
    const { checks } = json() as { checks: { id: string; pass: boolean | null }[] };
    expect(checks.filter((it) => /^(1|46|51|52|61)(\.|$)/.test(it.id) && it.pass === false)).toEqual([]);
  });

  it('refuses a batch that the schedule does not have', async () => {
    const refused = await runCli([...generateArguments(database.url), '--only', 'FAR-1999-001']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('has no batch "FAR-1999-001"');
  });

  it('writes a file per batch with each step, its rows and milliseconds', () => {
    const files = readdirSync(logDir).sort();
    expect(files).toEqual([...ONLY.map(batchFile), 'run.log'].sort());
    const steps = readFileSync(path.join(logDir, batchFile('SCO-2023-001')), 'utf8')
      .trimEnd()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { stage: string; state: string; milliseconds: number; rows: object | null },
      );
    expect(steps.map((it) => [it.stage, it.state])).toEqual(
      expect.arrayContaining([
        ['simulate', 'done'],
        ['emit', 'done'],
      ]),
    );
    for (const it of steps) expect(it.milliseconds).toBeGreaterThan(0);
    expect(steps.find((it) => it.stage === 'emit' && it.state === 'done')?.rows).toMatchObject({
      batch_batch: 1,
    });
    expect(readFileSync(path.join(logDir, 'run.log'), 'utf8')).toContain('seal');
  });

  it('shows the password in no output, log, error or process list, and not on the server', async () => {
    expect(output).toContain(`${role}@`);
    expect(output).not.toContain(PASSWORD);
    expect(commandLine).toContain('generate');
    expect(commandLine).not.toContain(PASSWORD);
    for (const file of readdirSync(logDir)) {
      expect(readFileSync(path.join(logDir, file), 'utf8')).not.toContain(PASSWORD);
    }
    const noted = await rowsOf(
      database.url,
      `select from aquaseed.run r where strpos(r::text, $1) > 0
       union all select from aquaseed.run_step s where strpos(s::text, $1) > 0`,
      [PASSWORD],
    );
    expect(noted).toEqual([]);
  });
});

describe('names of log files', () => {
  it('are safe and differ', () => {
    expect(batchFile('FAR-2023-001')).toBe('batch-FAR-2023-001.log');
    const odd = ['../../x', '..|..|x', "O'Brien; Æ/🐟"].map(batchFile);
    for (const it of odd) expect(it).toMatch(/^batch-[\w.-]+\.log$/);
    expect(new Set(odd).size).toBe(3);
  });
});

describe('the free disk of the embedded server', () => {
  it('must hold what is predicted', () => {
    expect(() => requireSpace(5e9, 4e9, '/x')).toThrow(
      /needs about 5\.00 GB, and 4\.00 GB are free in \/x: nothing was written/,
    );
    expect(() => requireSpace(4e9, 5e9, '/x')).not.toThrow();
  });

  it('is compared before anything is written: other servers are told the prediction', async () => {
    const database = await migratedDatabase();
    try {
      const { stderr } = await mustRun(generateArguments(database.url, { asOf: '2023-06-20' }));
      expect(stderr).toMatch(/^About [\d,]+ rows, \d+\.\d\d GB$/m);
    } finally {
      await database.drop();
    }
  });
});
