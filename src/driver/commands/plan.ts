import { loadConfiguration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import {
  formatSchedule,
  isPreset,
  type PlanRequest,
  PRESETS,
  plan,
  presetCommand,
  summarise,
  writeSchedule,
} from '../../planner/index.ts';

export interface PlanOptions {
  preset?: string | undefined;
  batches?: number | undefined;
  stagger?: number | undefined;
  asOf?: string | undefined;
  firstStart?: string | undefined;
  seed?: number | undefined;
  slices?: number | undefined;
  rings?: number | undefined;
  adultDuration?: number | undefined;
  profile?: string | undefined;
  out?: string | undefined;
  dryRun?: boolean | undefined;
  config?: string | undefined;
  json?: boolean | undefined;
}

/** `plan`: plans a schedule, proves it and writes it. */
export function planCommand(options: PlanOptions): ExitCode {
  const { farm, biology, climate } = loadConfiguration(options.config);
  const { request, command } = toRequest(options);
  const result = plan(request, farm, biology, climate);
  const summary = summarise(result);
  if (options.out !== undefined && !options.dryRun) writeSchedule(options.out, result.schedule, command);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(summary.json)}\n`);
  } else if (options.out === undefined && !options.dryRun) {
    process.stdout.write(formatSchedule(result.schedule, command));
  } else {
    process.stdout.write(`${summary.text}\n`);
    if (options.out !== undefined && !options.dryRun) process.stdout.write(`written to ${options.out}\n`);
  }
  return EXIT.done;
}

function toRequest(options: PlanOptions): { request: PlanRequest; command: string } {
  if (options.preset !== undefined) {
    if (!isPreset(options.preset)) {
      throw new UserError(
        `there is no preset "${options.preset}"`,
        EXIT.usage,
        `Presets: ${Object.keys(PRESETS).join(', ')}`,
      );
    }
    const preset: PlanRequest = PRESETS[options.preset];
    const changes: Partial<PlanRequest> = {
      ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.slices === undefined ? {} : { slices: options.slices }),
      ...(options.rings === undefined ? {} : { rings: options.rings }),
    };
    const isChanged = Object.keys(changes).length > 0;
    return {
      request: { ...preset, ...changes },
      command: isChanged ? commandOf(options) : presetCommand(options.preset),
    };
  }
  if (options.batches === undefined || options.stagger === undefined) {
    throw new UserError('plan needs --batches and --stagger, or --preset', EXIT.usage);
  }
  const asOf = options.asOf ?? new Date().toISOString().slice(0, 10);
  return {
    request: {
      batches: options.batches,
      stagger: options.stagger,
      asOf,
      seed: options.seed ?? 42,
      firstStart: options.firstStart,
      slices: options.slices,
      rings: options.rings,
      adultDuration: options.adultDuration,
      profile: options.profile,
    },
    command: commandOf({ ...options, asOf, seed: options.seed ?? 42 }),
  };
}

/** The command that repeats a plan, in the order of the help. */
function commandOf(options: PlanOptions): string {
  const words: [string, string | number | undefined][] = [
    ['preset', options.preset],
    ['batches', options.batches],
    ['stagger', options.stagger],
    ['as-of', options.asOf],
    ['first-start', options.firstStart],
    ['seed', options.seed],
    ['slices', options.slices],
    ['rings', options.rings],
    ['adult-duration', options.adultDuration],
    ['profile', options.profile],
    ['out', options.out],
  ];
  const given = words.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ['aquaseed plan', ...given].join(' ');
}
