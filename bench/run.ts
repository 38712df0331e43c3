import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { z } from 'zod';
import { runScript } from './process.ts';
import type { Run } from './results.ts';
import { type BenchServer, DATABASE } from './server.ts';
import { sum } from './spread.ts';

const DRIVER = fileURLToPath(new URL('../src/driver/index.ts', import.meta.url));
const SAMPLE_MS = 200;

const resultSchema = z.object({
  run: z.number(),
  state: z.enum(['done', 'failed']),
  batches: z.number(),
  rows: z.record(z.string(), z.number()),
  seconds: z.record(z.string(), z.number()),
  workers: z.number(),
  failed_checks: z.number().nullable(),
});

/** What is the same in every run of a schedule. */
export interface Generated {
  batches: number;
  rows: Record<string, number>;
  stage_rows: Record<string, number>;
  database_bytes: number;
  bytes: Record<string, { heap: number; indexes: number }>;
}

/** Generates a schedule into the database of the runs, which is made anew, and leaves it there. */
export async function generate(
  server: BenchServer,
  schedule: string,
  workers: number,
  signal: AbortSignal,
): Promise<{ run: Run; generated: Generated }> {
  await server.reset();
  const sampler = new Sampler(server);
  const args = ['generate', schedule, '--database', DATABASE, '--workers', String(workers), '--json'];
  if (server.kind === 'embedded') args.push('--replace');
  const finished = await sampler.during(() => runScript(DRIVER, args, server.environment, signal));
  // A check that fails ends the command with 1 too; that is told, and is no matter of speed.
  if (finished.code !== 0 && finished.code !== 1) {
    throw new Error(`generate ended with exit code ${finished.code}\n${finished.log}`);
  }
  const result = resultSchema.parse(finished.json());
  if (result.state !== 'done') throw new Error(`generate failed\n${finished.log}`);
  return await server.connect('runs', async (client) => {
    const ledger = await readLedger(client, result.run);
    const samples = sampler.byStage(ledger);
    return {
      run: {
        wall: finished.wall,
        start_up: Math.round(1000 * (sampler.until(ledger.first) - (result.seconds.load ?? 0))) / 1000,
        seconds: result.seconds,
        wal: samples.wal,
        temp: samples.temp,
        temp_files: await readTempFiles(client),
        driver_bytes: finished.driverBytes,
        helper_bytes: finished.helperBytes,
        failed_checks: result.failed_checks,
        phases: concurrency(ledger.steps),
      },
      generated: {
        batches: result.batches,
        rows: result.rows,
        ...(await readSizes(client, result.run, Object.keys(result.rows))),
      },
    };
  });
}

interface Step {
  stage: string;
  phase: number;
  task: string;
  started: number;
  finished: number;
}

/** Times are seconds of the server's clock since 1970. */
interface Ledger {
  steps: Step[];
  /** The start of the first unit, which is the end of stage load. */
  first: number;
  finished: number;
}

async function readLedger(client: pg.Client, run: number): Promise<Ledger> {
  const { rows: steps } = await client.query<Step>(
    `select s.stage, s.phase, case s.phase when 0 then 'units' else split_part(s.unit, ' ', 1) end as task,
            extract(epoch from s.started_at)::float8 as started, extract(epoch from s.finished_at)::float8 as finished
     from aquaseed.run_step s
     where s.run_id = $1
     order by array_position(aquaseed.list_run_stages(), s.stage), s.phase`,
    [run],
  );
  const { rows } = await client.query<{ finished: number }>(
    'select extract(epoch from r.finished_at)::float8 as finished from aquaseed.run r where r.run_id = $1',
    [run],
  );
  const first = Math.min(...steps.map((it) => it.started));
  return { steps, first, finished: rows[0]?.finished ?? Number.NaN };
}

/** Time windows of the stages and their phases, and how much of each passed with less than two units in work. */
function concurrency(steps: readonly Step[]): Run['phases'] {
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    for (const key of [step.stage, `${step.stage} ${step.phase}`]) {
      groups.set(key, [...(groups.get(key) ?? []), step]);
    }
  }
  return [...groups].map(([key, group]) => {
    const [first] = group;
    const isStage = !key.includes(' ');
    const changes = group
      .flatMap((it) => [
        { at: it.started, by: 1 },
        { at: it.finished, by: -1 },
      ])
      .sort((a, b) => a.at - b.at);
    let running = 0;
    let alone = 0;
    for (const [index, { at, by }] of changes.entries()) {
      running += by;
      const next = changes[index + 1]?.at ?? at;
      if (running < 2) alone += next - at;
    }
    const round = (value: number): number => Math.round(value * 1000) / 1000;
    return {
      stage: first?.stage ?? '',
      phase: isStage ? null : (first?.phase ?? null),
      task: isStage ? 'all' : (first?.task ?? ''),
      units: group.length,
      window: round((changes.at(-1)?.at ?? 0) - (changes[0]?.at ?? 0)),
      busy: round(sum(group.map((it) => it.finished - it.started))),
      alone: round(alone),
    };
  });
}

interface Sample {
  at: number;
  wal: number;
  temp: number;
}

/** Reads the position of the WAL and the temporary bytes of the database a few times a second. */
class Sampler {
  readonly #server: BenchServer;
  readonly #samples: Sample[] = [];

  constructor(server: BenchServer) {
    this.#server = server;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    return await this.#server.connect('maintenance', async (client) => {
      let done = false;
      const look = async (): Promise<void> => {
        const { rows } = await client.query<Sample>(
          `select extract(epoch from clock_timestamp())::float8 as at,
                  (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal,
                  coalesce((select d.temp_bytes from pg_catalog.pg_stat_database d where d.datname = $1), 0)::float8 as temp`,
          [DATABASE],
        );
        this.#samples.push(...rows);
      };
      const loop = async (): Promise<void> => {
        while (!done) {
          await look();
          await sleep(SAMPLE_MS);
        }
        await look();
      };
      // The first look is at the beginning, not some time after it.
      await look();
      const looping = loop();
      try {
        return await work();
      } finally {
        done = true;
        await looping;
      }
    });
  }

  /** Seconds from the beginning to a moment of the server's clock. */
  until(moment: number): number {
    return moment - (this.#samples[0]?.at ?? moment);
  }

  /** What each stage added, with the moments between stages taken from the ledger. */
  byStage({ steps, first, finished }: Ledger): { wal: Record<string, number>; temp: Record<string, number> } {
    const stages = [...new Set(steps.map((it) => it.stage))];
    const ends = stages.map((stage) =>
      Math.max(...steps.filter((it) => it.stage === stage).map((it) => it.finished)),
    );
    const bounds = [this.#samples[0]?.at ?? first, first, ...ends, finished, Number.POSITIVE_INFINITY];
    const names = ['load', ...stages, 'vacuum', 'verify'];
    const added = (which: 'wal' | 'temp'): Record<string, number> =>
      Object.fromEntries(
        names.map((name, index) => [
          name,
          Math.round(this.#valueAt(bounds[index + 1] ?? 0, which) - this.#valueAt(bounds[index] ?? 0, which)),
        ]),
      );
    return { wal: added('wal'), temp: added('temp') };
  }

  #valueAt(at: number, which: 'wal' | 'temp'): number {
    const index = this.#samples.findIndex((it) => it.at >= at);
    const after = this.#samples[index] ?? this.#samples.at(-1);
    const before = this.#samples[index - 1];
    if (after === undefined) return 0;
    if (before === undefined || index < 0 || after.at === before.at) return after[which];
    return (
      before[which] +
      ((after[which] - before[which]) * (at - before.at)) / Math.max(0.001, after.at - before.at)
    );
  }
}

async function readTempFiles(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ files: number }>(
    'select temp_files::float8 as files from pg_catalog.pg_stat_database where datname = current_database()',
  );
  return rows[0]?.files ?? 0;
}

async function readSizes(
  client: pg.Client,
  run: number,
  tables: readonly string[],
): Promise<Pick<Generated, 'stage_rows' | 'database_bytes' | 'bytes'>> {
  const stages = await client.query<{ stage: string; rows: number }>(
    `select s.stage, sum(r.value::float8) as rows
     from aquaseed.run_step s cross join lateral jsonb_each_text(s.rows) r
     where s.run_id = $1 group by s.stage`,
    [run],
  );
  const database = await client.query<{ bytes: number }>(
    'select pg_catalog.pg_database_size(current_database())::float8 as bytes',
  );
  const sizes = await client.query<{ name: string; heap: number; indexes: number }>(
    `select t.name, sum(pg_catalog.pg_table_size(r.oid))::float8 as heap,
            sum(pg_catalog.pg_indexes_size(r.oid))::float8 as indexes
     from unnest($1::text[]) t(name)
     cross join lateral (
       select format('public.%I', t.name)::regclass::oid as oid
       union all
       select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = format('public.%I', t.name)::regclass
     ) r
     group by t.name`,
    [tables],
  );
  return {
    stage_rows: Object.fromEntries(stages.rows.map((it) => [it.stage, it.rows])),
    database_bytes: database.rows[0]?.bytes ?? 0,
    bytes: Object.fromEntries(sizes.rows.map(({ name, heap, indexes }) => [name, { heap, indexes }])),
  };
}
