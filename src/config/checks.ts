import { z } from 'zod';
import { distinct, integer, number, printable, schemaVersion } from './fields.ts';

const bound = number(-1e12, 1e12).nullable();
const least = integer(1, 10000);

const sampling = z
  .object({
    /** By how many standard errors a range is widened. */
    standard_errors: number(0, 10),
    /** From how many independent units on a metric is judged, by what the units are. */
    least: z.record(z.string().regex(/^[a-z][a-z-]*$/), least),
  })
  .strict()
  .default({ standard_errors: 0, least: {} });

const check = z
  .object({
    id: z
      .string()
      .regex(/^[1-9][0-9]?(\.[a-z][a-z0-9_]*)?$/, 'must be the number of a check, then a dot and a metric'),
    group: z.enum(['volume', 'integrity', 'mass_balance', 'conflicts', 'growth', 'realism', 'utilisation']),
    name: printable(100),
    low: bound,
    high: bound,
    /** What a sample consists of; left out of an exact statement, which is never widened. */
    unit: z.string().optional(),
    /** Instead of the units that `sampling.least` asks for. */
    least: least.optional(),
  })
  .strict()
  .refine(({ low, high }) => low === null || high === null || low <= high, 'low is above high')
  .refine(({ unit, least }) => unit !== undefined || least === undefined, 'least is of a unit');

/** Schema of checks.yaml: what each metric of `verify` must be, and how samples are judged; null is open. */
export const checksSchema = z
  .object({
    schema_version: schemaVersion,
    sampling,
    checks: z
      .array(check)
      .min(1)
      .refine((list) => distinct(list.map((it) => it.id)), 'two checks have the same id'),
  })
  .strict()
  .superRefine(({ sampling, checks }, context) => {
    for (const [index, { unit }] of checks.entries()) {
      if (unit === undefined || Object.hasOwn(sampling.least, unit)) continue;
      context.addIssue({
        code: 'custom',
        path: ['checks', index, 'unit'],
        message: `sampling.least has no such unit; there are ${Object.keys(sampling.least).join(', ')}`,
      });
    }
  });

export type Checks = z.output<typeof checksSchema>;
