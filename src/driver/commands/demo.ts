import path from 'node:path';
import type { ExitCode } from '../../errors.ts';
import { PRESETS, plan, summarise } from '../../planner/index.ts';
import { configurationFor, roomUnder, underProfiles } from '../configuration.ts';
import { asTyped } from '../invocation.ts';
import { prepare } from '../prepare.ts';
import type { LogFormat } from '../progress.ts';
import { generatePrepared } from './generate.ts';
import { formatSize, requireWritable, writeReport } from './report.ts';

const DEMO_DATABASE = 'aquaseed_demo';
const DEMO_SCHEDULE = 'config/schedules/demo.yaml';
const DEMO_REPORT = 'report.html';

/** `demo` (npm start): plans the demo farm and generates it into a database of its own. */
export async function demo(options: {
  database?: string | undefined;
  workers?: number | undefined;
  /** Where to write the page. */
  out?: string | undefined;
  config?: string | undefined;
  profile?: readonly string[] | undefined;
  logFormat?: LogFormat | undefined;
  json?: boolean | undefined;
}): Promise<ExitCode> {
  const out = options.out ?? DEMO_REPORT;
  requireWritable(out);
  const configuration = configurationFor(options);
  const request = { ...PRESETS.demo, ...roomUnder(configuration) };
  const planned = plan(request, configuration.farm, configuration.biology, configuration.climate);
  const prepared = prepare(underProfiles(planned.schedule, configuration), DEMO_SCHEDULE, configuration);
  if (!options.json) {
    process.stdout.write(
      `${summarise(planned, { predictedRows: prepared.predicted, warnings: prepared.warnings }).text}\n\n`,
    );
  }
  const database = options.database ?? DEMO_DATABASE;
  const code = await generatePrepared(prepared, DEMO_SCHEDULE, {
    ...options,
    database,
    embedded: true,
    replace: true,
  });
  if (code !== 0) return code;
  const page = await writeReport({ database, workers: options.workers, out, embedded: true });
  if (!options.json) {
    process.stdout.write(
      [
        '',
        `Look at it in a browser: ${path.resolve(page.file)} (${formatSize(page.bytes)})`,
        '',
        'Look inside:',
        `  ${asTyped(`db psql --database ${database}`)}     psql on it (needs psql; the server starts by itself)`,
        `  ${asTyped(`db start --database ${database}`)}    keep the server running and print its address`,
        `  ${asTyped(`checksum --database ${database}`)}    a digest per table`,
        `  ${asTyped(`status --database ${database}`)}      the ledger of the run`,
        '',
      ].join('\n'),
    );
  }
  return code;
}
