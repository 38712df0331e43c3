import { describeNoRoom, describeShortages, SEA_RESOURCE } from '../allocate/capacity.ts';
import { formatDay } from '../days.ts';
import { type Choice, MOST_BATCHES, MOST_STAGGER, type PlanRequest } from '../request/request.ts';
import { daysForStarts, mostInTime, widestInTime } from '../request/starts.ts';
import type { Failure, Planner, RingPeak, Success } from './attempt.ts';
import { largest, smallest } from './search.ts';

/** Batches and stagger, given or solved, with their places; or why there are none. */
export type Solution =
  | { ok: true; batches: number; stagger: number; success: Success; binding: string | undefined }
  | { ok: false; batches: number; stagger: number; failure: Failure };

/** Shares of rings are compared with this much tolerance. */
const TINY = 1e-9;

/**
 * Solves a staggered request for what it leaves open. `binding` says what stopped the search; it is undefined
 * when nothing was searched.
 */
export function solve(request: PlanRequest, choice: Choice, planner: Planner): Solution {
  const { batches, stagger } = request;
  if (batches !== undefined && stagger !== undefined) {
    return asGiven(batches, stagger, planner.staggered(choice, batches, stagger));
  }
  if (stagger !== undefined) return solveBatches(stagger, request.saturation ?? 1, choice, planner);
  if (request.saturation === undefined && batches !== undefined) return spread(batches, choice, planner);
  return solveStagger(batches, request.saturation ?? 1, choice, planner);
}

function asGiven(batches: number, stagger: number, outcome: Success | Failure, binding?: string): Solution {
  return outcome.ok
    ? { ok: true, batches, stagger, success: outcome, binding }
    : { ok: false, batches, stagger, failure: outcome };
}

/** As many batches as fit in the time, and in the farm up to the share of rings. */
function solveBatches(stagger: number, share: number, choice: Choice, planner: Planner): Solution {
  const { geographies, timetable } = planner.setting;
  const most = Math.min(mostInTime(planner.window, stagger, geographies.length, timetable), MOST_BATCHES);
  const attempt = (batches: number) => planner.staggered(choice, batches, stagger);
  const fits = (batches: number) => {
    const outcome = attempt(batches);
    return outcome.ok && planner.ringPeak(outcome).share <= share + TINY;
  };
  const batches = largest(1, most, fits);
  if (batches === undefined) {
    const one = attempt(1);
    if (!one.ok) return asGiven(1, stagger, one);
    const binding = `one batch per geography already passes the target: ${describeRings(planner.ringPeak(one))}`;
    return asGiven(1, stagger, one, binding);
  }
  const success = attempt(batches);
  const more = attempt(batches + 1);
  const binding = more.ok
    ? `saturation, ${describeRings(planner.ringPeak(more))} with one more batch per geography`
    : `${describeFailure(more, choice)}, with one more batch per geography`;
  const time = `time: ${batches} of ${most} batches per geography that can start by ${lastDay(planner)}`;
  return asGiven(batches, stagger, success, !more.ok && more.late ? time : binding);
}

/** The widest spread of the batches in the time there is. */
function spread(batches: number, choice: Choice, planner: Planner): Solution {
  const total = batches * planner.setting.geographies.length;
  const widest = widestInTime(planner.window, total, planner.setting.timetable);
  const stagger = Math.max(1, Math.min(widest, MOST_STAGGER));
  const days = daysForStarts(planner.window) ?? 0;
  const binding = `time: ${total} batches in ${days} days leave ${stagger} days between starts`;
  return asGiven(batches, stagger, planner.staggered(choice, batches, stagger), binding);
}

/**
 * The widest stagger that reaches the share of rings; where none does, the widest that comes as near as any.
 * Without batches, as many as start in the time.
 */
function solveStagger(
  batches: number | undefined,
  share: number,
  choice: Choice,
  planner: Planner,
): Solution {
  const { geographies, timetable } = planner.setting;
  const count = (stagger: number) =>
    batches ?? Math.min(mostInTime(planner.window, stagger, geographies.length, timetable), MOST_BATCHES);
  const inTime =
    batches === undefined
      ? // One batch of every geography must be able to start.
        widestInTime(planner.window, geographies.length, timetable)
      : widestInTime(planner.window, batches * geographies.length, timetable);
  const most = Math.max(1, Math.min(inTime, MOST_STAGGER));
  const attempt = (stagger: number) => planner.staggered(choice, Math.max(1, count(stagger)), stagger);
  const tightest = smallest(1, most, (stagger) => attempt(stagger).ok);
  if (tightest === undefined) return asGiven(Math.max(1, count(most)), most, attempt(most));

  const shareAt = (stagger: number) => {
    const outcome = attempt(stagger);
    return outcome.ok ? planner.ringPeak(outcome).share : Number.POSITIVE_INFINITY;
  };
  const best = shareAt(tightest);
  const reached = Math.min(share, best);
  const stagger =
    largest(tightest, most, (it) => it === tightest || shareAt(it) >= reached - TINY) ?? tightest;
  const outcome = attempt(stagger);
  if (!outcome.ok) return asGiven(count(stagger), stagger, outcome);
  const ringPeak = planner.ringPeak(outcome);
  const peak = describeRings(ringPeak);
  if (stagger === most && ringPeak.share > share + TINY) {
    const binding = `time: with more than ${stagger} days between starts the batches do not fit; ${peak}`;
    return asGiven(count(stagger), stagger, outcome, binding);
  }
  const tighter = best < share - TINY && tightest > 1 ? attempt(tightest - 1) : undefined;
  const binding =
    best >= share - TINY
      ? `saturation, ${peak}`
      : tighter === undefined || tighter.ok
        ? `batches: ${peak} at most`
        : `${describeFailure(tighter, choice)}, with ${tightest - 1} days between starts`;
  return asGiven(count(stagger), stagger, outcome, binding);
}

/** The first thing that a plan fails on, for the metadata. */
function describeFailure(failure: Failure, choice: Choice): string {
  const [first] = describeShortages(failure.shortages);
  if (first !== undefined) return first;
  if (failure.noRoom) return describeNoRoom(failure.noRoom, choice.ringCounts);
  return 'time';
}

function describeRings({ geography, peak, capacity, share }: RingPeak): string {
  const percent = (share * 100).toFixed(1);
  return `${geography}, ${SEA_RESOURCE}: ${peak.amount} of ${capacity} (${percent} %) on ${formatDay(peak.day)}`;
}

function lastDay({ window }: Planner): string {
  return formatDay(window.asOf - 1);
}
