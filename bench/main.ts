import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CONFIG_DIR, loadConfiguration } from '../src/config/index.ts';
import { TOOL_VERSION } from '../src/driver/invocation.ts';
import { EXIT } from '../src/errors.ts';
import { estimate, predictRows, readSchedule, writeWhole } from '../src/planner/index.ts';
import { exportRows, type Files, replay } from './floor.ts';
import { runScript } from './process.ts';
import { readProfile } from './profile.ts';
import { renderResults } from './render.ts';
import { type Entry, type PlanEntry, putEntry, readResults, writeResults } from './results.ts';
import { generate } from './run.ts';
import { BenchServer, describeMachine } from './server.ts';
import { spread } from './spread.ts';

/**
 * npm run bench -- [options]
 * Generates schedules several times with different numbers of workers, each time with the command that users have, and
 * compares stage emit with the replay of its rows by COPY. Keeps the figures in docs/performance.json, where those of
 * other sizes stay, and writes docs/performance.md from them. A command, never a test.
 */

const USAGE = `npm run bench -- [options]
  --sizes <list>        demo, medium, guide-144, peak-550, or schedule files; demo,medium,guide-144 by default
  --full                peak-550 too, without its floor: hours
  --runs <n>            of each, 3 by default
  --workers <list>      1,2,4 by default for demo and medium, as many as cores for the others
  --floor <which>       replay by COPY after the runs with as many workers as cores (cores, the default), all or none
  --profile <which>     one more run with the functions counted: for demo and medium (small, the default), all or none
  --no-plan             leave the planning of 550 batches out
  --database-url <url>  a server whose role may create databases, instead of the embedded one
  --files <directory>   where that server may write the files of the floor; it has to be on this machine
  --json <file>         docs/performance.json by default
  --out <file>          docs/performance.md by default
  --keep                leave the database aquaseed_bench of the last run
  --render              only write --out from --json
`;

const SMALL = ['demo', 'medium'];
/** What the floor needs on the disk, in terms of what the database needs: files, a second heap and indexes. */
const FLOOR_SPACE = 1.5;
/** Rows per second of a run for the estimate of the time, when no earlier one is known. */
const ROWS_PER_SECOND = 100_000;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: 'demo,medium,guide-144' },
    full: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    workers: { type: 'string' },
    floor: { type: 'string', default: 'cores' },
    profile: { type: 'string', default: 'small' },
    'no-plan': { type: 'boolean', default: false },
    'database-url': { type: 'string' },
    files: { type: 'string' },
    json: { type: 'string', default: 'docs/performance.json' },
    out: { type: 'string', default: 'docs/performance.md' },
    keep: { type: 'boolean', default: false },
    render: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Job {
  size: string;
  file: string;
  workers: number[];
  /** Numbers of workers whose runs are followed by a floor. */
  floor: number[];
  /** With how many workers functions are counted; null for not at all. */
  profile: number | null;
  rows: number;
  bytes: number;
}

const cores = os.availableParallelism();
const runs = z.coerce.number().int().min(1).parse(values.runs);
const listed = z.enum(['cores', 'all', 'none']).parse(values.floor);
const profiled = z.enum(['small', 'all', 'none']).parse(values.profile);
const stop = new AbortController();

function jobs(canFloor: boolean, canProfile: boolean): Job[] {
  const sizes = [...new Set([...values.sizes.split(','), ...(values.full ? ['peak-550'] : [])])];
  return sizes
    .filter((it) => it !== '')
    .map((size) => {
      const file = size.endsWith('.yaml') ? size : path.join(CONFIG_DIR, 'schedules', `${size}.yaml`);
      // A file of the user's own keeps its ending, so that it is never taken for a preset.
      const name = path.basename(size);
      const isSmall = SMALL.includes(name);
      const workers = z
        .array(z.number().int().positive())
        .parse(values.workers?.split(',').map(Number) ?? (isSmall ? [1, 2, 4] : [cores]));
      const schedule = readSchedule(file);
      const configuration = loadConfiguration(CONFIG_DIR, schedule.metadata.profiles ?? []);
      const { rows, bytes } = estimate(predictRows(schedule, configuration, schedule.metadata.as_of));
      const floor = listed === 'all' ? workers : workers.filter((it) => it === cores && name !== 'peak-550');
      return {
        size: name,
        file: path.resolve(file),
        workers,
        floor: canFloor && listed !== 'none' ? floor : [],
        profile:
          canProfile && (profiled === 'all' || (profiled === 'small' && isSmall))
            ? (workers.find((it) => it === cores) ?? workers[0] ?? null)
            : null,
        rows,
        bytes,
      };
    });
}

function say(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

/** Says what will be done and refuses what does not fit on the disk. */
function announce(all: readonly Job[], server: BenchServer, known: readonly Entry[]): void {
  let minutes = 0;
  for (const job of all) {
    for (const workers of job.workers) {
      const before = known.find(
        (it) => it.server === server.kind && it.size === job.size && it.workers === workers,
      );
      const wall =
        before === undefined
          ? 10 + (job.rows / ROWS_PER_SECOND) * (workers === 1 ? 1.8 : 1)
          : spread(before.runs.map((it) => it.wall)).median;
      const times = runs + (job.profile === workers ? 1 : 0);
      minutes += (wall * (times + (job.floor.includes(workers) ? 0.7 * runs : 0))) / 60;
    }
    say(
      `${job.size}: ${runs} runs each with ${job.workers.join(', ')} workers in turn, floor after those with ${job.floor.join(', ') || 'none'}${job.profile === null ? '' : `, one profiled run with ${job.profile}`}`,
    );
    const needed = job.bytes * (1 + (job.floor.length > 0 ? FLOOR_SPACE : 0));
    const free = server.freeBytes();
    if (free !== undefined && needed > free) {
      throw new Error(
        `${job.size} needs about ${(needed / 1e9).toFixed(0)} GB and ${(free / 1e9).toFixed(0)} GB are free`,
      );
    }
  }
  say(`about ${Math.ceil(minutes)} minutes`);
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const results = readResults(values.json);
  const render = (): void => writeWhole(values.out, renderResults(results));
  if (values.render) {
    render();
    return;
  }
  if (!values['no-plan']) {
    results.plan = await measurePlan();
    writeResults(values.json, results);
  }
  const server = await BenchServer.open(values['database-url'], values.files, say);
  try {
    const { version, settings, superuser } = await server.describe();
    const canFloor = server.files !== undefined && superuser;
    if (!canFloor && listed !== 'none') {
      say('no floor: that takes --files, a directory that the server may write to, and a superuser');
    }
    if (!superuser && profiled !== 'none') say('no profiled run: counting functions takes a superuser');
    const all = jobs(canFloor, superuser);
    announce(all, server, results.entries);
    const about = {
      server: server.kind,
      date: new Date().toISOString().slice(0, 10),
      machine: describeMachine(),
      versions: { aquaseed: TOOL_VERSION, node: process.versions.node, postgres: version },
      settings,
    };
    for (const job of all) {
      await measure(server, job, about, (entry) => {
        putEntry(results, entry);
        writeResults(values.json, results);
        render();
      });
    }
  } finally {
    await server.close(values.keep);
  }
  render();
  say(`written to ${values.json} and ${values.out}`);
}

type About = Pick<Entry, 'server' | 'date' | 'machine' | 'versions' | 'settings'>;

/** All runs of a size, the numbers of workers in turn, so that a slow minute of the machine meets all of them. */
async function measure(
  server: BenchServer,
  job: Job,
  about: About,
  keep: (entry: Entry) => void,
): Promise<void> {
  const entries = new Map<number, Entry>();
  let files: Files | undefined;
  for (let round = 1; round <= runs; round++) {
    for (const workers of job.workers) {
      const { run, generated } = await generate(server, job.file, workers, stop.signal);
      say(`${job.size}, ${workers} workers, run ${round} of ${runs}: ${run.wall.toFixed(1)} s`);
      const entry = entries.get(workers) ?? { ...about, ...generated, size: job.size, workers, runs: [] };
      entries.set(workers, entry);
      entry.runs.push(run);
      if (job.floor.includes(workers) && server.files !== undefined) {
        files ??= await exportRows(server, server.files);
        stop.signal.throwIfAborted();
        const copied = await replay(server, files, workers);
        entry.floor ??= { rows: 0, file_bytes: files.bytes, replays: [] };
        entry.floor.rows = Object.values(files.rows).reduce((sum, n) => sum + n, 0);
        const { emit = 0, seal = 0 } = run.seconds;
        entry.floor.replays.push({ emit, seal, ...copied });
        say(
          `  emit ${emit.toFixed(1)} s, COPY ${copied.copy_before.toFixed(1)} s; seal ${seal.toFixed(1)} s, indexes ${copied.index.toFixed(1)} s`,
        );
      }
      keep(entry);
    }
  }
  const profiledEntry = entries.get(job.profile ?? 0);
  if (profiledEntry !== undefined) {
    await server.trackFunctions(true);
    try {
      const { run } = await generate(server, job.file, profiledEntry.workers, stop.signal);
      profiledEntry.profile = await readProfile(server, run.seconds.emit ?? 0);
    } finally {
      await server.trackFunctions(false);
    }
    keep(profiledEntry);
  }
}

const plannedSchema = z.object({
  batches: z.number(),
  plan: z.number(),
  write: z.number(),
  predict: z.number(),
});

/** Plans peak-550 in processes of their own, and by the command. */
async function measurePlan(): Promise<PlanEntry> {
  const script = fileURLToPath(new URL('plan.ts', import.meta.url));
  const driver = fileURLToPath(new URL('../src/driver/index.ts', import.meta.url));
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'aquaseed-bench-'));
  const entry: PlanEntry = {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    node: process.versions.node,
    batches: 0,
    runs: [],
  };
  try {
    for (let round = 0; round < runs; round++) {
      const once = await runScript(script, ['--once', 'peak-550'], process.env, stop.signal);
      const { batches, plan, write, predict } = plannedSchema.parse(once.json());
      entry.batches = batches;
      const out = path.join(scratch, `${round}.yaml`);
      const command = await runScript(
        driver,
        ['plan', '--preset', 'peak-550', '--out', out],
        process.env,
        stop.signal,
      );
      if (command.code !== 0) throw new Error(`plan ended with exit code ${command.code}\n${command.log}`);
      entry.runs.push({ plan, write, predict, command: command.wall, driver_bytes: command.driverBytes });
      say(`plan of ${batches} batches: ${plan.toFixed(2)} s, written in ${write.toFixed(2)} s`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return entry;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}
try {
  await main();
} catch (error) {
  if (!stop.signal.aborted) throw error;
  say(`${String(stop.signal.reason)}; what was measured is kept in ${values.json}`);
  process.exitCode = EXIT.interrupted;
}
