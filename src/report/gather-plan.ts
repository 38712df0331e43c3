import { formatDay, parseDay } from '../planner/days.ts';
import type { Plan, Summary } from '../planner/index.ts';
import type { OccupancyRow, PlanData, StayRow } from './data.ts';
import { pack } from './pack.ts';

const WEEK = 7;

/** Everything that the page of a plan shows. The summary must have its timeline. */
export function gatherPlan(plan: Plan, summary: Summary): PlanData {
  const { metadata, batches } = plan.schedule;
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
    stays: pack(stays(plan)),
    occupancy: pack(occupancy(summary)),
  };
}

/** Who reserves what, stage by stage. */
function stays({ schedule, setting }: Plan): StayRow[] {
  const { areas, halls, containers } = setting.farm;
  const room = (it: (container: (typeof containers)[number]) => boolean): number =>
    containers.filter(it).length;
  const rooms = new Map([
    ...areas.map(({ id, name }) => [name, room((it) => it.areaId === id)] as const),
    ...halls.map(({ id, name }) => [name, room((it) => it.hallId === id)] as const),
  ]);
  return schedule.batches.flatMap((batch, index): StayRow[] => {
    const start = parseDay(batch.start_date) ?? 0;
    const common = { batch_no: index + 1, geography: batch.geography };
    const tanks = setting.life.freshwater.flatMap(({ stage }, order): StayRow[] => {
      const stay = batch.freshwater[stage.key];
      if (stay === undefined) return [];
      return [
        {
          ...common,
          place: stay.hall,
          sea: false,
          stage_order: order + 1,
          stage: stage.name,
          from_date: formatDay(start + stay.start_day),
          to_date: formatDay(start + stay.end_day),
          containers: stay.containers.length,
          capacity: rooms.get(stay.hall) ?? 0,
        },
      ];
    });
    const { sea } = batch;
    return [
      ...tanks,
      {
        ...common,
        place: sea.area,
        sea: true,
        stage_order: tanks.length + 1,
        stage: setting.life.sea.name,
        from_date: formatDay(start + sea.start_day),
        to_date: formatDay(start + sea.end_day),
        containers: sea.rings.length,
        capacity: rooms.get(sea.area) ?? 0,
      },
    ];
  });
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
        stage_order: index,
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
