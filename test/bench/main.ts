import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * npm run bench -- [--schedule config/schedules/demo.yaml] [--runs 3] [--workers 2]
 * Generates a schedule several times into a database of its own on the embedded server and prints, per stage,
 * the median seconds with the least and the most, and rows per second. A command, never a test.
 */

interface Result {
  batches: number;
  rows: Record<string, number>;
  seconds: Record<string, number>;
}

const DATABASE = 'aquaseed_bench';

const { values } = parseArgs({
  options: {
    schedule: { type: 'string', default: 'config/schedules/demo.yaml' },
    runs: { type: 'string', default: '3' },
    workers: { type: 'string', default: String(os.availableParallelism()) },
  },
});

function generate(): Result {
  const run = spawnSync(
    process.execPath,
    [
      ...['--import', 'tsx', fileURLToPath(new URL('../../src/driver/index.ts', import.meta.url))],
      ...['generate', values.schedule, '--database', DATABASE, '--replace', '--json'],
      ...['--workers', values.workers],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64 * 1024 * 1024 },
  );
  if (run.status !== 0) throw new Error(`generate ended with exit code ${run.status}`);
  return JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '') as Result;
}

function spread(numbers: number[]): { median: number; least: number; most: number } {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  const half = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
  return { median, least: at(0), most: at(sorted.length - 1) };
}

const runs = Array.from({ length: Math.max(1, Number(values.runs)) }, () => generate());
const rows = Object.values(runs[0]?.rows ?? {}).reduce((sum, n) => sum + n, 0);
const stages = Object.keys(runs[0]?.seconds ?? {});
const figures = [
  ...stages.map((stage) => ({ stage, ...spread(runs.map((it) => it.seconds[stage] ?? 0)) })),
  { stage: 'total', ...spread(runs.map((it) => Object.values(it.seconds).reduce((sum, n) => sum + n, 0))) },
];
const cpu = os.cpus()[0]?.model ?? 'unknown';
process.stdout.write(
  [
    `${values.schedule}: ${runs[0]?.batches} batches, ${rows} rows, ${values.workers} workers, ${runs.length} runs`,
    `${cpu}, ${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.version}`,
    'stage      median s   least    most   rows/s',
    ...figures.map(
      ({ stage, median, least, most }) =>
        `${stage.padEnd(9)} ${median.toFixed(2).padStart(9)} ${least.toFixed(2).padStart(7)} ${most.toFixed(2).padStart(7)} ${Math.round(
          rows / Math.max(0.001, median),
        )
          .toString()
          .padStart(8)}`,
    ),
    JSON.stringify({ schedule: values.schedule, workers: Number(values.workers), rows, figures }),
    '',
  ].join('\n'),
);
