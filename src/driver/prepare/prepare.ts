import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Configuration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import {
  type PresetName,
  predictRows,
  readSchedule,
  requireWithinSpan,
  type Schedule,
  strains,
  type Violation,
  validateSchedule,
} from '../../planner/index.ts';
import { type ConfigurationOptions, configurationFor, underProfiles } from './configuration.ts';
import { planPreset } from './preset.ts';
import { schedulePath } from './schedule-path.ts';

export interface PrepareOptions extends ConfigurationOptions {
  /** YYYY-MM-DD instead of the end of history of the schedule. */
  asOf?: string | undefined;
  /** Plan this preset up to asOf instead of reading a file. */
  preset?: PresetName | undefined;
  /** Only these batches. */
  only?: readonly string[] | undefined;
}

/** What a run needs to know before it touches a database. */
export interface Prepared {
  /** What is generated: batches that are not asked for have no days. */
  schedule: Schedule;
  configuration: Configuration;
  asOf: string;
  /** Rows per table that the plan predicts. */
  predicted: Readonly<Record<string, number>>;
  /** What the plan asks of the farm that a real one could not give. */
  warnings: readonly string[];
}

/** @throws UserError (exit 2) when the schedule cannot be generated */
export function prepare(
  schedule: Schedule,
  name: string,
  configuration: Configuration,
  options: PrepareOptions = {},
): Prepared {
  const violations = validateSchedule(schedule, configuration.farm, configuration.biology);
  if (violations.length > 0) throw describeViolations(name, violations);
  const chosen = chooseBatches(schedule, name, options.only);
  const asOf = options.asOf ?? schedule.metadata.as_of;
  requireWithinSpan(schedule, asOf);
  return {
    schedule: chosen,
    configuration,
    asOf,
    predicted: predictRows(chosen, configuration, asOf),
    warnings: strains(schedule, configuration),
  };
}

/** At most so many of them are shown. */
const SHOWN = 10;

/** All that is wrong with a schedule, as one error: file, line, batch and rule. */
export function describeViolations(file: string, violations: readonly Violation[]): UserError {
  const lines = violations.slice(0, SHOWN).map(({ line, batch, rule, message }) => {
    const place = line === undefined ? file : `${file}:${line}`;
    return `${place}: ${batch === null ? '' : `${batch}: `}${rule}: ${message}`;
  });
  if (violations.length > SHOWN) lines.push(`... and ${violations.length - SHOWN} more`);
  return new UserError(lines, EXIT.usage);
}

/** Reads a schedule, or plans that of a preset, with its configuration and prepares the run. */
export function prepareFile(file: string, options: PrepareOptions): Prepared {
  const { preset, asOf } = options;
  if (preset !== undefined && asOf !== undefined) {
    const { planned, configuration } = planPreset(preset, asOf, options);
    return prepare(planned.schedule, file, configuration, options);
  }
  const schedule = readSchedule(schedulePath(file));
  const configuration = configurationFor(options, schedule);
  return prepare(underProfiles(schedule, configuration), file, configuration, options);
}

/** What the process of `prepareAside` is asked, and what it answers. */
export interface PrepareQuestion {
  file: string;
  options: PrepareOptions;
}
export type PrepareAnswer =
  | { prepared: Prepared }
  | { refused: { message: string; exitCode: ExitCode; hint: string | undefined } };

/**
 * The same as prepareFile, in a process of its own that ends with the answer: parsing a schedule of 550 batches
 * and predicting its rows takes 200 MB for some seconds, which the driver would keep for the hours of the run.
 * @throws UserError as prepareFile does
 */
export async function prepareAside(file: string, options: PrepareOptions): Promise<Prepared> {
  const child = fork(
    fileURLToPath(new URL('prepare-process.ts', import.meta.url)),
    process.argv.slice(1, 2),
    {
      execArgv: ['--import', import.meta.resolve('tsx')],
      serialization: 'advanced',
      // What a process says that runs out of memory is no message to a user.
      silent: true,
    },
  );
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-10_000);
  });
  const { config, profile, asOf, preset, only } = options;
  const question: PrepareQuestion = { file, options: { config, profile, asOf, preset, only } };
  child.send(question);
  const ended = once(child, 'exit');
  const answer = await Promise.race([
    once(child, 'message').then(([message]) => message as PrepareAnswer),
    ended.then(([code, signal]) => {
      if (signal === 'SIGKILL' || signal === 'SIGABRT' || /out of memory|ENOMEM/i.test(output)) {
        throw new UserError(`${file}: there is not enough memory to read it`, EXIT.usage);
      }
      throw new Error(`reading ${file} ended with ${signal ?? `exit code ${code}`}`, {
        cause: new Error(output),
      });
    }),
  ]);
  await ended;
  if ('refused' in answer) {
    throw new UserError(answer.refused.message.split('\n'), answer.refused.exitCode, answer.refused.hint);
  }
  return answer.prepared;
}

/**
 * The schedule with no days for the batches that are not asked for. Those that are get the same rows as ever, but
 * feed is bought for them alone.
 */
function chooseBatches(schedule: Schedule, name: string, only: readonly string[] | undefined): Schedule {
  if (only === undefined) return schedule;
  const unknown = only.find((id) => !schedule.batches.some((it) => it.batch_id === id));
  if (unknown !== undefined) {
    throw new UserError(`--only: ${name} has no batch "${unknown}"`, EXIT.usage);
  }
  const batches = schedule.batches.map((it) => (only.includes(it.batch_id) ? it : { ...it, duration: 0 }));
  return { ...schedule, batches };
}
