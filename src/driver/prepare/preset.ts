import type { Configuration } from '../../config/index.ts';
import { EXIT, UserError } from '../../errors.ts';
import {
  isPreset,
  type Plan,
  type PlanRequest,
  PRESETS,
  type PresetName,
  plan,
  presetUpTo,
} from '../../planner/index.ts';
import { type ConfigurationOptions, configurationFor, roomUnder } from './configuration.ts';

/** @throws UserError (exit 2) for a preset that there is not */
export function requirePreset(name: string): PresetName {
  if (isPreset(name)) return name;
  throw new UserError(
    `there is no preset "${name}"`,
    EXIT.usage,
    `Presets: ${Object.keys(PRESETS).join(', ')}`,
  );
}

/** The profiles that are asked for, else those of the preset. */
export function profilesFor(
  name: PresetName,
  profile: readonly string[] | undefined,
): readonly string[] | undefined {
  const request: PlanRequest = PRESETS[name];
  return profile ?? request.profiles;
}

/** A preset, planned up to a day. */
export function planPreset(
  name: PresetName,
  asOf: string,
  options: ConfigurationOptions,
): { planned: Plan; configuration: Configuration } {
  const configuration = configurationFor({ ...options, profile: profilesFor(name, options.profile) });
  const { farm, biology, climate, work, profiles } = configuration;
  const request = { ...roomUnder(configuration), ...presetUpTo(name, asOf), profiles };
  return { planned: plan(request, farm, biology, climate, work), configuration };
}
