import type { Command } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { readSchedule, type Violation, validateSchedule } from '../../planner/index.ts';
import { type ConfigurationOptions, configurationFor } from '../configuration.ts';
import { printData } from '../output/output.ts';
import { schedulePath } from '../schedule-path.ts';
import { config, type Finish, json, profile, SCHEDULE } from './_options.ts';

export function addValidate(program: Command, finish: Finish): void {
  program
    .command('validate')
    .description('check a schedule file against the infrastructure')
    .argument('<schedule>', SCHEDULE)
    .addOption(config())
    .addOption(profile())
    .addOption(json())
    .action((file, options) => finish(validate(file, options)));
}

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

/** `validate <schedule>`: checks a schedule file against the infrastructure. */
function validate(file: string, options: ConfigurationOptions & { json?: boolean | undefined }): ExitCode {
  const schedule = readSchedule(schedulePath(file));
  const { farm, biology } = configurationFor(options, schedule);
  const violations = validateSchedule(schedule, farm, biology);
  if (options.json) {
    printData(
      `${JSON.stringify({ batches: schedule.batches.length, conflicts: violations.length, violations })}\n`,
    );
    return violations.length > 0 ? EXIT.usage : EXIT.done;
  }
  if (violations.length > 0) throw describeViolations(file, violations);
  printData(`${file}: ${schedule.batches.length} batches, no conflicts\n`);
  return EXIT.done;
}
