import { z } from 'zod';
import type { Packed } from './pack.ts';

/**
 * What the pages show: the driver fills it, the page in the browser reads it (types only). Dates are YYYY-MM-DD,
 * weeks those of a Monday; amounts in the unit that the name ends with.
 */

const count = z.union([z.number(), z.bigint()]).transform(Number);
const nullable = z.number().nullable();

/** Rows of the functions aquaseed.report_*. */
export const reportRows = {
  batches: z
    .object({
      batch_no: z.number(),
      batch: z.string(),
      geography: z.string(),
      status: z.string(),
      stage: z.string(),
      start_date: z.string(),
      end_date: z.string().nullable(),
      eggs: count,
      alive: count,
      dead: count,
      harvested: count,
      harvested_kg: z.number(),
      weight_g: nullable,
    })
    .strict(),
  weeks: z
    .object({
      batch_no: z.number(),
      week: z.number(),
      days: z.number(),
      fish: count,
      weight_g: nullable,
      deaths: count,
      feed_kg: z.number(),
      temperature_c: nullable,
    })
    .strict(),
  projections: z.object({ batch_no: z.number(), day: z.number(), weight_g: z.number() }).strict(),
  mortality: z.object({ batch_no: z.number(), month: z.string(), cause: z.string(), deaths: count }).strict(),
  temperatures: z
    .object({
      geography: z.string(),
      place: z.string(),
      sea: z.boolean(),
      week: z.string(),
      mean: nullable,
      lowest: nullable,
      highest: nullable,
    })
    .strict(),
  water: z
    .object({
      container: z.string(),
      batch: z.string(),
      sea: z.boolean(),
      parameter_no: z.number(),
      parameter: z.string(),
      unit: z.string(),
      read_at: z.string(),
      value: z.number(),
    })
    .strict(),
  feed: z
    .object({
      life_stage_no: z.number(),
      stage: z.string(),
      week: z.string(),
      feed_kg: z.number(),
      biomass_kg: z.number(),
    })
    .strict(),
  fcr: z
    .object({
      batch_no: z.number(),
      life_stage_no: z.number(),
      stage: z.string(),
      feed_kg: nullable,
      gain_kg: z.number(),
    })
    .strict(),
  stock: z
    .object({
      feed_container: z.string(),
      kind: z.enum(['silo', 'barge']),
      capacity_kg: z.number(),
      on_date: z.string(),
      stock_kg: z.number(),
    })
    .strict(),
  lice: z
    .object({ batch_no: z.number(), week: z.string(), adult_females: z.number(), highest: z.number() })
    .strict(),
  treatments: z
    .object({
      batch_no: z.number(),
      on_date: z.string(),
      kind: z.enum(['delousing', 'vaccination']),
      method: z.string(),
      containers: z.number(),
    })
    .strict(),
  harvest: z
    .object({
      batch_no: z.number(),
      grade: z.string(),
      weight_kg: z.number(),
      fish: count,
      live_kg: z.number(),
      gutted_kg: nullable,
    })
    .strict(),
  stays: z
    .object({
      batch_no: z.number(),
      geography: z.string(),
      place: z.string(),
      sea: z.boolean(),
      life_stage_no: z.number(),
      stage: z.string(),
      from_date: z.string(),
      to_date: z.string(),
      containers: z.number(),
      capacity: z.number(),
    })
    .strict(),
  occupancy: z
    .object({
      geography: z.string(),
      life_stage_no: z.number(),
      stage: z.string(),
      unit: z.string(),
      capacity: z.number(),
      week: z.string(),
      used: z.number(),
      planned: z.number(),
    })
    .strict(),
};

export type ReportTable = keyof typeof reportRows;
type RowOf<T extends ReportTable> = z.output<(typeof reportRows)[T]>;

export type BatchRow = RowOf<'batches'>;
export type StayRow = RowOf<'stays'>;
export type OccupancyRow = RowOf<'occupancy'>;

/** The tables of a report as rows. */
export type ReportTables = { [T in ReportTable]: readonly RowOf<T>[] };

export interface RunFacts {
  run_id: number;
  seed: number;
  as_of: string;
  schedule_name: string;
  schedule_digest: string;
  config_digest: string;
  tool_version: string;
  profiles: readonly string[];
}

export interface StageFacts {
  stage: string;
  units: number;
  rows: number;
  seconds: number | null;
}

export interface CheckFacts {
  id: string;
  group: string;
  name: string;
  measured: number | null;
  low: number | null;
  high: number | null;
  pass: boolean | null;
}

/** A generated database. */
export interface ReportData {
  run: RunFacts;
  /** By table. */
  rows: Record<string, number>;
  stages: readonly StageFacts[];
  checks: readonly CheckFacts[];
  tables: { [T in ReportTable]: Packed<RowOf<T>> };
}

/** A schedule before it is generated. */
export interface PlanData {
  title: string;
  seed: number;
  as_of: string;
  first_start: string;
  batches: number;
  batches_per_geography: number;
  stagger_days: number;
  mode: string;
  binding_constraint: string;
  saturation: number;
  conflicts: number;
  predicted_rows: Record<string, number>;
  estimate: { rows: number; bytes: number; minutes: number };
  utilisation: readonly PlanResource[];
  names: readonly string[];
  stays: Packed<StayRow>;
  occupancy: Packed<OccupancyRow>;
}

export interface PlanResource {
  geography: string;
  resource: string;
  unit: string;
  capacity: number;
  peak: number;
  peak_share: number;
  peak_date: string;
  mean_share: number;
}
