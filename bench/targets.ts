import { count, table, totalRows, withSpread } from './format.ts';
import type { Entry, Results, Run } from './results.ts';
import { spread } from './spread.ts';

/** The targets, each with what was measured for it on the embedded server. */

const WORKERS = 2;
/** Rows per second of row-at-a-time application code that generated the same tables, one process (measured). */
const ROW_AT_A_TIME = 640;
const SIZES = ['medium', 'guide-144', 'peak-550'];

interface Target {
  figure: string;
  bound: { most: number } | { least: number };
  unit?: string;
  /** Empty where it was not measured. */
  measured: readonly number[];
  format?: (value: number) => string;
}

export function targetTable(results: Results): string[] {
  const rows = targets(results).map(({ figure, bound, unit = '', measured, format = twoDigits }) => {
    const target = `${'most' in bound ? '<= ' : '>= '}${format('most' in bound ? bound.most : bound.least)}${unit}`;
    if (measured.length === 0) return [figure, target, '-', 'not measured'];
    const { median } = spread(measured);
    const isMet = 'most' in bound ? median <= bound.most : median >= bound.least;
    return [figure, target, `${withSpread(measured, format)}${unit}`, isMet ? 'met' : '**missed**'];
  });
  return [
    '## Targets',
    '',
    `The embedded server with ${WORKERS} workers. Ratios are taken run by run, of runs that followed one another; a median decides.`,
    '',
    ...table(['figure', 'target', 'measured', ''], rows).slice(0, -1),
    '',
  ];
}

function twoDigits(value: number): string {
  return value.toFixed(2);
}

function targets(results: Results): Target[] {
  const at = (size: string, workers = WORKERS): Entry | undefined =>
    results.entries.find((it) => it.server === 'embedded' && it.size === size && it.workers === workers);
  const each = (entry: Entry | undefined, figure: (run: Run, entry: Entry) => number): number[] =>
    entry?.runs.map((run) => figure(run, entry)) ?? [];
  const wall = (run: Run): number => run.wall;
  const rate = (run: Run, entry: Entry): number => totalRows(entry) / run.wall;
  const measuredSizes = SIZES.filter((it) => at(it) !== undefined);
  const sizes = measuredSizes.length > 0 ? measuredSizes : ['medium'];

  const gain = (size: string, of: (run: Run) => number): number[] => {
    const two = at(size);
    return each(at(size, 1), of).flatMap((seconds, index) => {
      const run = two?.runs[index];
      return run === undefined ? [] : [seconds / of(run)];
    });
  };
  const medium = each(at('medium'), rate);
  const linear = each(at('peak-550'), rate).map((it) => it / spread(medium).median);
  const states = (run: Run, { rows }: Entry): number =>
    (rows.batch_actualdailyassignmentstate ?? 0) / (run.seconds.assimilate ?? 0);
  const emitted = (run: Run, entry: Entry): number => (entry.stage_rows.emit ?? 0) / (run.seconds.emit ?? 0);
  const readingBytes = (entry: Entry): number => {
    const name = 'environmental_environmentalreading';
    const { heap, indexes } = entry.bytes[name] ?? { heap: 0, indexes: 0 };
    return (heap + indexes) / (entry.rows[name] ?? 0);
  };
  const memory = results.entries.flatMap((it) => it.runs.flatMap((run) => run.driver_bytes ?? []));
  const planned = results.plan?.runs.map((it) => it.plan + it.write) ?? [];

  return [
    ...sizes
      .filter((size) => size !== 'peak-550' || at(size)?.floor !== undefined)
      .map((size) => ({
        figure: `emit / replay of the same rows by COPY, ${size}`,
        bound: { most: 1.3 },
        measured: at(size)?.floor?.replays.map((it) => it.emit / it.copy_before) ?? [],
      })),
    {
      figure: 'whole generate of guide-144',
      bound: { most: 240 },
      unit: ' s',
      measured: each(at('guide-144'), wall),
      format: count,
    },
    {
      figure: 'whole generate of peak-550',
      bound: { most: 960 },
      unit: ' s',
      measured: each(at('peak-550'), wall),
      format: count,
    },
    { figure: 'rows/s of peak-550 / of medium', bound: { least: 0.85 }, measured: linear },
    ...sizes.map((size) => ({
      figure: `growth assimilation, states/s, ${size}`,
      bound: { least: 15_000 },
      measured: each(at(size), states),
      format: count,
    })),
    ...sizes.flatMap((size) => [
      {
        figure: `emit against row-at-a-time code (${ROW_AT_A_TIME} rows/s), ${size}`,
        bound: { least: 500 },
        unit: ' times',
        measured: each(at(size), (run, entry) => emitted(run, entry) / ROW_AT_A_TIME),
        format: count,
      },
      {
        figure: `whole generate against it, ${size}`,
        bound: { least: 500 },
        unit: ' times',
        measured: each(at(size), (run, entry) => rate(run, entry) / ROW_AT_A_TIME),
        format: count,
      },
    ]),
    {
      figure: `resident memory of the driver, all ${memory.length} runs`,
      bound: { most: 150 },
      unit: ' MB',
      // The largest decides.
      measured: memory.length > 0 ? [Math.max(...memory) / 1e6] : [],
      format: count,
    },
    ...sizes
      .filter((size) => at(size, 1) !== undefined || size === 'medium')
      .flatMap((size) => [
        {
          figure: `2 workers / 1, emit, ${size}`,
          bound: { least: 1.7 },
          measured: gain(size, (run) => run.seconds.emit ?? 0),
        },
        { figure: `2 workers / 1, whole, ${size}`, bound: { least: 1.7 }, measured: gain(size, wall) },
      ]),
    { figure: 'plan of 550 batches, with writing it', bound: { most: 1 }, unit: ' s', measured: planned },
    ...sizes.map((size) => {
      const entry = at(size);
      return {
        figure: `bytes a reading, heap and indexes, ${size}`,
        bound: { most: 200 },
        measured: entry === undefined ? [] : [readingBytes(entry)],
        format: count,
      };
    }),
  ];
}
