import path from 'node:path';
import type { Command } from 'commander';
import type { ExitCode } from '../../errors.ts';
import { summarise } from '../../planner/index.ts';
import { requireReplaceable } from '../database/names.ts';
import { resolveTarget } from '../database/target.ts';
import { asTyped, quoted } from '../invocation.ts';
import { printText } from '../output/output.ts';
import { createReporter, type LogFormat } from '../output/progress.ts';
import { formatTable } from '../output/table.ts';
import { prepare } from '../prepare/prepare.ts';
import { planPreset } from '../prepare/preset.ts';
import { requireFittingConfirm } from '../swap/replace.ts';
import { endOfHistory, today } from '../today.ts';
import { confirm, dateText, type Finish, onRun, option } from './_options.ts';
import { hasPsql } from './db.ts';
import { generatePrepared } from './generate.ts';
import { formatSize, requireWritable, writeReport } from './report.ts';

export function addDemo(program: Command, finish: Finish): void {
  onRun(program.command('demo'))
    .description(
      'plan the demo farm up to today, generate it into the embedded server and report it (npm start)',
    )
    .addOption(option('--as-of <date>', 'end of history, today (UTC) by default', dateText))
    .addOption(option('--out <file>', 'where to write the page that shows it').default(DEMO_REPORT))
    .addOption(
      option('--replace', 'drop the database also where it holds things of others (asks for its name)'),
    )
    .addOption(confirm())
    .action(async (options) => finish(await demo(options)));
}

const DEMO_DATABASE = 'aquaseed_demo';
const DEMO_SCHEDULE = 'preset demo';
const DEMO_REPORT = 'report.html';

/**
 * `demo` (npm start): plans the demo farm and generates it into a database of its own. What an earlier demo made is
 * replaced; a database with anything else only with --replace and its name.
 */
async function demo(options: {
  database?: string | undefined;
  asOf?: string | undefined;
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
  const asOf = options.asOf ?? today();
  createReporter(options.logFormat ?? 'text').line(endOfHistory(asOf, options.asOf !== undefined));
  const { planned, configuration } = planPreset('demo', asOf, options);
  const prepared = prepare(planned.schedule, DEMO_SCHEDULE, configuration);
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
    again: 'repeating it, which begins anew',
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
