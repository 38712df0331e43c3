import type { Biology, Farm } from '../config/index.ts';
import { formatDay, parseDay, type Schedule, type ScheduleBatch, type Summary } from '../planner/index.ts';
import type { OccupancyRow, PlanData, StayRow } from './data.ts';
import { pack } from './pack.ts';

const WEEK = 7;

/** Everything that the page of a plan shows. The summary must have its timeline. */
export function planData(schedule: Schedule, summary: Summary, farm: Farm, biology: Biology): PlanData {
  const { metadata, batches } = schedule;
  return {
    title: metadata.profile,
    seed: metadata.seed,
    as_of: metadata.as_of,
    first_start: metadata.first_start,
    batches: batches.length,
    batches_per_geography: metadata.batches_per_geography,
    stagger_days: metadata.stagger_days,
    mode: metadata.mode,
    binding_constraint: metadata.binding_constraint,
    saturation: summary.saturation,
    conflicts: summary.conflicts,
    predicted_rows: summary.predicted_rows,
    estimate: {
      rows: summary.estimate.rows,
      bytes: summary.estimate.bytes,
      minutes: summary.estimate.minutes,
    },
    utilisation: summary.utilisation,
    names: batches.map((it) => it.batch_id),
    stays: pack(stays(schedule, farm, biology)),
    occupancy: pack(occupancy(summary)),
  };
}

/** Who reserves what, stage by stage. */
function stays({ batches }: Schedule, { areas, halls, containers }: Farm, { stages }: Biology): StayRow[] {
  const room = (isHere: (container: (typeof containers)[number]) => boolean): number =>
    containers.filter(isHere).length;
  const rooms = new Map([
    ...areas.map(({ id, name }) => [name, room((it) => it.areaId === id)] as const),
    ...halls.map(({ id, name }) => [name, room((it) => it.hallId === id)] as const),
  ]);
  const inOrder = [...stages].sort((a, b) => a.order - b.order);
  return batches.flatMap((batch, index) => {
    const start = parseDay(batch.start_date) ?? 0;
    return inOrder.flatMap((stage, order): StayRow[] => {
      const stay = stayIn(batch, stage);
      if (stay === undefined) return [];
      return [
        {
          batch_no: index + 1,
          geography: batch.geography,
          place: stay.place,
          sea: stage.habitat === 'sea',
          life_stage_no: order + 1,
          stage: stage.name,
          from_date: formatDay(start + stay.start_day),
          to_date: formatDay(start + stay.end_day),
          containers: stay.containers.length,
          capacity: rooms.get(stay.place) ?? 0,
        },
      ];
    });
  });
}

/** Where a batch is in a stage. */
function stayIn({ freshwater, sea }: ScheduleBatch, { habitat, key }: Biology['stages'][number]) {
  if (habitat === 'sea') return { ...sea, place: sea.area, containers: sea.rings };
  const stay = freshwater[key];
  return stay === undefined ? undefined : { ...stay, place: stay.hall };
}

/** Means of weeks. */
function occupancy({ timeline }: Summary): OccupancyRow[] {
  if (timeline === undefined) return [];
  const first = parseDay(timeline.first_day) ?? 0;
  return timeline.resources.flatMap((it, index) =>
    Array.from({ length: Math.ceil(it.used.length / WEEK) }, (_, week): OccupancyRow => {
      const days = it.used.slice(week * WEEK, (week + 1) * WEEK);
      const used = days.reduce((a, b) => a + b, 0) / days.length;
      return {
        geography: it.geography,
        life_stage_no: index,
        stage: it.resource,
        unit: it.unit,
        capacity: it.capacity,
        week: formatDay(first + week * WEEK),
        used,
        planned: used,
      };
    }),
  );
}
