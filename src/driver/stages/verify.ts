import type { DatabasePool } from 'slonik';
import type { Configuration } from '../../config/index.ts';
import { inParallel } from '../parallel.ts';
import type { Reporter } from '../progress.ts';
import { type Check, listChecks, loadCheckBounds, readChecks, runCheck } from '../statements.ts';
import { formatTable } from '../table.ts';

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

/** The report as a table for the terminal. */
export function formatChecks(checks: readonly Check[]): string {
  const rows = checks.map(({ id, name, measured, low, high, pass }) => [
    pass === null ? 'n/a' : pass ? 'pass' : 'FAIL',
    id,
    measured === null ? '-' : formatNumber(measured),
    `${low === null ? '' : formatNumber(low)} .. ${high === null ? '' : formatNumber(high)}`,
    name,
  ]);
  const lines = formatTable(
    [['', 'check', 'measured', 'range', ''], ...rows],
    ['left', 'left', 'right', 'left', 'left'],
  );
  return [...lines, summary(checks)].join('\n');
}

/** How many passed, failed and could not be judged, in words. */
function summary(checks: readonly Check[]): string {
  const failed = checks.filter((it) => it.pass === false).length;
  const unknown = checks.filter((it) => it.pass === null).length;
  const passed = checks.length - failed - unknown;
  return `checks: ${passed} passed, ${failed} failed${unknown > 0 ? `, ${unknown} without enough data to judge` : ''}`;
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
