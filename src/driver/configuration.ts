import { CONFIG_DIR, type Configuration, loadConfiguration } from '../config/index.ts';
import type { Schedule } from '../planner/index.ts';

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

/** A schedule that names the profiles it is generated under. */
export function underProfiles(schedule: Schedule, { profiles }: Configuration): Schedule {
  const { profile, profiles: _, ...facts } = { schema_version: 1 as const, ...schedule.metadata };
  if (profiles.join() === (schedule.metadata.profiles ?? []).join()) return schedule;
  const { schema_version, ...others } = facts;
  return {
    ...schedule,
    metadata: { schema_version, profile, ...(profiles.length > 0 ? { profiles } : {}), ...others },
  };
}
