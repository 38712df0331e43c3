import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { Configuration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { isPreset, PRESETS, type Schedule } from '../../planner/index.ts';
import { DEFAULT_RETRIES } from '../database/retry.ts';
import { type Session, withSession } from '../database/session.ts';
import { asTyped, quoted } from '../invocation.ts';
import { logToFiles } from '../output/log-files.ts';
import { printData, printText } from '../output/output.ts';
import {
  createReporter,
  formatCount,
  formatSeconds,
  type LogFormat,
  type Reporter,
} from '../output/progress.ts';
import { type Prepared, prepare, prepareAside } from '../prepare/prepare.ts';
import { requirePreset } from '../prepare/preset.ts';
import { installFor, openRun, type RunJob, requireOwner } from '../stages/open-run.ts';
import { type RunEnd, type RunResult, runStages } from '../stages/run.ts';
import { formatSummary } from '../stages/verify.ts';
import { replacing } from '../swap/replace.ts';
import { endOfHistory, isStale, today } from '../today.ts';
import { type AdoptionOptions, adoptionOf, namingAdopted, withAdoption } from './_adoption.ts';
import {
  dateText,
  type Finish,
  nameList,
  onGeneration,
  option,
  SCHEDULE,
  withRunChoices,
} from './_options.ts';

export function addGenerate(program: Command, finish: Finish): void {
  const command = onGeneration(program.command('generate'))
    .description('generate a schedule into an empty database')
    .argument('[schedule]', SCHEDULE)
    .addOption(
      option('--preset <name>', `instead of a file: plan it up to today: ${Object.keys(PRESETS).join(', ')}`),
    )
    .addOption(
      option(
        '--as-of <date>',
        'end of history instead of the one of the schedule; with --preset instead of today (UTC)',
        dateText,
      ),
    )
    .addOption(option('--only <batches>', 'only these batches, with commas between them', nameList));
  withRunChoices(withAdoption(command)).action(async (file, options) =>
    finish(await generate(file, options)),
  );
}

export interface GenerateOptions extends AdoptionOptions {
  databaseUrl?: string | undefined;
  workers?: number | undefined;
  resume?: boolean | undefined;
  /** Drop the database first, where aquaseed made it; only on the embedded server. */
  replace?: boolean | undefined;
  /** The name of a database with things of others that --replace drops all the same. */
  confirm?: string | undefined;
  /** Whether --replace may drop such a database at all; by default it may, if the name is confirmed. */
  replaceOthers?: boolean | undefined;
  /** Use the embedded server whatever the environment says. */
  embedded?: boolean | undefined;
  /** Run the checks after the last stage; on by default. */
  verify?: boolean | undefined;
  asOf?: string | undefined;
  /** The words of the command that is to be repeated to resume; `generate <schedule>` by default. */
  command?: string | undefined;
  /** What resumes the run, where that is not this command with --resume. */
  again?: string | undefined;
  config?: string | undefined;
  /** Profiles instead of those of the schedule. */
  profile?: readonly string[] | undefined;
  logFormat?: LogFormat | undefined;
  /** Directory for one log file per batch. */
  logDir?: string | undefined;
  /** Only these batches; the others of the schedule keep their places and ids, and are left out. */
  only?: readonly string[] | undefined;
  /** The AquaMind user who owns the scenarios. */
  owner?: string | undefined;
  /** How often a lost connection is made again. */
  retries?: number | undefined;
  json?: boolean | undefined;
  /** Takes the result instead of stdout. */
  onResult?: ((result: RunResult) => void) | undefined;
}

/** `generate <schedule>`: reads and checks the file, or plans the preset up to today, then generates it. */
async function generate(
  file: string | undefined,
  given: GenerateOptions & { preset?: string | undefined },
): Promise<ExitCode> {
  const options = await namingAdopted(given);
  const reporter = createReporter(options.logFormat ?? 'text');
  if (options.preset !== undefined && file === undefined) {
    const preset = requirePreset(options.preset);
    const asOf = options.asOf ?? today();
    reporter.line(endOfHistory(asOf, options.asOf !== undefined));
    const name = `preset ${preset}`;
    const settled = { ...options, preset, asOf, command: `generate --preset ${preset}` };
    return await generatePrepared(await prepareAside(name, settled), name, settled);
  }
  if (file === undefined || options.preset !== undefined) {
    throw new UserError('generate takes a schedule, or --preset <name> without one', EXIT.usage);
  }
  const prepared = await prepareAside(file, { ...options, preset: undefined });
  if (options.asOf === undefined && isStale(prepared.asOf)) reporter.line(staleNotice(file, prepared.asOf));
  return await generatePrepared(prepared, file, options);
}

/** What to do about a file whose history ends before what a dashboard shows. */
function staleNotice(file: string, asOf: string): string {
  const preset = path.basename(file, '.yaml');
  const way = isPreset(preset)
    ? asTyped(`generate --preset ${preset}`)
    : `--as-of <day>, or ${asTyped(`plan --extend ${quoted(file)} --out ${quoted(file)}`)}`;
  return `notice: history ends on ${asOf}; dashboards that count back from today show nothing of it. Up to today: ${way}`;
}

/** Generates a schedule into the chosen database, from load to verify. */
export async function generateSchedule(
  schedule: Schedule,
  name: string,
  configuration: Configuration,
  options: GenerateOptions,
): Promise<ExitCode> {
  return await generatePrepared(prepare(schedule, name, configuration, options), name, options);
}

/** Generates what was prepared. */
export async function generatePrepared(
  prepared: Prepared,
  name: string,
  options: GenerateOptions,
): Promise<ExitCode> {
  if (options.replace && options.adopt) {
    throw new UserError('--replace makes a database anew: it does not go with --adopt', EXIT.usage);
  }
  if (!options.replace && options.confirm !== undefined) {
    throw new UserError('--confirm goes with --replace', EXIT.usage);
  }
  const reporter = chooseReporter(options, prepared.schedule);
  const workers = options.workers ?? Math.max(1, os.availableParallelism());
  return await withSession(
    {
      databaseUrl: options.databaseUrl,
      database: options.database,
      beforehand: options.replace
        ? replacing({
            command: options.command ?? `generate ${name}`,
            others: options.replaceOthers ?? true,
            confirm: options.confirm,
          })
        : undefined,
      embedded: options.embedded,
      connections: 2 * workers + 2,
      log: (line) => reporter.line(line),
    },
    async (session) => {
      reporter.line(`Generating ${name} up to ${prepared.asOf} into ${session.where}, ${workers} workers`);
      for (const warning of prepared.warnings) reporter.line(`WARNING of the plan: ${warning}`);
      const hint = `continue with: ${resumeCommand(name, options)}`;
      const job: RunJob = {
        ...{ ...prepared, name, session, reporter },
        adoption: adoptionOf(options, prepared.configuration),
        owner: options.owner,
        resume: options.resume === true,
      };
      await requireOwner(job);
      const ended = await runStages({
        ...{ session, reporter, workers, hint, configuration: prepared.configuration },
        retries: options.retries ?? DEFAULT_RETRIES,
        verify: options.verify !== false,
        install: () => installFor(job),
        open: (pool) => openRun(job, pool),
      });
      if (ended === undefined) return EXIT.interrupted;
      report(ended, options, session, reporter, hint);
      const { state, failed_checks: failedChecks } = ended.result;
      return state === 'done' && (failedChecks ?? 0) === 0 ? EXIT.done : EXIT.failed;
    },
  );
}

function chooseReporter({ logFormat, logDir }: GenerateOptions, { batches }: Schedule): Reporter {
  const reporter = createReporter(logFormat ?? 'text');
  if (logDir === undefined) return reporter;
  return logToFiles(
    reporter,
    logDir,
    batches.map((it) => it.batch_id),
  );
}

/** The command that continues a run. A URL is not repeated, since it may hold a password. */
function resumeCommand(name: string, options: GenerateOptions): string {
  const { config, profile, asOf, databaseUrl, database, only, owner } = options;
  if (options.again !== undefined) return options.again;
  return [
    asTyped(`${options.command ?? `generate ${name}`} --resume`),
    ...(config === undefined ? [] : [`--config ${config}`]),
    ...(profile === undefined ? [] : [`--profile ${profile.join(',')}`]),
    ...(asOf === undefined ? [] : [`--as-of ${asOf}`]),
    ...(only === undefined ? [] : [`--only ${only.join(',')}`]),
    ...(owner === undefined ? [] : [`--owner ${quoted(owner)}`]),
    ...(databaseUrl === undefined ? [] : ['--database-url <the same URL>']),
    ...(database === undefined ? [] : [`--database ${database}`]),
  ].join(' ');
}

/** Where all metrics are to be seen. A URL is not repeated, since it may hold a password. */
function verifyHint({ databaseUrl }: GenerateOptions, { target }: Session): string {
  const where = databaseUrl === undefined ? `--database ${target.database}` : '--database-url <the same URL>';
  return `All of them, with their ranges: ${asTyped(`verify ${where}`)}`;
}

function report(
  { result, checks }: RunEnd,
  options: GenerateOptions,
  session: Session,
  reporter: Reporter,
  hint: string,
): void {
  for (const { stage, unit, error } of result.failures) reporter.line(`FAILED ${stage} ${unit}: ${error}`);
  if (result.state === 'failed') reporter.line(`The run is not complete; ${hint}`);
  if (options.onResult !== undefined) options.onResult(result);
  else if (options.json) printData(`${JSON.stringify(result)}\n`);
  else {
    const verified = checks === undefined ? [] : [formatSummary(checks), verifyHint(options, session), ''];
    printText([...tableOf(result), '', ...verified].join('\n'));
  }
}

/** What was made, in how long. */
function tableOf({ batches, rows, seconds }: RunResult): string[] {
  const total = Object.values(rows).reduce((sum, n) => sum + n, 0);
  const elapsed = Object.values(seconds).reduce((sum, n) => sum + n, 0);
  const rate = formatCount(total / Math.max(0.001, elapsed));
  return [
    `${batches} batches, ${formatCount(total)} rows in ${formatSeconds(elapsed)} (${rate} rows/s)`,
    ...Object.entries(rows).map(([table, n]) => `  ${table.padEnd(38)} ${formatCount(n).padStart(13)}`),
  ];
}
