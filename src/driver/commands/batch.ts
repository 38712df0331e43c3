import type { Command } from 'commander';
import type { Configuration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { plan, type Schedule } from '../../planner/index.ts';
import { configurationFor, roomUnder } from '../prepare/configuration.ts';
import { dateText, type Finish, onRun, option, seed, wholeNumber, withRunChoices } from './_options.ts';
import { type GenerateOptions, generateSchedule } from './generate.ts';

export function addBatch(program: Command, finish: Finish): void {
  const command = onRun(program.command('batch'))
    .description('generate one batch without a schedule file')
    .addOption(option('--start-date <date>', 'day the eggs arrive', dateText).makeOptionMandatory())
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

/** Plans one batch, which starts on the very day that was asked for. */
function oneBatch(options: BatchOptions, configuration: Configuration): Schedule {
  const { farm, biology, climate, work, profiles } = configuration;
  const start = Date.parse(`${options.startDate}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(options.startDate) || Number.isNaN(start)) {
    throw new UserError(`--start-date must be a date like 2025-01-01: ${options.startDate}`, EXIT.usage);
  }
  const asOf = new Date(start + options.duration * 86_400_000).toISOString().slice(0, 10);
  const request = {
    batches: 1,
    stagger: 1,
    firstStart: options.startDate,
    exactStart: true,
    geography: options.geography,
    asOf,
    seed: options.seed ?? 42,
    slices: 1,
    name: 'batch',
    profiles,
    ...roomUnder(configuration),
  };
  const { schedule } = plan(request, farm, biology, climate, work);
  return { ...schedule, batches: schedule.batches.map((it) => ({ ...it, eggs: options.eggs })) };
}
