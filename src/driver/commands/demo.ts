import path from 'node:path';
import type { Command } from 'commander';
import type { ExitCode } from '../../errors.ts';
import { PRESETS, plan, summarise } from '../../planner/index.ts';
import { requireReplaceable } from '../database/names.ts';
import { resolveTarget } from '../database/target.ts';
import { asTyped, quoted } from '../invocation.ts';
import { printText } from '../output/output.ts';
import type { LogFormat } from '../output/progress.ts';
import { formatTable } from '../output/table.ts';
import { configurationFor, roomUnder, underProfiles } from '../prepare/configuration.ts';
import { prepare } from '../prepare/prepare.ts';
import { requireFittingConfirm } from '../swap/replace.ts';
import { confirm, type Finish, onRun, option } from './_options.ts';
import { hasPsql } from './db.ts';
import { generatePrepared } from './generate.ts';
import { formatSize, requireWritable, writeReport } from './report.ts';

export function addDemo(program: Command, finish: Finish): void {
  onRun(program.command('demo'))
    .description('plan the demo farm, generate it into the embedded server and report it (npm start)')
    .addOption(option('--out <file>', 'where to write the page that shows it').default(DEMO_REPORT))
    .addOption(
      option('--replace', 'drop the database also where it holds things of others (asks for its name)'),
    )
    .addOption(confirm())
    .action(async (options) => finish(await demo(options)));
}

const DEMO_DATABASE = 'aquaseed_demo';
const DEMO_SCHEDULE = 'config/schedules/demo.yaml';
const DEMO_REPORT = 'report.html';

/**
 * `demo` (npm start): plans the demo farm and generates it into a database of its own. What an earlier demo made is
 * replaced; a database with anything else only with --replace and its name.
 */
async function demo(options: {
  database?: string | undefined;
  replace?: boolean | undefined;
  confirm?: string | undefined;
  workers?: number | undefined;
  /** Where to write the page. */
  out?: string | undefined;
  config?: string | undefined;
  profile?: readonly string[] | undefined;
  logFormat?: LogFormat | undefined;
  json?: boolean | undefined;
}): Promise<ExitCode> {
  const database = options.database ?? DEMO_DATABASE;
  requireReplaceable(database, 'replaced');
  requireFittingConfirm(database, options.replace === true, options.confirm);
  const out = options.out ?? DEMO_REPORT;
  requireWritable(out);
  const configuration = configurationFor(options);
  const request = { ...PRESETS.demo, ...roomUnder(configuration) };
  const planned = plan(request, configuration.farm, configuration.biology, configuration.climate);
  const prepared = prepare(underProfiles(planned.schedule, configuration), DEMO_SCHEDULE, configuration);
  if (!options.json) {
    printText(
      `${summarise(planned, { predictedRows: prepared.predicted, warnings: prepared.warnings }).text}\n\n`,
    );
  }
  const code = await generatePrepared(prepared, DEMO_SCHEDULE, {
    ...options,
    database,
    embedded: true,
    replace: true,
    replaceOthers: options.replace === true,
    command: 'demo',
  });
  if (code !== 0) return code;
  const page = await writeReport({ database, workers: options.workers, out, embedded: true });
  if (!options.json) {
    printText(
      [
        '',
        `Look at it in a browser: ${path.resolve(page.file)} (${formatSize(page.bytes)})`,
        '',
        'Look inside (the server starts by itself):',
        ...waysInside(database),
        '',
      ].join('\n'),
    );
  }
  return code;
}

/** Commands that show what is in the database, with what they do. */
function waysInside(database: string): string[] {
  const name = quoted(database);
  const ways = [
    ...(hasPsql() ? [[`db psql --database ${name}`, 'psql on it']] : []),
    [`db query --database ${name} "select * from batch_batch"`, 'one statement, its rows as a table'],
    [`db start --database ${name}`, 'keep the server running and print its address'],
    // These two ask the server that the environment names.
    ...(isEmbedded()
      ? [
          [`status --database ${name}`, 'the ledger of the run'],
          [`checksum --database ${name}`, 'a digest per table'],
        ]
      : []),
  ];
  return formatTable(ways.map(([command = '', text = '']) => [`  ${asTyped(command)}`, text]));
}

function isEmbedded(): boolean {
  try {
    return resolveTarget({}, process.env).kind === 'embedded';
  } catch {
    return false;
  }
}
