import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../errors.ts';
import { daysOff, readSchedule, validateSchedule } from '../../planner/index.ts';
import { printData, say } from '../output/output.ts';
import { type ConfigurationOptions, configurationFor } from '../prepare/configuration.ts';
import { describeViolations } from '../prepare/prepare.ts';
import { schedulePath } from '../prepare/schedule-path.ts';
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

/** `validate <schedule>`: checks a schedule file against the infrastructure. */
function validate(file: string, options: ConfigurationOptions & { json?: boolean | undefined }): ExitCode {
  const schedule = readSchedule(schedulePath(file));
  const { farm, biology, work } = configurationFor(options, schedule);
  const violations = validateSchedule(schedule, farm, biology);
  const warnings = daysOff(schedule, work);
  if (options.json) {
    printData(
      `${JSON.stringify({ batches: schedule.batches.length, conflicts: violations.length, violations, warnings })}\n`,
    );
    return violations.length > 0 ? EXIT.usage : EXIT.done;
  }
  if (violations.length > 0) throw describeViolations(file, violations);
  for (const { line, batch, message } of warnings) {
    say(`warning: ${file}${line === undefined ? '' : `:${line}`}: ${batch}: ${message}`);
  }
  printData(`${file}: ${schedule.batches.length} batches, no conflicts\n`);
  return EXIT.done;
}
