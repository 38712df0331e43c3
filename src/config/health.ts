import { z } from 'zod';
import {
  amount,
  days,
  distinct,
  expectThat,
  integer,
  months,
  number,
  schemaVersion,
  share,
  tau,
} from './fields.ts';

const deathCause = z.enum(['DISEASE', 'HANDLING', 'PREDATION', 'ENVIRONMENTAL', 'UNKNOWN', 'OTHER']);
const method = z
  .object({
    share,
    residual: share,
    residual_sd: amount,
    hazard: share,
    tau,
    cause: deathCause,
  })
  .strict();

/** Schema of health.yaml. */
export const healthSchema = z
  .object({
    schema_version: schemaVersion,
    lice: z
      .object({
        treatment: z.enum(['threshold', 'fixed']),
        fixed_days: z.array(days).max(20).refine(distinct, 'the same day twice'),
        free_days: days,
        growth: z
          .object({ rate: amount, q10: number(1, 10), reference: number(0, 30), min: amount, max: amount })
          .strict(),
        infection: z.object({ rate: amount, sd: amount }).strict(),
        threshold: z
          .object({ other: number(0.01, 100), spring: number(0.01, 100), spring_months: months })
          .strict(),
        response_days: integer(1, 60),
        rings_per_day: integer(1, 1000),
        ring: z.object({ mean: number(-2, 2), sd: amount }).strict(),
        withholding_days: days,
      })
      .strict(),
    delousing: z
      .object({ thermal: method, freshwater: method, mechanical: method, medicinal: method })
      .strict(),
    after_delousing: z
      .object({
        fasting_days: days,
        growth_from: share,
        growth_days: integer(1, 100),
        expected_hazard: share,
      })
      .strict(),
    emergency: z.object({ above: amount, residual: share, hazard_factor: number(1, 100) }).strict(),
  })
  .strict()
  .superRefine((value, context) => {
    const { min, max } = value.lice.growth;
    expectThat(context, min <= max, ['lice', 'growth'], 'min is above max');
    const shares = Object.values(value.delousing).reduce((sum, it) => sum + it.share, 0);
    expectThat(context, Math.abs(shares - 1) < 1e-6, ['delousing'], `shares sum to ${shares}, not 1`);
    const { response_days: response } = value.lice;
    const { fasting_days: fasting } = value.after_delousing;
    expectThat(
      context,
      fasting <= response,
      ['lice', 'response_days'],
      'less than the fasting days before delousing',
    );
  });

export type Health = z.output<typeof healthSchema>;
