import type { Biology, Farm } from '../../config/index.ts';
import { MOST_CONTAINERS } from '../../config/infrastructure.ts';
import { formatDay, parseDay } from '../days.ts';
import { lineOf } from './lines.ts';
import type { Schedule, ScheduleBatch } from './schedule.ts';
import { spanOf } from './span.ts';

/**
 * The independent check of a schedule, hand-edited ones too. It shares no code with the allocator: it
 * looks at the finished schedule and at the farm only.
 */

export type Rule =
  | 'batch_id'
  | 'batch_order'
  | 'unknown_geography'
  | 'unknown_station'
  | 'unknown_hall'
  | 'unknown_area'
  | 'unknown_container'
  | 'not_production'
  | 'wrong_geography'
  | 'wrong_station'
  | 'wrong_type'
  | 'hall_mixed'
  | 'area_mixed'
  | 'container_count'
  | 'container_repeated'
  | 'stage_missing'
  | 'stage_unknown'
  | 'stage_length'
  | 'day_gap'
  | 'duration'
  | 'target_range'
  | 'double_booked'
  | 'hall_shared'
  | 'metadata'
  | 'partition';

export interface Violation {
  rule: Rule;
  /** The batch that breaks the rule; null for the schedule as a whole. */
  batch: string | null;
  message: string;
  /** Line of the batch, or of its stage, in the file, when it was read from one. */
  line?: number | undefined;
}

/** Weekends and holidays may move the start of a batch and the begin of a stage, a week each. */
const MOST_DAYS_OFF = 14;

interface Stay {
  batch: ScheduleBatch;
  part: object;
  from: number;
  to: number;
}

/** part: the stage or partition that breaks the rule, to find its line. */
type Report = (rule: Rule, message: string, part?: object) => void;

interface Index {
  geographies: Map<string, Farm['geographies'][number]>;
  stations: Map<string, Farm['stations'][number]>;
  stationById: Map<number, Farm['stations'][number]>;
  halls: Map<string, Farm['halls'][number]>;
  areas: Map<string, Farm['areas'][number]>;
  containers: Map<string, Farm['containers'][number]>;
}

/**
 * Checks every rule of a schedule: places exist, are in production and of the right kind; one hall a stage,
 * one area, one geography; a stage starts when the one before is over, at the end of its reserve or within it, about when biology.yaml says;
 * nothing is double-booked; dates, targets, totals and partitions are right.
 * @returns what is wrong, in the order of the batches; empty for a good schedule
 */
export function validateSchedule(schedule: Schedule, farm: Farm, biology: Biology): Violation[] {
  const violations: Violation[] = [];
  const reportFor =
    (batch: ScheduleBatch | null): Report =>
    (rule, message, part = batch ?? schedule.metadata) => {
      const line = lineOf(part);
      violations.push({
        rule,
        batch: batch?.batch_id ?? null,
        message,
        ...(line === undefined ? {} : { line }),
      });
    };
  const index = indexOf(farm);
  const inContainers = new Map<string, Stay[]>();
  const inHalls = new Map<string, Stay[]>();
  const asOf = parseDay(schedule.metadata.as_of) ?? 0;
  const ids = new Set<string>();
  let before = Number.NEGATIVE_INFINITY;

  for (const batch of schedule.batches) {
    const report = reportFor(batch);
    const start = parseDay(batch.start_date) ?? 0;
    checkIdentity(batch, index, ids, report);
    if (start < before) report('batch_order', `starts on ${batch.start_date}, before the batch above it`);
    before = Math.max(before, start);
    checkFreshwater(batch, index, farm, biology, schedule.metadata, report);
    checkSea(batch, index, biology, report);
    checkContainers(batch, report);
    checkNumbers(batch, start, asOf, biology, report);

    for (const part of Object.values(batch.freshwater)) {
      const stay = { batch, part, from: start + part.start_day, to: start + part.end_day };
      append(inHalls, part.hall, stay);
      for (const name of new Set(part.containers)) append(inContainers, name, stay);
    }
    const atSea = {
      batch,
      part: batch.sea,
      from: start + batch.sea.start_day,
      to: start + batch.sea.end_day,
    };
    for (const name of new Set(batch.sea.rings)) append(inContainers, name, atSea);
  }
  checkOverlaps(inContainers, 'double_booked', reportFor);
  checkOverlaps(inHalls, 'hall_shared', reportFor);
  checkMetadata(schedule, reportFor(null));
  checkExtended(schedule, reportFor(null));
  checkPartitions(schedule, reportFor(null));
  return violations;
}

function indexOf(farm: Farm): Index {
  const byName = <T extends { name: string }>(items: T[]) => new Map(items.map((it) => [it.name, it]));
  return {
    geographies: byName(farm.geographies),
    stations: byName(farm.stations),
    stationById: new Map(farm.stations.map((it) => [it.id, it])),
    halls: byName(farm.halls),
    areas: byName(farm.areas),
    containers: byName(farm.containers),
  };
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function checkIdentity(batch: ScheduleBatch, index: Index, ids: Set<string>, report: Report): void {
  if (ids.has(batch.batch_id)) report('batch_id', 'another batch has the same batch_id');
  ids.add(batch.batch_id);
  const geography = index.geographies.get(batch.geography);
  if (geography === undefined) {
    report('unknown_geography', `there is no geography ${batch.geography}`);
  } else {
    const [code, year, number, ...more] = batch.batch_id.split('-');
    const isNumbered = /^\d{4}$/.test(year ?? '') && /^\d{3,6}$/.test(number ?? '');
    if (code !== geography.code || !isNumbered || more.length > 0) {
      report('batch_id', `must be like ${geography.code}-${batch.start_date.slice(0, 4)}-001`);
    }
  }
  const station = index.stations.get(batch.station);
  if (station === undefined) {
    report('unknown_station', `there is no station ${batch.station}`);
  } else if (geography !== undefined && station.geographyId !== geography.id) {
    report('wrong_geography', `station ${batch.station} is not in ${batch.geography}`);
  }
}

function checkFreshwater(
  batch: ScheduleBatch,
  index: Index,
  farm: Farm,
  biology: Biology,
  metadata: Schedule['metadata'],
  report: Report,
): void {
  const expected = biology.stages.filter((it) => it.habitat === 'freshwater');
  const keys = new Set<string>(expected.map((it) => it.key));
  for (const key of Object.keys(batch.freshwater)) {
    if (!keys.has(key)) report('stage_unknown', `there is no freshwater stage ${key}`);
  }
  let day = 0;
  for (const [position, stage] of expected.entries()) {
    const stay = batch.freshwater[stage.key];
    if (stay === undefined) {
      report('stage_missing', `stage ${stage.key} is missing`);
      continue;
    }
    const at: Report = (rule, message) => report(rule, message, stay);
    checkBegin(stage.key, stay.start_day, day, at);
    // The next stage starts after the days of this one; the hall may be kept longer, as long as all moves take.
    const next = expected[position + 1];
    const nextDay = (next === undefined ? batch.sea : batch.freshwater[next.key])?.start_day ?? stay.end_day;
    const isLast = position === expected.length - 1;
    const [option, most] = isLast
      ? ['sea_move_days', metadata.sea_move_days ?? 0]
      : ['move_days', metadata.move_days ?? 0];
    const [length, days] = [stay.end_day - stay.start_day, nextDay - stay.start_day];
    if (length < 1 || length < days || length > days + most) {
      const range = most > 0 ? `${days} to ${days + most} (${option})` : `${days}`;
      at('stage_length', `${stage.key} lasts ${length} days, not ${range}`);
    }
    if (stay.end_day < nextDay) {
      const name = next?.key ?? 'the sea';
      report('day_gap', `${name} starts on day ${nextDay}, ${stage.key} ends on day ${stay.end_day}`, stay);
    }
    day += stage.days;
    const hall = index.halls.get(stay.hall);
    if (hall === undefined) {
      at('unknown_hall', `${stage.key}: there is no hall ${stay.hall}`);
    } else {
      checkHall(batch, stage.key, stage.hall, hall, index, at);
      const station = index.stationById.get(hall.stationId);
      if (position === 0 && station !== undefined && station.name !== batch.station) {
        at('wrong_station', `hall ${hall.name} is not in station ${batch.station}`);
      }
    }
    const count = farm.allocation.containersPerStage;
    if (stay.containers.length !== count) {
      at('container_count', `${stage.key} has ${stay.containers.length} containers, not ${count}`);
    }
    if (new Set(stay.containers).size !== stay.containers.length) {
      at('container_repeated', `${stage.key} lists a container twice`);
    }
    for (const name of stay.containers) {
      const container = index.containers.get(name);
      if (container === undefined) {
        at('unknown_container', `${stage.key}: there is no container ${name}`);
      } else if (container.hallId === null) {
        at('wrong_type', `${stage.key}: ${name} (${container.type}) is not in a hall`);
      } else if (hall !== undefined && container.hallId !== hall.id) {
        at('hall_mixed', `${stage.key}: ${name} is not in hall ${hall.name}`);
      }
    }
  }
  checkBegin('the sea', batch.sea.start_day, day, report);
}

/** A stage begins on the day that the stages before it add up to; or some days off, so that it is a working day. */
function checkBegin(stage: string, begin: number, planned: number, report: Report): void {
  const most = planned === 0 ? 0 : MOST_DAYS_OFF;
  if (Math.abs(begin - planned) <= most) return;
  const range = most === 0 ? `on day ${planned}` : `from day ${planned - most} to ${planned + most}`;
  report('day_gap', `${stage} starts on day ${begin}, not ${range}`);
}

function checkHall(
  batch: ScheduleBatch,
  stage: string,
  letter: string,
  hall: Farm['halls'][number],
  index: Index,
  report: Report,
): void {
  if (!hall.production) report('not_production', `${stage}: hall ${hall.name} is not in production`);
  if (hall.letter !== letter) {
    report('wrong_type', `${stage} needs a hall of letter ${letter}; ${hall.name} has '${hall.letter}'`);
  }
  const geography = index.geographies.get(batch.geography);
  const station = index.stationById.get(hall.stationId);
  if (geography !== undefined && station?.geographyId !== geography.id) {
    report('wrong_geography', `${stage}: hall ${hall.name} is not in ${batch.geography}`);
  }
}

/** Ids have room for so many containers of one batch. */
function checkContainers(batch: ScheduleBatch, report: Report): void {
  const stays = Object.values(batch.freshwater).map((it) => it.containers.length);
  const count = stays.reduce((sum, it) => sum + it, batch.sea.rings.length);
  if (count > MOST_CONTAINERS) {
    report('container_count', `uses ${count} containers, a batch may use ${MOST_CONTAINERS}`);
  }
}

function checkSea(batch: ScheduleBatch, index: Index, biology: Biology, reportBatch: Report): void {
  const { sea } = batch;
  const report: Report = (rule, message) => reportBatch(rule, message, sea);
  const area = index.areas.get(sea.area);
  if (area === undefined) {
    report('unknown_area', `there is no area ${sea.area}`);
  } else {
    if (!area.production) report('not_production', `area ${sea.area} is not in production`);
    const geography = index.geographies.get(batch.geography);
    if (geography !== undefined && area.geographyId !== geography.id) {
      report('wrong_geography', `area ${sea.area} is not in ${batch.geography}`);
    }
  }
  if (sea.rings.length !== sea.rings_count) {
    report('container_count', `${sea.rings.length} rings are listed, rings_count is ${sea.rings_count}`);
  }
  if (new Set(sea.rings).size !== sea.rings.length) report('container_repeated', 'a ring is listed twice');
  for (const name of sea.rings) {
    const ring = index.containers.get(name);
    if (ring === undefined) {
      report('unknown_container', `there is no ring ${name}`);
    } else if (ring.areaId === null) {
      report('wrong_type', `${name} (${ring.type}) is not at sea`);
    } else if (area !== undefined && ring.areaId !== area.id) {
      report('area_mixed', `ring ${name} is not in area ${area.name}`);
    }
  }
  const most = biology.stages.find((it) => it.habitat === 'sea')?.days ?? 0;
  const length = sea.end_day - sea.start_day;
  if (length < 1 || length > most) report('stage_length', `the sea lasts ${length} days, not 1 to ${most}`);
}

function checkNumbers(
  batch: ScheduleBatch,
  start: number,
  asOf: number,
  biology: Biology,
  report: Report,
): void {
  const { min, max } = biology.batch.harvest_target_kg;
  if (batch.harvest_target_kg < min || batch.harvest_target_kg > max) {
    report('target_range', `harvest_target_kg is ${batch.harvest_target_kg}, not ${min} to ${max}`);
  }
  if (batch.effective_duration !== batch.sea.end_day) {
    report(
      'duration',
      `effective_duration is ${batch.effective_duration}, the sea ends on day ${batch.sea.end_day}`,
    );
  }
  if (start >= asOf) {
    report('duration', `starts on ${batch.start_date}, not before as_of`);
    return;
  }
  // Less is a cut by hand; as_of may have moved since the batch was written.
  const most = Math.min(batch.effective_duration, asOf - start);
  if (batch.duration < 1 || batch.duration > most) {
    report('duration', `duration is ${batch.duration}, not 1 to ${most} (up to as_of)`);
  }
}

/** Stays of different batches in one place that share a day. Sorted by start: n log n. */
function checkOverlaps(
  places: Map<string, Stay[]>,
  rule: 'double_booked' | 'hall_shared',
  reportFor: (batch: ScheduleBatch) => Report,
): void {
  for (const [name, stays] of places) {
    stays.sort((a, b) => a.from - b.from || a.to - b.to);
    let latest: Stay | undefined;
    for (const stay of stays) {
      if (latest !== undefined && stay.from < latest.to && stay.from < stay.to) {
        const until = formatDay(Math.min(stay.to, latest.to) - 1);
        const other = latest.batch.batch_id;
        const days = `from ${formatDay(stay.from)} to ${until}`;
        reportFor(stay.batch)(rule, `${name} is ${other}'s too ${days}`, stay.part);
      }
      if (latest === undefined || stay.to > latest.to) latest = stay;
    }
  }
}

function checkMetadata(schedule: Schedule, report: Report): void {
  const { metadata, batches } = schedule;
  const { latest } = spanOf(schedule);
  if ((parseDay(metadata.as_of) ?? 0) > latest) {
    report('metadata', `as_of is ${metadata.as_of}, the last day it may be is ${formatDay(latest)}`);
  }
  if (metadata.total_batches !== batches.length) {
    report('metadata', `total_batches is ${metadata.total_batches}, there are ${batches.length}`);
  }
  const first = batches[0]?.start_date;
  const last = batches.at(-1)?.start_date;
  if (metadata.first_start !== first)
    report('metadata', `first_start is ${metadata.first_start}, not ${first}`);
  if (metadata.last_start !== last) report('metadata', `last_start is ${metadata.last_start}, not ${last}`);
}

/** The notes of earlier ends of history: in order, within the schedule, before its own end. */
function checkExtended({ metadata, batches }: Schedule, report: Report): void {
  let [date, count] = ['', 0];
  for (const it of metadata.extended ?? []) {
    const isNext = it.as_of > date && it.batches > count;
    if (!isNext || it.as_of > metadata.as_of || it.batches > batches.length) {
      report('metadata', `extended: as_of ${it.as_of} with ${it.batches} batches does not fit the others`);
    }
    [date, count] = [it.as_of, it.batches];
  }
}

function checkPartitions({ metadata, batches }: Schedule, report: Report): void {
  let next = 1;
  const numbered = Object.entries(metadata.worker_partitions).map(
    ([worker, partition]) => [Number(worker.split('_')[1]), worker, partition] as const,
  );
  numbered.sort(([a], [b]) => a - b);
  for (const [, worker, partition] of numbered) {
    const [from = 0, to = 0] = partition.batch_range.split('-').map(Number);
    if (from !== next || to < from) {
      const range = partition.batch_range;
      report('partition', `${worker}: batch_range ${range} does not go on from batch ${next}`, partition);
    }
    next = to + 1;
    const indices = partition.batch_indices;
    const count = to - from + 1;
    if (partition.count !== count)
      report('partition', `${worker}: count is ${partition.count}, not ${count}`, partition);
    if (indices.length !== count || indices.some((it, n) => it !== from - 1 + n)) {
      report('partition', `${worker}: batch_indices are not those of ${partition.batch_range}`, partition);
    }
    const starts = [batches[from - 1]?.start_date, batches[to - 1]?.start_date];
    if (partition.first_start !== starts[0] || partition.last_start !== starts[1]) {
      report('partition', `${worker}: first_start and last_start are not ${starts.join(' and ')}`, partition);
    }
  }
  if (next !== batches.length + 1) {
    report('partition', `the partitions end with batch ${next - 1}, the schedule with ${batches.length}`);
  }
}
