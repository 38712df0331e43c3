import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  CONFIG_DIR,
  type Configuration,
  expandInfrastructure,
  loadConfiguration,
} from '../src/config/index.ts';
import {
  formatSchedule,
  isPreset,
  PRESETS,
  plan,
  predictRows,
  readSchedule,
  validateSchedule,
  writeSchedule,
} from '../src/planner/index.ts';

/**
 * npm run bench:plan
 * Plans, proves and writes schedules of growing size on infrastructures of up to six times the farm, and prints the
 * least seconds of three runs, the memory, and the time per batch. A command, never a test.
 * With --once <preset> it plans and writes that preset once, in a process that has not planned before, and prints the
 * seconds as JSON, for `npm run bench`.
 */

const SIZES = [550, 1100, 2500, 5000, 10_000];
const RUNS = 3;

/** The farm with so many times its stations and areas; numbers get more digits where they need them. */
function scaled(infrastructure: Configuration['infrastructure'], times: number) {
  const grown = <T extends { name: string; count: number; first: number; production: boolean }>(
    group: T,
  ): T =>
    group.production
      ? { ...group, name: group.name.replace('{nn}', '{nnnn}'), count: group.count * times }
      : group;
  return expandInfrastructure({
    ...infrastructure,
    geographies: infrastructure.geographies.map((it) => ({
      ...it,
      stations: it.stations.map(grown),
      areas: it.areas.map(grown),
    })),
  });
}

function seconds<T>(action: () => T): { value: T; seconds: number } {
  const before = performance.now();
  const value = action();
  return { value, seconds: (performance.now() - before) / 1000 };
}

const scratch = path.join(os.tmpdir(), `aquaseed-bench-${process.pid}.yaml`);

function planOnce(preset: string): void {
  if (!isPreset(preset)) throw new Error(`there is no preset ${preset}`);
  const configuration = loadConfiguration();
  const { farm, biology, climate, work } = configuration;
  const planned = seconds(() => plan(PRESETS[preset], farm, biology, climate, work));
  const written = seconds(() => writeSchedule(scratch, planned.value.schedule, 'bench'));
  rmSync(scratch);
  const { schedule } = planned.value;
  const predicted = seconds(() => predictRows(schedule, configuration, schedule.metadata.as_of));
  process.stdout.write(
    `${JSON.stringify({
      batches: schedule.metadata.total_batches,
      plan: planned.seconds,
      write: written.seconds,
      predict: predicted.seconds,
    })}\n`,
  );
}

function planAll(): void {
  const { infrastructure, biology, climate, work } = loadConfiguration();
  const lines: string[] = [];
  let peak = 0;
  for (const total of SIZES) {
    const times = Math.min(6, Math.ceil(total / 550));
    const farm = scaled(infrastructure, times);
    // Each hall and ring as busy as with 550 batches 6 days apart.
    const stagger = Math.max(1, Math.ceil(6 / times));
    const batches = Math.ceil(total / 2);
    const request = { batches, stagger, rings: 8, asOf: '2025-12-03', seed: 42 };
    let best = {
      plan: Number.POSITIVE_INFINITY,
      write: Number.POSITIVE_INFINITY,
      validate: Number.POSITIVE_INFINITY,
    };
    for (let run = 0; run < RUNS; run++) {
      const planned = seconds(() => plan(request, farm, biology, climate, work));
      const written = seconds(() => writeSchedule(scratch, planned.value.schedule, 'bench'));
      const checked = seconds(() => validateSchedule(planned.value.schedule, farm, biology));
      best = {
        plan: Math.min(best.plan, planned.seconds),
        write: Math.min(best.write, written.seconds),
        validate: Math.min(best.validate, checked.seconds),
      };
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    const sum = best.plan + best.write;
    const megabytes = readFileSync(scratch).length / 1e6;
    lines.push(
      [
        String(total).padStart(7),
        best.plan.toFixed(2).padStart(8),
        best.write.toFixed(2).padStart(8),
        sum.toFixed(2).padStart(8),
        best.validate.toFixed(2).padStart(9),
        ((sum / total) * 1e6).toFixed(0).padStart(10),
        megabytes.toFixed(1).padStart(6),
        (peak / 1e6).toFixed(0).padStart(7),
      ].join(' '),
    );
  }
  rmSync(scratch, { force: true });

  const committed = path.join(CONFIG_DIR, 'schedules', 'peak-550.yaml');
  const { farm } = loadConfiguration();
  const read = seconds(() => readSchedule(committed));
  const valid = seconds(() => validateSchedule(read.value, farm, biology));
  const format = seconds(() => formatSchedule(read.value, 'bench'));
  const cpu = os.cpus()[0]?.model ?? 'unknown';
  process.stdout.write(
    [
      `${cpu}, ${os.availableParallelism()} cores, Node ${process.version}; least seconds of ${RUNS} runs`,
      'batches  plan s  write s    sum s  (check s)  us/batch     MB  RSS MB',
      ...lines,
      `peak-550.yaml: read ${read.seconds.toFixed(2)} s, check ${valid.seconds.toFixed(2)} s, format ${format.seconds.toFixed(2)} s`,
      '',
    ].join('\n'),
  );
}

const { values } = parseArgs({ options: { once: { type: 'string' } } });
if (values.once === undefined) planAll();
else planOnce(values.once);
