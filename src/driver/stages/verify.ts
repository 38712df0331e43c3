import type { DatabasePool } from 'slonik';
import type { Configuration } from '../../config/index.ts';
import { inParallel } from '../database/parallel.ts';
import type { Reporter } from '../output/progress.ts';
import { formatTable } from '../output/table.ts';
import { type Check, listChecks, loadCheckBounds, readChecks, runCheck } from '../statements/verify.ts';

/** They read all rows of the largest tables: begun first, so that no worker is left alone with one. */
const LONGEST: readonly string[] = ['check_72_rows', 'check_46_feed_ledger'];

/**
 * Stage verify: runs all checks over parallel connections and reads the report.
 * @returns the metrics in order, and the seconds it took
 */
export async function verify(
  pool: DatabasePool,
  run: number,
  workers: number,
  configuration: Configuration,
  reporter: Reporter,
): Promise<{ checks: readonly Check[]; seconds: number }> {
  const startedAt = performance.now();
  await loadCheckBounds(pool, JSON.stringify(configuration.checks));
  const listed = await listChecks(pool);
  const names = [
    ...LONGEST.filter((it) => listed.includes(it)),
    ...listed.filter((it) => !LONGEST.includes(it)),
  ];
  reporter.stageStart('verify', names.length, workers);
  await inParallel(names, workers, async (name, worker) => {
    const checkStartedAt = performance.now();
    await runCheck(pool, run, name);
    reporter.unitDone('verify', worker, {
      unit: name,
      phase: 0,
      state: 'done',
      rows: null,
      milliseconds: performance.now() - checkStartedAt,
      error: null,
    });
  });
  const seconds = (performance.now() - startedAt) / 1000;
  reporter.stageEnd('verify', seconds);
  return { checks: await readChecks(pool, run), seconds };
}

const HEAD = ['', 'check', 'measured', 'range', 'judged by', 'sample', ''];
const METRICS = ['left', 'left', 'right'] as const;

/** The report as a table for the terminal: every metric, with the range that the sampling error widens. */
export function formatChecks(checks: readonly Check[]): string {
  return [...formatTable([HEAD, ...checks.map(cells)], METRICS), summary(checks)].join('\n');
}

/** The report for a person who has just generated: a line per group of checks, failed metrics in full. */
export function formatSummary(checks: readonly Check[]): string {
  const groups = [...new Set(checks.map((it) => it.group))].map((name) => {
    const { judged, passed, failed, unknown } = count(checks.filter((it) => it.group === name));
    return [name, `${judged}`, `${passed}`, `${failed}`, `${unknown}`];
  });
  const failed = checks.filter((it) => it.pass === false);
  return [
    ...formatTable(
      [['checks', 'judged', 'passed', 'failed', 'n/a'], ...groups],
      ['left', 'right', 'right', 'right', 'right'],
    ),
    ...(failed.length > 0
      ? ['', ...formatTable([HEAD, ...failed.map(cells)], METRICS), ...failed.map(explained)]
      : []),
    summary(checks),
  ].join('\n');
}

function explained({ id, detail }: Check): string {
  return `${id}: ${detail}`;
}

function cells(check: Check): string[] {
  const { id, name, measured, low, high, pass, unit, units, standard_error } = check;
  return [
    pass === null ? 'n/a' : pass ? 'pass' : 'FAIL',
    id,
    measured === null ? '-' : formatNumber(measured),
    range(low, high),
    unit === null || standard_error === null ? '' : range(check.judged_low, check.judged_high),
    unit === null || units === null ? '' : sample(units, unit, standard_error),
    name,
  ];
}

/** 12 batch, +- 0.006. */
function sample(units: number, unit: string, error: number | null): string {
  return `${units} ${unit}${error === null ? '' : `, +-${Number(error.toPrecision(2))}`}`;
}

function range(low: number | null, high: number | null): string {
  return `${low === null ? '' : formatNumber(low)} .. ${high === null ? '' : formatNumber(high)}`;
}

function count(checks: readonly Check[]) {
  const failed = checks.filter((it) => it.pass === false).length;
  const unknown = checks.filter((it) => it.pass === null).length;
  const judged = checks.length - unknown;
  return { judged, passed: judged - failed, failed, unknown };
}

/** How many passed, failed and could not be judged, in words. */
function summary(checks: readonly Check[]): string {
  const { passed, failed, unknown } = count(checks);
  return `checks: ${passed} passed, ${failed} failed${unknown > 0 ? `, ${unknown} without enough data to judge` : ''}`;
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
