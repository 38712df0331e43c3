import type { Command } from 'commander';
import type { Configuration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { formatDay, parseDay, plan, type Schedule, Week } from '../../planner/index.ts';
import { createReporter } from '../output/progress.ts';
import { configurationFor, roomUnder } from '../prepare/configuration.ts';
import { dateText, type Finish, onRun, option, seed, wholeNumber, withRunChoices } from './_options.ts';
import { type GenerateOptions, generateSchedule } from './generate.ts';

export function addBatch(program: Command, finish: Finish): void {
  const command = onRun(program.command('batch'))
    .description('generate one batch without a schedule file')
    .addOption(
      option(
        '--start-date <date>',
        'day the eggs arrive, or the next working day',
        dateText,
      ).makeOptionMandatory(),
    )
    .addOption(option('--eggs <n>', 'number of eggs', wholeNumber(1, 100_000_000)).makeOptionMandatory())
    .addOption(option('--geography <name>', 'such as "Faroe Islands"').makeOptionMandatory())
    .addOption(option('--duration <days>', 'days to generate', wholeNumber(1, 1000)).makeOptionMandatory())
    .addOption(seed());
  withRunChoices(command).action(async (options) => finish(await batch(options)));
}

interface BatchOptions extends GenerateOptions {
  startDate: string;
  eggs: number;
  geography: string;
  duration: number;
  seed?: number | undefined;
}

/** `batch`: one batch without a schedule file. */
async function batch(options: BatchOptions): Promise<ExitCode> {
  const configuration = configurationFor(options);
  const schedule = oneBatch(options, configuration);
  const { startDate, eggs, geography, duration, seed } = options;
  const command = [
    `batch --start-date ${startDate} --eggs ${eggs} --geography "${geography}" --duration ${duration}`,
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
  ].join(' ');
  return await generateSchedule(schedule, `batch ${schedule.batches[0]?.batch_id ?? ''}`, configuration, {
    ...options,
    command,
  });
}

/** Plans one batch, which starts on the day that was asked for or on the next on which eggs arrive. */
function oneBatch(options: BatchOptions, configuration: Configuration): Schedule {
  const { farm, biology, climate, work, profiles } = configuration;
  const asked = parseDay(options.startDate);
  if (asked === undefined) {
    throw new UserError(`--start-date must be a date like 2025-01-01: ${options.startDate}`, EXIT.usage);
  }
  const start = new Week(work, [options.geography]).onOrAfter(asked);
  if (start !== asked) {
    createReporter(options.logFormat ?? 'text').line(
      `notice: eggs arrive from Monday to Thursday on working days: on ${formatDay(start)} instead of ${options.startDate}`,
    );
  }
  const request = {
    batches: 1,
    stagger: 1,
    firstStart: formatDay(start),
    geography: options.geography,
    asOf: formatDay(start + options.duration),
    seed: options.seed ?? 42,
    slices: 1,
    name: 'batch',
    profiles,
    ...roomUnder(configuration),
  };
  const { schedule } = plan(request, farm, biology, climate, work);
  return { ...schedule, batches: schedule.batches.map((it) => ({ ...it, eggs: options.eggs })) };
}
