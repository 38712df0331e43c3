import type { Biology, Climate, Farm } from '../config/index.ts';
import { type Day, parseDay } from './days.ts';
import { daysToTarget, fastingDays, harvestDays, stormChance, weightAtSeaEntry } from './growth.ts';
import { type Life, lifeOf, valueFor } from './life.ts';
import type { Schedule, ScheduleBatch } from './schedule.ts';

/** The stay of a batch in one stage, up to as_of. */
interface Stay {
  stageOrder: number;
  containers: number;
  sensors: number;
  /** Days in the stage up to as_of, of one container on average. */
  days: number;
  fedDays: number;
  mealsPerDay: number;
  /** Deaths that are expected a day in one container. */
  deathsPerDay: number;
}

/**
 * Estimates the rows of the large tables, as of the schedule's end: days x containers x cadence, with the
 * harvest on the day when the planned growth reaches the batch's target.
 */
export function predictRows(
  schedule: Schedule,
  biology: Biology,
  climate: Climate,
  farm: Farm,
): Record<string, number> {
  const life = lifeOf(biology);
  const asOf = parseDay(schedule.metadata.as_of) ?? 0;
  const sensorsIn = sensorCounts(farm);
  const siteOf = new Map(farm.areas.map((it) => [it.name, it.site]));
  const weight = weightAtSeaEntry(biology, climate);
  const fasting = fastingDays(biology);
  const perDay = climate.readings.hours.length;
  const { every_days, first_stage_order, fish } = biology.sampling.growth;
  const rows = {
    environmental_environmentalreading: 0,
    inventory_feedingevent: 0,
    batch_mortalityevent: 0,
    batch_growthsample: 0,
    batch_individualgrowthobservation: 0,
    batch_actualdailyassignmentstate: 0,
    batch_batchcontainerassignment: 0,
    batch_batch: schedule.batches.length,
    batch_transferaction: 0,
  };
  for (const batch of schedule.batches) {
    const site = siteOf.get(batch.sea.area) ?? '';
    const seaDays = daysAtSea(batch, biology, climate, site, weight);
    let previous = 0;
    for (const stay of stays(batch, life, biology, asOf, seaDays, sensorsIn, fasting)) {
      const containerDays = stay.days * stay.containers;
      rows.environmental_environmentalreading += stay.days * stay.sensors * perDay;
      rows.inventory_feedingevent += stay.fedDays * stay.containers * stay.mealsPerDay;
      rows.batch_mortalityevent += containerDays * (1 - Math.exp(-stay.deathsPerDay));
      rows.batch_actualdailyassignmentstate += containerDays;
      rows.batch_batchcontainerassignment += stay.containers;
      if (stay.stageOrder >= first_stage_order) {
        rows.batch_growthsample += Math.floor(stay.days / every_days) * stay.containers;
      }
      if (previous > 0) rows.batch_transferaction += Math.max(previous, stay.containers);
      previous = stay.containers;
    }
  }
  rows.batch_individualgrowthobservation = rows.batch_growthsample * fish;
  return Object.fromEntries(Object.entries(rows).map(([table, count]) => [table, Math.round(count)]));
}

/** Days at sea of the average ring: to the target, then half of the harvest, but not past the reserve. */
function daysAtSea(
  batch: ScheduleBatch,
  biology: Biology,
  climate: Climate,
  site: string,
  weight: number,
): number {
  const reserved = batch.sea.end_day - batch.sea.start_day;
  const entry = (parseDay(batch.start_date) ?? 0) + batch.sea.start_day;
  const target = batch.harvest_target_kg * 1000;
  const days = daysToTarget(biology, climate, { geography: batch.geography, site, entry, weight, target });
  const harvest = harvestDays(biology, batch.geography, batch.eggs);
  return Math.max(0, Math.min(days ?? reserved, reserved - harvest) + harvest / 2);
}

function stays(
  batch: ScheduleBatch,
  life: Life,
  biology: Biology,
  asOf: Day,
  seaDays: number,
  sensorsIn: ReadonlyMap<string, number>,
  fasting: ReadonlySet<number>,
): Stay[] {
  const start = parseDay(batch.start_date) ?? 0;
  const age = Math.min(asOf - start, batch.effective_duration);
  const result: Stay[] = [];
  let alive = batch.eggs;
  for (const { stage } of life.freshwater) {
    const stay = batch.freshwater[stage.key];
    if (stay === undefined || stay.start_day >= age) continue;
    const length = stay.end_day - stay.start_day;
    const end = Math.min(stay.end_day, age);
    let fedDays = 0;
    for (let day = stay.start_day; day < end; day++) fedDays += fasting.has(day) ? 0 : 1;
    const survival = valueFor(stage.survival, batch.geography);
    result.push({
      stageOrder: stage.order,
      containers: stay.containers.length,
      sensors: sum(stay.containers, sensorsIn),
      days: end - stay.start_day,
      fedDays,
      mealsPerDay: stage.meals_per_day,
      deathsPerDay: (alive * (1 - survival)) / length / stay.containers.length,
    });
    alive *= survival;
  }
  const { sea } = batch;
  if (sea.start_day < age) {
    const days = Math.min(seaDays, age - sea.start_day);
    const storms = biology.feeding.storm;
    let fedDays = -Math.min(biology.feeding.fasting_days.harvest, days);
    for (let day = 0; day < days; day++) fedDays += 1 - stormChance(storms, start + sea.start_day + day);
    const survival = valueFor(life.sea.survival, batch.geography);
    result.push({
      stageOrder: life.sea.order,
      containers: sea.rings.length,
      sensors: sum(sea.rings, sensorsIn),
      days,
      fedDays: Math.max(0, fedDays),
      mealsPerDay: life.sea.meals_per_day,
      deathsPerDay: (alive * (1 - survival)) / (life.sea.survival_days ?? life.sea.days) / sea.rings.length,
    });
  }
  return result;
}

/** Sensors by container name. */
function sensorCounts(farm: Farm): Map<string, number> {
  const byId = new Map<number, number>();
  for (const { containerId } of farm.sensors) byId.set(containerId, (byId.get(containerId) ?? 0) + 1);
  return new Map(farm.containers.map((it) => [it.name, byId.get(it.id) ?? 0]));
}

function sum(names: readonly string[], amounts: ReadonlyMap<string, number>): number {
  return names.reduce((total, name) => total + (amounts.get(name) ?? 0), 0);
}
