import path from 'node:path';
import type { Command } from 'commander';
import type { Configuration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import {
  extend,
  formatExtended,
  formatSchedule,
  type Plan,
  PlanRefusal,
  type PlanRequest,
  PRESETS,
  type PresetName,
  plan,
  predictRows,
  presetCommand,
  presetUpTo,
  type ReserveMode,
  readSchedule,
  reviewSchedule,
  type Schedule,
  type Summary,
  type SummaryOptions,
  strains,
  summarise,
  validateSchedule,
  writeWhole,
} from '../../planner/index.ts';
import { renderPage } from '../../report/html.ts';
import { planData } from '../../report/plan-data.ts';
import { requireInstalled, withSession } from '../database/session.ts';
import { TOOL_VERSION } from '../invocation.ts';
import { printData, printText, say } from '../output/output.ts';
import { configurationFor, roomUnder, underProfiles } from '../prepare/configuration.ts';
import { describeViolations } from '../prepare/prepare.ts';
import { profilesFor, requirePreset } from '../prepare/preset.ts';
import { schedulePath } from '../prepare/schedule-path.ts';
import { formatScheduleSql } from '../psql/schedule-sql.ts';
import { readRun } from '../statements/run.ts';
import { readRate } from '../statements/status.ts';
import { today } from '../today.ts';
import {
  config,
  dateText,
  decimal,
  examples,
  type Finish,
  json,
  option,
  profile,
  seed,
  wholeNumber,
} from './_options.ts';
import { requireWritable } from './report.ts';

const PLAN_HELP = `
Staggered (default): the geographies take turns, --stagger days between consecutive starts. With --years (or
--first-start) any two of --batches, --stagger and --saturation fix the third; with --years and --saturation
alone both others are solved. Without a span of time: --batches with --stagger or --saturation.
Ladder: one batch per geography at each of 28 ages on --as-of.

  aquaseed plan --years 4 --stagger 13 --saturation 0.85 --out x.yaml     as many batches as fit
  aquaseed plan --years 5.2 --saturation 0.7 --dry-run                    the stagger that reaches it
  aquaseed plan --extend x.yaml --as-of 2026-01-01 --out x.yaml           later end, same batches and more
  aquaseed plan --from x.yaml --format sql --out x.sql                    for psql, after sql/install.sql
  aquaseed plan --from x.yaml --dry-run --html x.html                     look at it

A request that does not fit is refused with what is short, and with requests that do fit (exit 2).
`;

export function addPlan(program: Command, finish: Finish): void {
  const command = program
    .command('plan')
    .description('plan a schedule, prove that nothing collides, and write it');
  withResult(withShape(withAmount(command)))
    .addHelpText('after', examples(PLAN_HELP))
    .action(async (options) => finish(await planCommand(options)));
}

/** Where the plan comes from, how much of it there is and when. */
function withAmount(command: Command): Command {
  return command
    .addOption(option('--preset <name>', Object.keys(PRESETS).join(', ')))
    .addOption(option('--extend <schedule>', 'move the end of a schedule to a later --as-of'))
    .addOption(option('--from <schedule>', 'plan nothing: take this schedule, for --format sql or --dry-run'))
    .addOption(option('--years <n>', 'years from the first start to --as-of', decimal(200)))
    .addOption(option('--batches <n>', 'batches per geography', wholeNumber(1, 20_000)))
    .addOption(option('--stagger <days>', 'days between consecutive starts', wholeNumber(1, 1000)))
    .addOption(
      option('--saturation <share>', 'share of the sea rings in use at the peak, 0 to 1', decimal(1)),
    )
    .addOption(option('--ladder', 'one batch per geography at each of 28 ages'))
    .addOption(
      option('--completed <n>', 'finished batches per geography before the ladder', wholeNumber(0, 1000)),
    )
    .addOption(
      option('--as-of <date>', 'end of history; rows exist for dates before it; today by default', dateText),
    )
    .addOption(
      option(
        '--first-start <date>',
        'first batch, then or on the next working day; else counted back from --as-of',
        dateText,
      ),
    );
}

/** How the batches are laid out. */
function withShape(command: Command): Command {
  return command
    .addOption(seed())
    .addOption(
      option('--slices <n>', 'slices, that is leaves of the big tables; 14 by default', wholeNumber(1, 1000)),
    )
    .addOption(
      option('--rings <n>', 'rings of every batch instead of the configured counts', wholeNumber(1, 1000)),
    )
    .addOption(option('--adult-duration <days>', 'most days at sea', wholeNumber(1, 3000)))
    .addOption(
      option(
        '--reserve <mode>',
        'rings for the slowest batch there may be (worst, the default) or until its own predicted harvest',
      ).choices(['worst', 'predicted']),
    )
    .addOption(
      option(
        '--move-days <days>',
        'keep halls so long after the next stage has begun, for transfers that take several days; 0 by ' +
          'default, under profile uat as long as its transfers take',
        wholeNumber(0, 200),
      ),
    )
    .addOption(
      option(
        '--sea-move-days <days>',
        'the same for the halls that the fish leave for sea',
        wholeNumber(0, 200),
      ),
    )
    .addOption(option('--name <name>', 'a name for the metadata, custom by default'))
    .addOption(profile());
}

/** What is done with the plan. */
function withResult(command: Command): Command {
  return command
    .addOption(
      option('--format <format>', 'yaml, or sql that psql can load').choices(['yaml', 'sql']).default('yaml'),
    )
    .addOption(option('--out <file>', 'where to write the schedule; stdout by default'))
    .addOption(
      option(
        '--html <file>',
        'also write a page that shows who is where, and how full it is; with --dry-run too',
      ),
    )
    .addOption(
      option('--dry-run', 'print the summary with utilisation over time, rows and minutes; write nothing'),
    )
    .addOption(option('--database-url <url>', 'with --dry-run: take the rate of the run in this database'))
    .addOption(config())
    .addOption(json());
}

export interface PlanOptions {
  preset?: string | undefined;
  extend?: string | undefined;
  from?: string | undefined;
  ladder?: boolean | undefined;
  completed?: number | undefined;
  years?: number | undefined;
  batches?: number | undefined;
  stagger?: number | undefined;
  saturation?: number | undefined;
  asOf?: string | undefined;
  firstStart?: string | undefined;
  seed?: number | undefined;
  slices?: number | undefined;
  rings?: number | undefined;
  adultDuration?: number | undefined;
  reserve?: ReserveMode | undefined;
  moveDays?: number | undefined;
  seaMoveDays?: number | undefined;
  name?: string | undefined;
  profile?: readonly string[] | undefined;
  format?: 'yaml' | 'sql' | undefined;
  out?: string | undefined;
  html?: string | undefined;
  dryRun?: boolean | undefined;
  databaseUrl?: string | undefined;
  config?: string | undefined;
  json?: boolean | undefined;
}

/** Options that decide what is planned, with their names on the command line, in the order of the help. */
const REQUEST_OPTIONS = {
  preset: 'preset',
  extend: 'extend',
  from: 'from',
  ladder: 'ladder',
  completed: 'completed',
  years: 'years',
  batches: 'batches',
  stagger: 'stagger',
  saturation: 'saturation',
  asOf: 'as-of',
  firstStart: 'first-start',
  seed: 'seed',
  slices: 'slices',
  rings: 'rings',
  adultDuration: 'adult-duration',
  reserve: 'reserve',
  moveDays: 'move-days',
  seaMoveDays: 'sea-move-days',
  name: 'name',
  profile: 'profile',
} as const;
type RequestOption = keyof typeof REQUEST_OPTIONS;

/** What goes together with an option that already says what to plan. */
const COMPANIONS: Partial<Record<RequestOption, readonly RequestOption[]>> = {
  preset: [
    'asOf',
    'seed',
    'slices',
    'rings',
    'adultDuration',
    'reserve',
    'completed',
    'moveDays',
    'seaMoveDays',
    'profile',
  ],
  extend: ['asOf', 'stagger'],
  from: ['profile'],
};

const DEFAULT_SEED = 42;

/** `plan`: plans a schedule, proves it and writes it. */
async function planCommand(options: PlanOptions): Promise<ExitCode> {
  checkOptions(options);
  if (options.html !== undefined) requireWritable(options.html);
  const file = options.from ?? options.extend;
  const schedule = file === undefined ? undefined : readSchedule(schedulePath(file));
  const configuration = configurationFor({ ...options, profile: profilesOf(options) }, schedule);
  const { result, command } = planned(options, schedule, configuration);
  const predictedRows = predictRows(result.schedule, configuration);
  const warnings = strains(result.schedule, configuration);
  const summary = summarise(result, {
    predictedRows,
    warnings,
    details: options.dryRun,
    rowsPerSecond: options.databaseUrl === undefined ? undefined : await measuredRate(options.databaseUrl),
  });
  if (options.html !== undefined) await writePage(options.html, result, { predictedRows, warnings });
  write(options, result, command, summary, configuration);
  return EXIT.done;
}

/** One HTML file that shows the plan. */
async function writePage(
  file: string,
  result: Plan,
  facts: Pick<SummaryOptions, 'predictedRows' | 'warnings'>,
): Promise<void> {
  const { schedule, setting } = result;
  const summary = summarise(result, { ...facts, details: true }).json;
  const data = planData(schedule, summary, setting.farm, setting.biology);
  writeWhole(file, await renderPage({ entry: 'plan', title: `aquaseed plan: ${data.title}`, data }));
  say(`page written to ${file}`);
}

/** @throws UserError (exit 2), one line, for options that do not go together */
function checkOptions(options: PlanOptions): void {
  const given = (Object.keys(REQUEST_OPTIONS) as RequestOption[]).filter((it) => options[it] !== undefined);
  for (const [main, companions] of Object.entries(COMPANIONS)) {
    if (!given.includes(main as RequestOption)) continue;
    const stranger = given.find((it) => it !== main && !companions.includes(it));
    if (stranger === undefined) continue;
    throw new UserError(
      `--${main} and --${REQUEST_OPTIONS[stranger]} do not go together`,
      EXIT.usage,
      companions.length > 0
        ? `--${main} takes ${companions.map((it) => `--${REQUEST_OPTIONS[it]}`).join(', ')}`
        : undefined,
    );
  }
  if (options.databaseUrl !== undefined && !options.dryRun) {
    throw new UserError('--database-url is for --dry-run: planning needs no database', EXIT.usage);
  }
}

/** The plan that the options ask for, and the command that repeats it. */
function planned(
  options: PlanOptions,
  schedule: Schedule | undefined,
  configuration: Configuration,
): { result: Plan; command: string } {
  const { farm, biology, climate, work } = configuration;
  if (options.from !== undefined && schedule !== undefined) {
    const violations = validateSchedule(schedule, farm, biology);
    if (violations.length > 0) throw describeViolations(options.from, violations);
    const reviewed = reviewSchedule(underProfiles(schedule, configuration), farm, biology, climate, work);
    return { result: reviewed, command: commandOf(options) };
  }
  if (options.extend !== undefined && schedule !== undefined) {
    const asOf = options.asOf ?? today();
    const result = certified(options, () =>
      extend(schedule, { asOf, stagger: options.stagger }, farm, biology, climate, work),
    );
    return { result, command: commandOf({ ...options, asOf }) };
  }
  const { request, command } = toRequest(options, configuration);
  return { result: certified(options, () => plan(request, farm, biology, climate, work)), command };
}

/** With --json a refusal, too, is an object on stdout. */
function certified(options: PlanOptions, action: () => Plan): Plan {
  try {
    return action();
  } catch (error) {
    if (options.json && error instanceof PlanRefusal) {
      const { failure, alternatives } = error.certificate;
      const ways = alternatives.map(({ text, request }) => ({ text, request }));
      printData(
        `${JSON.stringify({ refused: error.message.split('\n')[0], shortages: failure.shortages, alternatives: ways })}\n`,
      );
    }
    throw error;
  }
}

function toRequest(
  options: PlanOptions,
  configuration: Configuration,
): { request: PlanRequest; command: string } {
  const { seed, slices, rings, adultDuration, reserve, completed, moveDays, seaMoveDays } = options;
  const common = { slices, rings, adultDuration, reserve, completed, moveDays, seaMoveDays };
  const preset = presetOf(options);
  const setting = { ...roomUnder(configuration), profiles: configuration.profiles };
  if (preset !== undefined) {
    const changes = given({ ...common, seed });
    const standard = `config/schedules/${preset}.yaml`;
    const isChanged =
      Object.keys(changes).length > 0 || options.asOf !== undefined || options.profile !== undefined;
    const isStandard = !isChanged && (options.out ?? standard) === standard;
    return {
      request: {
        ...setting,
        ...presetUpTo(preset, options.asOf ?? PRESETS[preset].asOf),
        ...changes,
        profiles: configuration.profiles,
      },
      command: isStandard && options.format !== 'sql' ? presetCommand(preset) : commandOf(options),
    };
  }
  const { years, firstStart } = options;
  const asOf = options.asOf ?? (years !== undefined && firstStart !== undefined ? undefined : today());
  return {
    request: {
      ...setting,
      ...given(common),
      mode: options.ladder ? 'ladder' : 'staggered',
      years,
      batches: options.batches,
      stagger: options.stagger,
      saturation: options.saturation,
      asOf,
      firstStart,
      seed: seed ?? DEFAULT_SEED,
      name: options.name,
    },
    command: commandOf({ ...options, asOf, seed: seed ?? DEFAULT_SEED }),
  };
}

function presetOf({ preset }: PlanOptions): PresetName | undefined {
  return preset === undefined ? undefined : requirePreset(preset);
}

/** The profiles that the options ask for, or the preset; undefined when they do not say. */
function profilesOf(options: PlanOptions): readonly string[] | undefined {
  const preset = presetOf(options);
  return preset === undefined ? options.profile : profilesFor(preset, options.profile);
}

/** Without the keys that have no value, so that they do not hide those of a preset. */
function given<T extends object>(changes: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** The command that repeats a plan, in the order of the help. */
function commandOf(options: PlanOptions): string {
  const words: [string, string | number | boolean | readonly string[] | undefined][] = [
    ...(Object.keys(REQUEST_OPTIONS) as RequestOption[]).map((it): (typeof words)[number] => [
      REQUEST_OPTIONS[it],
      options[it],
    ]),
    ['format', options.format === 'sql' ? 'sql' : undefined],
    ['out', options.out],
    ['config', options.config],
  ];
  const parts = words.flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name} ${shellWord(String(value))}`];
  });
  return ['aquaseed plan', ...parts].join(' ');
}

function shellWord(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function write(
  options: PlanOptions,
  result: Plan,
  command: string,
  summary: { text: string; json: Summary },
  configuration: Configuration,
): void {
  const { out, dryRun, json } = options;
  const isPrinted = out === undefined && !dryRun && !json;
  if (isPrinted || (out !== undefined && !dryRun)) {
    const text = textOf(options, result, command, configuration);
    if (isPrinted) printData(text);
    else if (out !== undefined) writeWhole(out, text);
  }
  if (json) printData(`${JSON.stringify(summary.json)}\n`);
  else if (!isPrinted) printText(`${summary.text}\n`);
  if (!json && out !== undefined && !dryRun) printText(`written to ${out}\n`);
}

function textOf(
  options: PlanOptions,
  { schedule }: Plan,
  command: string,
  configuration: Configuration,
): string {
  if (options.format === 'sql') {
    const name = options.from ?? options.out ?? schedule.metadata.profile;
    return formatScheduleSql({
      schedule,
      name: path.normalize(name),
      configuration,
      toolVersion: TOOL_VERSION,
      command,
    });
  }
  const source = options.extend;
  return source === undefined
    ? formatSchedule(schedule, command)
    : formatExtended(schedule, command, schedulePath(source));
}

/** Rows per second of the run in a database, or undefined when there is none that ended. */
async function measuredRate(databaseUrl: string): Promise<number | undefined> {
  return await withSession({ databaseUrl, log: say }, async (session) => {
    await requireInstalled(session);
    const pool = await session.openPool(1);
    const run = await readRun(pool);
    return run?.state === 'done' ? ((await readRate(pool, run.run_id)) ?? undefined) : undefined;
  });
}
