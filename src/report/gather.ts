import type { DatabasePool } from 'slonik';
import { inParallel } from '../driver/database/parallel.ts';
import { REPORT_TABLES, readReportTable } from '../driver/statements/report.ts';
import type { Run } from '../driver/statements/run.ts';
import { readProgress, readRows } from '../driver/statements/status.ts';
import { readChecks } from '../driver/statements/verify.ts';
import type { ReportData } from './data.ts';
import { pack } from './pack.ts';

/** Everything that the report of a generated database shows, over parallel connections. */
export async function gatherReport(pool: DatabasePool, run: Run, workers: number): Promise<ReportData> {
  const tables = new Map<string, unknown>();
  await inParallel(REPORT_TABLES, workers, async (name) => {
    tables.set(name, pack<object>(await readReportTable(pool, name)));
  });
  const stages = await readProgress(pool, run.run_id);
  const checks = await readChecks(pool, run.run_id);
  return {
    run: {
      run_id: run.run_id,
      seed: run.seed,
      as_of: run.as_of,
      schedule_name: run.schedule_name,
      schedule_digest: run.schedule_digest,
      config_digest: run.config_digest,
      tool_version: run.tool_version,
      profiles: run.profiles,
    },
    rows: await readRows(pool, run.run_id),
    stages: stages.map(({ stage, units, rows, seconds }) => ({ stage, units, rows, seconds })),
    checks: checks.map(({ detail: _, ...it }) => it),
    tables: Object.fromEntries(tables) as ReportData['tables'],
  };
}
