import { z } from 'zod';
import { amount, expectThat, integer, months, number, schemaVersion, share, text } from './fields.ts';
import type { Infrastructure } from './infrastructure.ts';

const between = (value: z.ZodNumber) =>
  z
    .object({ from: value, to: value })
    .strict()
    .refine(({ from, to }) => from <= to, 'from is above to');
const shareBetween = between(share);
const daysBetween = between(integer(1, 365));
/** How often a year, by geography. */
const perYear = z.record(text, amount);

const incidents = z
  .object({
    schema_version: schemaVersion,
    enabled: z.boolean(),
    disasters: z.boolean(),
    thinning_harvest: z
      .object({
        batches: share,
        at_most: integer(0, 20),
        share: shareBetween,
        weight_kg: between(number(0.1, 100)),
      })
      .strict(),
    staggered_transfer: z
      .object({ transitions: share, freshwater_days: daysBetween, sea_days: daysBetween })
      .strict(),
    grading: z
      .object({
        transitions: share,
        destinations: between(integer(1, 10)),
        weight_difference: number(0, 0.5),
      })
      .strict(),
    lice_wave: z
      .object({ per_batch_year: amount, females: between(number(0, 1000)), days: daysBetween })
      .strict(),
    disease: z
      .object({
        per_area_year: perYear,
        hazard_factor: between(number(1, 1000)),
        rise_days: integer(1, 365),
        decay_days: daysBetween,
        appetite: share,
      })
      .strict(),
    algae_or_jellyfish: z
      .object({
        per_area_year: perYear,
        months,
        oxygen_percent: between(number(0, 200)),
        dead: shareBetween,
        days: daysBetween,
      })
      .strict(),
    storm: z
      .object({ per_area_winter: amount, days: daysBetween, loss_chance: share, loss: shareBetween })
      .strict(),
    water_treatment: z
      .object({
        per_hall_year: amount,
        nitrite_mg_l: between(number(0, 100)),
        days: integer(1, 365),
        oxygen_chance: share,
        oxygen_percent: between(number(0, 200)),
        dead: share,
      })
      .strict(),
    predator: z.object({ per_ring_year: amount, dead: shareBetween }).strict(),
    feed_stock_out: z
      .object({ per_site_year: amount, days: daysBetween, half_ration_chance: share })
      .strict(),
    sensor_outage: z
      .object({
        per_sensor_year: amount,
        site_share: share,
        days: z.object({ from: number(0.1, 365), alpha: number(0.1, 100), to: number(1, 365) }).strict(),
      })
      .strict(),
    sensor_stuck: z.object({ per_sensor_year: amount, days: daysBetween }).strict(),
    sensor_spike: z.object({ per_reading: share }).strict(),
    sensor_drift: z
      .object({
        dissolved_oxygen_sensors: share,
        percent_a_day: number(-10, 10),
        reset_days: integer(1, 1000),
      })
      .strict(),
    manual_reading: z.object({ share }).strict(),
    plan_slips: z
      .object({ share, days_mean: number(-100, 100), days_sd: amount, overdue_share: share })
      .strict(),
  })
  .strict();

/** Schema of incidents.yaml, checked against the farm that it is for. */
export function incidentsSchema(infrastructure: Infrastructure) {
  const atSea = infrastructure.geographies.filter((it) => it.areas.length > 0).map((it) => it.name);
  return incidents.superRefine((value, context) => {
    for (const kind of ['disease', 'algae_or_jellyfish'] as const) {
      const rates = value[kind].per_area_year;
      for (const name of atSea) {
        expectThat(context, name in rates, [kind, 'per_area_year'], `no rate for ${name}`);
      }
      for (const name of Object.keys(rates)) {
        expectThat(context, atSea.includes(name), [kind, 'per_area_year', name], `no sea area is in ${name}`);
      }
    }
  });
}

export type Incidents = z.output<ReturnType<typeof incidentsSchema>>;
