import type { Biology, Climate, Farm, Work } from '../config/index.ts';
import type { Allocation } from './allocate/allocate.ts';
import { measure, nearestToFull } from './allocate/measure.ts';
import { type Day, formatDay, parseDay } from './days.ts';
import { eggsOf, harvestTarget } from './farm/facts.ts';
import type { Life } from './farm/life.ts';
import { type Setting, settingOf } from './farm/setting.ts';
import {
  type Choice,
  checkRequest,
  choiceOf,
  DEFAULT_SLICES,
  type PlanRequest,
  windowOf,
} from './request/request.ts';
import { daysForStarts, type Start } from './request/starts.ts';
import { planningDigest } from './schedule/digest.ts';
import { cutPartitions } from './schedule/partitions.ts';
import type { Schedule, ScheduleBatch } from './schedule/schedule.ts';
import { requireWithinSpan } from './schedule/span.ts';
import { type Violation, validateSchedule } from './schedule/validate.ts';
import { Planner, type Success } from './solve/attempt.ts';
import { refuseLadder, refuseStaggered } from './solve/certificate.ts';
import { solve } from './solve/solve.ts';

/** A plan that was proven. */
export interface Plan {
  schedule: Schedule;
  /** What the validator found: nothing, for a plan that was accepted. */
  conflicts: Violation[];
  /** Days from the first to the last start, and those there are; null when nothing limits them. */
  time: { used: number; available: number | null };
  setting: Setting;
}

/**
 * Plans a schedule and proves it. Pure: the same arguments give the same schedule, and a batch does not
 * depend on later ones.
 * @throws UserError (exit 2) for a request that makes no sense; PlanRefusal, which is one, with a
 *   certificate for one that does not fit the farm
 */
export function plan(request: PlanRequest, farm: Farm, biology: Biology, climate: Climate, work: Work): Plan {
  const room = { moveDays: request.moveDays ?? 0, seaMoveDays: request.seaMoveDays ?? 0 };
  const setting = settingOf(farm, biology, climate, work, room, request.geography);
  checkRequest(request, setting);
  const window = windowOf(request);
  const planner = new Planner(setting, window);
  const choice = choiceOf(request, setting);
  const isLadder = request.mode === 'ladder';
  const found = isLadder ? planLadder(request, choice, planner) : planStaggered(request, choice, planner);

  const { starts, allocations } = found.success;
  const batches = starts.flatMap((start, index) => {
    const allocation = allocations[index];
    return allocation ? [scheduleBatch(start, allocation, choice, setting, window.asOf)] : [];
  });
  const utilisation = measure(batches, setting, window.asOf);
  const schedule: Schedule = {
    metadata: {
      schema_version: 1,
      profile: request.name ?? 'custom',
      ...(request.profiles?.length ? { profiles: [...request.profiles] } : {}),
      mode: isLadder ? 'ladder' : 'staggered',
      as_of: formatDay(window.asOf),
      first_start: batches[0]?.start_date ?? formatDay(window.asOf),
      last_start: batches.at(-1)?.start_date ?? formatDay(window.asOf),
      seed: request.seed,
      total_batches: batches.length,
      batches_per_geography: found.batches,
      stagger_days: found.stagger,
      adult_duration: choice.adultDuration,
      ring_counts: [...choice.ringCounts],
      reserve: choice.reserve,
      ...(room.moveDays > 0 ? { move_days: room.moveDays } : {}),
      ...(room.seaMoveDays > 0 ? { sea_move_days: room.seaMoveDays } : {}),
      target_saturation: request.saturation ?? null,
      config_digest: planningDigest(farm, biology, climate, work),
      binding_constraint: found.binding ?? nearestToFull(utilisation),
      utilisation,
      worker_partitions: cutPartitions(batches, request.slices ?? DEFAULT_SLICES),
    },
    batches,
  };
  requireWithinSpan(schedule, schedule.metadata.as_of);
  return proven(schedule, setting, {
    used: (starts.at(-1)?.start ?? 0) - (starts[0]?.start ?? 0),
    available: isLadder ? null : (daysForStarts(window) ?? null),
  });
}

/** @throws Error, a defect, when the validator finds something */
export function proven(schedule: Schedule, setting: Setting, time: Plan['time']): Plan {
  const { farm, biology } = setting;
  const conflicts = validateSchedule(schedule, farm, biology);
  if (conflicts.length > 0) {
    const lines = conflicts.slice(0, 5).map((it) => `${it.rule}: ${it.batch ?? ''} ${it.message}`);
    throw new Error(`the planner made a schedule that does not hold:\n${lines.join('\n')}`);
  }
  return { schedule, conflicts, time, setting };
}

/** The plan that a valid schedule is: what it needs and comes to. */
export function reviewSchedule(
  schedule: Schedule,
  farm: Farm,
  biology: Biology,
  climate: Climate,
  work: Work,
): Plan {
  const { first_start, last_start } = schedule.metadata;
  const used = (parseDay(last_start) ?? 0) - (parseDay(first_start) ?? 0);
  return proven(schedule, settingOf(farm, biology, climate, work), { used, available: null });
}

interface Found {
  batches: number;
  stagger: number;
  success: Success;
  binding: string | undefined;
}

function planStaggered(request: PlanRequest, choice: Choice, planner: Planner): Found {
  const solution = solve(request, choice, planner);
  if (solution.ok) return solution;
  throw refuseStaggered(request, solution.batches, solution.stagger, solution.failure, planner);
}

function planLadder(request: PlanRequest, choice: Choice, planner: Planner): Found {
  const outcome = planner.ladder(choice, request.completed ?? 0);
  if (!outcome.ok) throw refuseLadder(request, outcome, planner);
  const batches = outcome.starts.length / planner.setting.geographies.length;
  return { batches, stagger: 0, success: outcome, binding: undefined };
}

/** A batch as in the schedule. */
export function scheduleBatch(
  batch: Start,
  allocation: Allocation,
  { seed }: Choice,
  { biology }: Setting,
  asOf: Day,
): ScheduleBatch {
  const { life } = batch;
  const lifetime = life.seaEntry + allocation.seaDays;
  return {
    batch_id: batch.id,
    start_date: formatDay(batch.start),
    eggs: eggsOf(batch.indexInGeography, biology),
    duration: Math.min(lifetime, asOf - batch.start),
    effective_duration: lifetime,
    harvest_target_kg: harvestTarget(seed, batch.id, biology),
    geography: batch.geography.name,
    station: allocation.halls[0]?.station ?? '',
    freshwater: freshwaterStays(allocation, life),
    sea: {
      area: allocation.area.name,
      rings: allocation.rings.map((it) => it.name),
      rings_count: allocation.rings.length,
      start_day: life.seaEntry,
      end_day: lifetime,
      note: `${allocation.rings.length} of ${allocation.ringsInArea} rings`,
    },
  };
}

function freshwaterStays({ halls }: Allocation, life: Life): ScheduleBatch['freshwater'] {
  const stays = life.freshwater.map(({ stage, startDay, keptUntil }, index) => {
    const hall = halls[index];
    const containers = hall?.containers.map((it) => it.name) ?? [];
    return [
      stage.key,
      { hall: hall?.hall.name ?? '', containers, start_day: startDay, end_day: keptUntil },
    ] as const;
  });
  return Object.fromEntries(stays);
}
