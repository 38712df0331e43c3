import { formatDay } from './days.ts';
import { type PlanRequest, requireDay } from './request/request.ts';

/** Requests with a name. Their schedules are committed in config/schedules/<name>.yaml. */
export const PRESETS = {
  /**
   * A dozen batches: one in each freshwater stage, some in the middle of their time at sea, and at least
   * one of each geography that must have been harvested.
   */
  demo: {
    batches: 6,
    stagger: 83,
    asOf: '2025-12-03',
    firstStart: '2023-03-20',
    seed: 42,
    name: 'demo',
  },
  /** About ten million rows. */
  medium: { batches: 20, stagger: 30, asOf: '2025-12-03', seed: 42, name: 'medium' },
  /** The 144 batches of the guide: five years of starts, 26 days apart within a geography. */
  'guide-144': {
    batches: 72,
    stagger: 13,
    asOf: '2025-12-03',
    firstStart: '2020-08-30',
    seed: 42,
    name: 'guide-144',
  },
  /** Two thirds of the sea in use: the stagger that reaches 70 % of Scotland's rings in 5.2 years. */
  saturated: { years: 5.2, saturation: 0.7, asOf: '2025-12-03', seed: 42, name: 'saturated' },
  /** The most batches of the guide, at high density: three quarters of Scotland's rings at the peak. */
  'peak-550': { batches: 275, stagger: 6, rings: 8, asOf: '2025-12-03', seed: 42, name: 'peak-550' },
  /** For user acceptance tests: four years with disasters, and room for transfers that take several days. */
  uat: {
    batches: 12,
    stagger: 60,
    asOf: '2025-12-03',
    firstStart: '2022-02-16',
    seed: 42,
    name: 'uat',
    profiles: ['uat'],
    moveDays: 5,
    seaMoveDays: 25,
  },
  /** For acceptance tests: batches of every age on one day. */
  ladder: { mode: 'ladder', completed: 2, asOf: '2025-12-03', seed: 42, name: 'ladder' },
} as const satisfies Record<string, PlanRequest>;

export type PresetName = keyof typeof PRESETS;

export function isPreset(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}

/** The request of a preset with another end of history: all starts move with it, so that the ages stay. */
export function presetUpTo(name: PresetName, asOf: string): PlanRequest {
  const request: PlanRequest = PRESETS[name];
  if (request.firstStart === undefined) return { ...request, asOf };
  const later = requireDay(asOf, 'as-of') - requireDay(PRESETS[name].asOf, 'as-of');
  return { ...request, asOf, firstStart: formatDay(requireDay(request.firstStart, 'first-start') + later) };
}

/** The command that makes a preset's schedule; it is written at the top of the file. */
export function presetCommand(name: PresetName): string {
  return `aquaseed plan --preset ${name} --out config/schedules/${name}.yaml`;
}
