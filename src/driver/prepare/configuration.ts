import { CONFIG_DIR, type Configuration, loadConfiguration } from '../../config/index.ts';
import type { PlanRequest, Schedule } from '../../planner/index.ts';

/** Options of a command that say which configuration it works with. */
export interface ConfigurationOptions {
  /** Directory; config/ by default. */
  config?: string | undefined;
  /** Names of profiles; those of the schedule by default. */
  profile?: readonly string[] | undefined;
}

/** The configuration that a command works with, under the profiles that it or its schedule names. */
export function configurationFor(
  { config = CONFIG_DIR, profile }: ConfigurationOptions,
  schedule?: Schedule,
): Configuration {
  return loadConfiguration(config, profile ?? schedule?.metadata.profiles ?? []);
}

/** The schedule, naming the profiles that it is generated under. */
export function underProfiles(schedule: Schedule, { profiles }: Configuration): Schedule {
  const { profiles: named = [], ...facts } = schedule.metadata;
  if (named.join() === profiles.join()) return schedule;
  return { ...schedule, metadata: profiles.length > 0 ? { ...facts, profiles } : facts };
}

/** Room in the halls for as long as a transfer may take under a configuration. */
export function roomUnder({ incidents }: Configuration): Pick<PlanRequest, 'moveDays' | 'seaMoveDays'> {
  const { freshwater_days, sea_days } = incidents.staggered_transfer;
  return incidents.enabled && incidents.disasters
    ? { moveDays: freshwater_days.to, seaMoveDays: sea_days.to }
    : {};
}
