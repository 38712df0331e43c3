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

/** Plans a batch of every geography and keeps the one that was asked for. */
function oneBatch(options: BatchOptions, configuration: Configuration): Schedule {
  const { farm, biology, climate, profiles } = configuration;
  const start = Date.parse(`${options.startDate}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(options.startDate) || Number.isNaN(start)) {
    throw new UserError(`--start-date must be a date like 2025-01-01: ${options.startDate}`, EXIT.usage);
  }
  const asOf = new Date(start + options.duration * 86_400_000).toISOString().slice(0, 10);
  const { schedule } = plan(
    {
      batches: 1,
      stagger: 1,
      firstStart: options.startDate,
      asOf,
      seed: options.seed ?? 42,
      slices: 1,
      name: 'batch',
      profiles,
      ...roomUnder(configuration),
    },
    farm,
    biology,
    climate,
  );
  const found = schedule.batches.find((it) => it.geography === options.geography);
  if (found === undefined) {
    throw new UserError(
      `there is no geography "${options.geography}" with production places`,
      EXIT.usage,
      `Geographies: ${schedule.batches.map((it) => it.geography).join(', ')}`,
    );
  }
  const duration = Math.min(options.duration, found.effective_duration);
  const only = { ...found, start_date: options.startDate, eggs: options.eggs, duration };
  return {
    metadata: {
      ...schedule.metadata,
      last_start: options.startDate,
      total_batches: 1,
      utilisation: schedule.metadata.utilisation.filter((it) => it.geography === options.geography),
      worker_partitions: {
        worker_1: {
          batch_range: '1-1',
          count: 1,
          first_start: options.startDate,
          last_start: options.startDate,
          batch_indices: [0],
        },
      },
    },
    batches: [only],
  };
}
