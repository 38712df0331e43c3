import type { Configuration } from '../../config/index.ts';
import { extend, readSchedule, type Schedule } from '../../planner/index.ts';
import { type ConfigurationOptions, configurationFor, underProfiles } from './configuration.ts';
import { schedulePath } from './schedule-path.ts';

/**
 * The schedule of a file under its profiles, with the batches that begin up to a day: those that are there stay, new
 * ones follow.
 */
export function scheduleUpTo(
  file: string,
  asOf: string,
  options: ConfigurationOptions,
): { schedule: Schedule; configuration: Configuration } {
  const read = readSchedule(schedulePath(file));
  const configuration = configurationFor(options, read);
  const schedule = underProfiles(read, configuration);
  if (asOf <= schedule.metadata.as_of) return { schedule, configuration };
  const { farm, biology, climate, work } = configuration;
  return { schedule: extend(schedule, { asOf }, farm, biology, climate, work).schedule, configuration };
}
