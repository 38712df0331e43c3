import { accessSync, constants, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { DatabasePool } from 'slonik';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { writeWhole } from '../../planner/index.ts';
import type { ReportData } from '../../report/data.ts';
import { renderPage } from '../../report/html.ts';
import { pack } from '../../report/pack.ts';
import { inParallel } from '../database/parallel.ts';
import { requireInstalled, requireRun, withSession } from '../database/session.ts';
import { asTyped } from '../invocation.ts';
import { printData, printText, say } from '../output/output.ts';
import { formatSeconds } from '../output/progress.ts';
import { REPORT_TABLES, readReportTable } from '../statements/report.ts';
import type { Run } from '../statements/run.ts';
import { readProgress, readRows } from '../statements/status.ts';
import { readChecks } from '../statements/verify.ts';
import { examples, type Finish, json, onDatabase, option, workers } from './_options.ts';

const DEFAULT_FILE = 'report.html';

const REPORT_HELP = `
The page opens offline in any browser and sends no request. Its list of batches shows one alone, and so does
report.html#batch=FAR-2023-001. It reads a complete run and writes nothing into the database.

  aquaseed report --database guide --out guide.html
`;

export function addReport(program: Command, finish: Finish): void {
  onDatabase(program.command('report'))
    .description('one HTML file that shows what was generated: growth, water, feed, lice, harvest, places')
    .addOption(option('--out <file>', 'where to write the page').default(DEFAULT_FILE))
    .addOption(workers())
    .addOption(json())
    .addHelpText('after', examples(REPORT_HELP))
    .action(async (options) => finish(await report(options)));
}

export interface ReportOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  out?: string | undefined;
  workers?: number | undefined;
  json?: boolean | undefined;
  /** Use the embedded server whatever the environment says. */
  embedded?: boolean | undefined;
}

/** A page that was written. */
export interface WrittenPage {
  file: string;
  bytes: number;
  seconds: number;
}

/** `report`: one HTML file that shows what is in a generated database. */
async function report(options: ReportOptions): Promise<ExitCode> {
  const page = await writeReport(options);
  if (options.json) printData(`${JSON.stringify(page)}\n`);
  else printText(`written to ${page.file} (${formatSize(page.bytes)}, ${formatSeconds(page.seconds)})\n`);
  return EXIT.done;
}

/** Gathers and writes the report. @throws UserError (exit 2 or 3) */
export async function writeReport(options: ReportOptions): Promise<WrittenPage> {
  const out = options.out ?? DEFAULT_FILE;
  requireWritable(out);
  const workers = options.workers ?? Math.max(1, os.availableParallelism());
  return await withSession({ ...options, log: say }, async (session) => {
    const startedAt = performance.now();
    await requireInstalled(session);
    const pool = await session.openPool(workers);
    const run = await requireRun(session, pool);
    if (run.state !== 'done') {
      throw new UserError(
        `The run in ${session.target.display} is not complete: it is ${run.state}`,
        EXIT.database,
        `Continue it with: ${asTyped('generate <schedule> --resume')}`,
      );
    }
    const data = await gatherReport(pool, run, workers);
    const html = await renderPage({ entry: 'report', title: `aquaseed: ${run.schedule_name}`, data });
    writeWhole(out, html);
    return {
      file: out,
      bytes: Buffer.byteLength(html),
      seconds: (performance.now() - startedAt) / 1000,
    };
  });
}

/** Everything that the report of a generated database shows, over parallel connections. */
async function gatherReport(pool: DatabasePool, run: Run, workers: number): Promise<ReportData> {
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

/** @throws UserError (exit 2) where no file can be written, before minutes of work */
export function requireWritable(file: string): void {
  const kind = (name: string) => statSync(name, { throwIfNoEntry: false });
  if (kind(file)?.isDirectory()) {
    throw new UserError(`${file} is a directory`, EXIT.usage, 'Give the name of a file: --out report.html');
  }
  const directory = path.dirname(path.resolve(file));
  if (!kind(directory)?.isDirectory()) {
    throw new UserError(`there is no directory ${path.dirname(file)}`, EXIT.usage);
  }
  try {
    accessSync(directory, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${file} cannot be written: no file can be made in ${directory} (${code})`,
      EXIT.usage,
      'Name another file with --out.',
    );
  }
}

/** Bytes as MB, for people. */
export function formatSize(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
