import { z } from 'zod';
import { lengthOf } from '../../config/columns.ts';
import { printable, prose } from '../../config/fields.ts';
import { parseDay } from '../days.ts';

/** Schema of a schedule file. Days of a batch count from 0; an end day is the first day after. */

const date = z
  .string()
  .refine((it) => parseDay(it) !== undefined, 'must be a date, YYYY-MM-DD, 1900 to 2999');
const name = printable(100);
const day = z.number().int().min(0).max(20_000);
const count = z.number().int().min(0).max(1_000_000);
const share = z.number().min(0).max(1);

const utilisation = z
  .object({
    geography: name,
    resource: name,
    unit: z.enum(['halls', 'rings']),
    capacity: count,
    peak: count,
    peak_share: z.number().min(0),
    peak_date: date,
    mean_share: z.number().min(0),
  })
  .strict();

const partition = z
  .object({
    batch_range: z.string().regex(/^[1-9]\d*-[1-9]\d*$/, 'must be like 1-11'),
    count: count.min(1),
    first_start: date,
    last_start: date,
    batch_indices: z.array(count),
  })
  .strict();

const freshwaterStage = z
  .object({ hall: name, containers: z.array(name).min(1).max(1000), start_day: day, end_day: day })
  .strict();

const sea = z
  .object({
    area: name,
    rings: z.array(name).min(1).max(1000),
    rings_count: z.number().int().min(1).max(1000),
    start_day: day,
    end_day: day,
    note: prose(1000).optional(),
  })
  .strict();

const batch = z
  .object({
    batch_id: printable(lengthOf('batch_batch.batch_number')),
    start_date: date,
    eggs: z.number().int().min(1).max(1e9),
    duration: day,
    effective_duration: day,
    harvest_target_kg: z.number().positive().max(100),
    geography: name,
    station: name,
    freshwater: z.record(name, freshwaterStage),
    sea,
  })
  .strict();

/** More than the ids have room for. */
const MOST_BATCHES = 5000;

export const scheduleSchema = z
  .object({
    metadata: z
      .object({
        schema_version: z.literal(1),
        /** What the schedule is called. */
        profile: name,
        /** Profiles of the configuration (config/profiles) that it was planned for. */
        profiles: z.array(name).min(1).max(20).optional(),
        mode: z.enum(['staggered', 'ladder']),
        as_of: date,
        first_start: date,
        last_start: date,
        seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
        total_batches: count,
        batches_per_geography: count,
        stagger_days: day,
        adult_duration: day,
        ring_counts: z.array(z.number().int().min(1).max(1000)).min(1).max(20),
        reserve: z.enum(['worst', 'predicted']),
        /** Days that halls, and those of the last freshwater stage, are kept after the fish may leave. */
        move_days: day.optional(),
        sea_move_days: day.optional(),
        target_saturation: share.nullable(),
        config_digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
        binding_constraint: prose(1000),
        // The ends of history that earlier batches were written with: the durations of batches 1 to `batches`
        // are bounded by `as_of`.
        extended: z
          .array(z.object({ as_of: date, batches: count.min(1) }).strict())
          .max(100_000)
          .optional(),
        utilisation: z.array(utilisation).max(1000),
        worker_partitions: z.record(
          z.string().regex(/^worker_[1-9]\d*$/, 'must be like worker_1'),
          partition,
        ),
      })
      .strict(),
    // Counted before any of them is looked at: each of too many would have its problems.
    batches: z.array(z.unknown()).min(1).max(MOST_BATCHES).pipe(z.array(batch)),
  })
  .strict();

/** A schedule as in its file. The order of `batches` is that of their starts; batch_no is index + 1. */
export type Schedule = z.output<typeof scheduleSchema>;
export type ScheduleBatch = Schedule['batches'][number];
export type Utilisation = z.output<typeof utilisation>;
export type WorkerPartition = z.output<typeof partition>;
