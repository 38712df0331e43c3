import type { Biology, Climate, Farm, Work } from '../config/index.ts';
import { EXIT, UserError } from '../errors.ts';
import type { Placed } from './allocate/allocate.ts';
import { measure, nearestToFull } from './allocate/measure.ts';
import { type Day, formatDay, parseDay } from './days.ts';
import type { Life } from './farm/life.ts';
import { type Setting, settingOf } from './farm/setting.ts';
import { type Plan, proven, scheduleBatch } from './plan.ts';
import { type Choice, DAYS_PER_YEAR, MOST_STAGGER, requireDay } from './request/request.ts';
import { nextStart, type Sequence, type Start, sequenceOf, startOf } from './request/starts.ts';
import { planningDigest } from './schedule/digest.ts';
import { extendPartitions } from './schedule/partitions.ts';
import type { Schedule, ScheduleBatch } from './schedule/schedule.ts';
import { requireWithinSpan } from './schedule/span.ts';
import { validateSchedule } from './schedule/validate.ts';
import { type Failure, Planner } from './solve/attempt.ts';
import { type Alternative, describeFailure, PlanRefusal } from './solve/certificate.ts';
import { largest, smallest } from './solve/search.ts';

/** No slip of the pen shall go on for centuries. */
const MOST_YEARS_ON = 30;

export interface Extension {
  /** YYYY-MM-DD, not before that of the schedule. */
  asOf: string;
  /** Days between the starts of the new batches; those of the schedule by default. */
  stagger?: number | undefined;
}

/**
 * Moves the end of history of a schedule: every batch stays as it is, down to its `duration`, and new ones
 * follow at the same distance up to the new end, none before the old one. No batch changes its slice. Which
 * batches there are, and where, does not depend on the number of steps in which the end was reached.
 * @throws UserError (exit 2) for a schedule or a date that cannot be extended; PlanRefusal when the new
 *   batches do not fit
 */
export function extend(
  schedule: Schedule,
  { asOf: date, stagger }: Extension,
  farm: Farm,
  biology: Biology,
  climate: Climate,
  work: Work,
): Plan {
  const { move_days: moveDays = 0, sea_move_days: seaMoveDays = 0 } = schedule.metadata;
  const setting = settingOf(farm, biology, climate, work, { moveDays, seaMoveDays });
  const asOf = requireDay(date, 'as-of');
  const apart = stagger ?? schedule.metadata.stagger_days;
  checkExtension(schedule, asOf, date, apart, setting);
  const { metadata } = schedule;
  const choice: Choice = {
    seed: metadata.seed,
    ringCounts: metadata.ring_counts,
    adultDuration: metadata.adult_duration,
    reserve: metadata.reserve,
  };
  const planner = new Planner(setting, { asOf });
  const earlier = placed(schedule, setting);
  const from = parseDay(metadata.as_of) ?? 0;
  const known = sequenceSoFar(schedule, apart, setting);
  const starts = nextStarts({ earlier, known }, from, asOf, apart, setting);
  const outcome = planner.place(choice, starts, earlier);
  if (!outcome.ok) {
    throw refuse(schedule, {
      asOf,
      apart,
      choice,
      planner,
      earlier,
      known,
      failure: outcome,
      count: starts.length,
    });
  }

  const added = starts.flatMap((start, index) => {
    const allocation = outcome.allocations[index];
    return allocation ? [scheduleBatch(start, allocation, choice, setting, asOf)] : [];
  });
  const batches = [...schedule.batches, ...added];
  const utilisation = measure(batches, setting, asOf);
  const perGeography = setting.geographies.map(
    ({ name }) => batches.filter((it) => it.geography === name).length,
  );
  const { utilisation: _, worker_partitions, extended = [], ...facts } = metadata;
  const isLater = asOf > (parseDay(metadata.as_of) ?? 0);
  const next: Schedule = {
    metadata: {
      ...facts,
      as_of: date,
      last_start: batches.at(-1)?.start_date ?? date,
      total_batches: batches.length,
      batches_per_geography: Math.max(...perGeography),
      config_digest: planningDigest(farm, biology, climate, work),
      binding_constraint: nearestToFull(utilisation),
      ...(isLater ? { extended: noted(extended, schedule) } : extended.length > 0 ? { extended } : {}),
      utilisation,
      worker_partitions: extendPartitions(worker_partitions, batches),
    },
    batches,
  };
  requireWithinSpan(next, date);
  const first = parseDay(next.metadata.first_start) ?? 0;
  const last = parseDay(next.metadata.last_start) ?? 0;
  return proven(next, setting, { used: last - first, available: asOf - 1 - first });
}

type Extended = NonNullable<Schedule['metadata']['extended']>;

/** Adds the end of history that the latest batches were written with; steps that added none leave no trace. */
function noted(extended: Extended, { metadata, batches }: Schedule): Extended {
  return extended.at(-1)?.batches === batches.length
    ? extended
    : [...extended, { as_of: metadata.as_of, batches: batches.length }];
}

function checkExtension(
  schedule: Schedule,
  asOf: Day,
  date: string,
  apart: number,
  { farm, biology }: Setting,
): void {
  const { metadata } = schedule;
  if (metadata.mode === 'ladder') {
    throw new UserError('a ladder belongs to one date and cannot be extended', EXIT.usage);
  }
  if (asOf < (parseDay(metadata.as_of) ?? 0)) {
    throw new UserError(
      `as-of ${date} is before the end of the schedule, ${metadata.as_of}`,
      EXIT.usage,
      'generate --as-of ends history earlier without another schedule.',
    );
  }
  if (asOf - (parseDay(metadata.as_of) ?? 0) > MOST_YEARS_ON * DAYS_PER_YEAR) {
    throw new UserError(
      `as-of ${date} is more than ${MOST_YEARS_ON} years after the end of the schedule, ${metadata.as_of}`,
      EXIT.usage,
      'Go on in several steps, with plan --extend, if that is meant.',
    );
  }
  if (apart < 1)
    throw new UserError('the schedule has no stagger_days to go on with', EXIT.usage, 'Give --stagger.');
  const violations = validateSchedule(schedule, farm, biology);
  const [first] = violations;
  if (first === undefined) return;
  const place = `${first.line === undefined ? '' : `line ${first.line}: `}${first.batch ?? ''}`;
  throw new UserError(
    `the schedule cannot be extended, it has ${violations.length} conflicts: ${place}: ${first.rule}: ${first.message}`,
    EXIT.usage,
    'validate shows them all.',
  );
}

/** The batches of a schedule as starts that keep their places. */
function placed(schedule: Schedule, { geographies, life }: Setting): Placed[] {
  const byName = new Map(geographies.map((it) => [it.name, it]));
  return schedule.batches.flatMap((batch) => {
    const geography = byName.get(batch.geography);
    if (geography === undefined) return [];
    const indexInGeography = Number(batch.batch_id.split('-').at(-1)) - 1;
    const start = parseDay(batch.start_date) ?? 0;
    const own = lifeIn(batch, life);
    return [
      { batch, start: { id: batch.batch_id, geography, indexInGeography, start, planned: start, life: own } },
    ];
  });
}

/** The stages of a batch on the days that its schedule gives them. */
function lifeIn({ freshwater, sea }: ScheduleBatch, life: Life): Life {
  const stays = life.freshwater.map((it, index) => {
    const stay = freshwater[it.stage.key];
    const next = life.freshwater[index + 1];
    const endDay = (next === undefined ? sea : freshwater[next.stage.key])?.start_day;
    return {
      stage: it.stage,
      startDay: stay?.start_day ?? it.startDay,
      endDay: endDay ?? it.endDay,
      keptUntil: stay?.end_day ?? it.keptUntil,
    };
  });
  return { freshwater: stays, sea: life.sea, seaEntry: sea.start_day };
}

/**
 * The sequence that the next starts go on with, so that days by which single starts were moved do not add up: that of
 * the first batch where all the others follow it so many days apart, else that of batches which were added later.
 */
function sequenceSoFar({ batches, metadata }: Schedule, apart: number, { timetable }: Setting): Sequence {
  const starts = batches.map((it) => parseDay(it.start_date) ?? 0);
  const begins = [0, ...(metadata.extended ?? []).map((it) => it.batches - 1), starts.length - 1];
  for (const begin of begins) {
    const found = sequenceOf(starts.slice(begin), apart, timetable);
    if (found !== undefined) return found;
  }
  return { first: starts.at(-1) ?? 0, n: 0 };
}

interface Known {
  earlier: readonly Placed[];
  known: Sequence;
}

/**
 * The starts that follow on the last one, so many days apart, the geographies in turn; only those from the
 * old end of history to before the new one, so that no past is written anew.
 */
function nextStarts(
  { earlier, known }: Known,
  from: Day,
  asOf: Day,
  apart: number,
  { geographies, timetable }: Setting,
): Start[] {
  const last = earlier.at(-1)?.start;
  if (last === undefined) return [];
  const next = new Map(geographies.map((it) => [it.id, 0]));
  for (const { start } of earlier) {
    next.set(start.geography.id, Math.max(next.get(start.geography.id) ?? 0, start.indexInGeography + 1));
  }
  let turn = geographies.findIndex((it) => it.id === last.geography.id);
  const starts: Start[] = [];
  const nth = (n: number) => nextStart({ ...known, n: known.n + n }, apart, last.start, timetable);
  for (let n = 1, it = nth(1); it.start < asOf; n += 1, it = nth(n)) {
    turn = (turn + 1) % geographies.length;
    const geography = geographies[turn];
    if (geography === undefined || it.start < from) continue;
    const index = next.get(geography.id) ?? 0;
    next.set(geography.id, index + 1);
    starts.push(startOf(geography, it, index, timetable));
  }
  return starts;
}

interface Refused {
  asOf: Day;
  apart: number;
  choice: Choice;
  planner: Planner;
  earlier: Placed[];
  known: Sequence;
  failure: Failure;
  count: number;
}

function refuse(schedule: Schedule, refused: Refused): PlanRefusal {
  const { asOf, apart, choice, planner, earlier, known, failure, count } = refused;
  const { metadata } = schedule;
  const from = parseDay(metadata.as_of) ?? 0;
  const sequenceFor = (days: number) =>
    days === apart ? known : sequenceSoFar(schedule, days, planner.setting);
  const fits = (end: Day, days: number) =>
    planner.place(
      choice,
      nextStarts({ earlier, known: sequenceFor(days) }, from, end, days, planner.setting),
      earlier,
    ).ok;
  const request = { asOf: formatDay(asOf), stagger: apart, seed: metadata.seed };
  const alternatives: Alternative[] = [];
  const wider = smallest(apart + 1, MOST_STAGGER, (days) => fits(asOf, days));
  if (wider !== undefined) {
    alternatives.push({
      text: `${wider} days between the new starts (--stagger ${wider})`,
      request: { ...request, stagger: wider },
    });
  }
  const sooner = largest(from, asOf - 1, (end) => fits(end, apart));
  if (sooner !== undefined) {
    const date = formatDay(sooner);
    alternatives.push({
      text: `an end on ${date} at most (--as-of ${date})`,
      request: { ...request, asOf: date },
    });
  }
  const headline = `cannot add ${count} batches ${apart} days apart up to ${formatDay(asOf)}`;
  return new PlanRefusal(headline, describeFailure(failure, choice), { request, failure, alternatives });
}
