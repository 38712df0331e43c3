import { z } from 'zod';
import { distinct, number, schemaVersion } from './fields.ts';

const bound = number(-1e12, 1e12).nullable();

const check = z
  .object({
    id: z
      .string()
      .regex(/^[1-9][0-9]?(\.[a-z][a-z0-9_]*)?$/, 'must be the number of a check, then a dot and a metric'),
    group: z.enum(['volume', 'integrity', 'mass_balance', 'conflicts', 'growth', 'realism', 'utilisation']),
    name: z.string().trim().min(1).max(100),
    low: bound,
    high: bound,
  })
  .strict()
  .refine(({ low, high }) => low === null || high === null || low <= high, 'low is above high');

/** Schema of checks.yaml: what each metric of `verify` must be; null is open. */
export const checksSchema = z
  .object({
    schema_version: schemaVersion,
    checks: z
      .array(check)
      .min(1)
      .refine((list) => distinct(list.map((it) => it.id)), 'two checks have the same id'),
  })
  .strict();

export type Checks = z.output<typeof checksSchema>;
