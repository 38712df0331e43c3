import { z } from 'zod';
import { textFor } from './columns.ts';
import {
  amount,
  clockHour,
  days,
  distinct,
  expectThat,
  integer,
  months,
  number,
  schemaVersion,
  season,
  share,
  tau,
  text,
  valueNoise,
} from './fields.ts';
import type { Infrastructure } from './infrastructure.ts';

const grams = number(0.0001, 100_000);
const spread = number(0, 1);
const fromTo = z.object({ from: number(0, 10), to: number(0, 10) }).strict();
/** One value for all geographies, or one for each that has the sea. */
const byGeography = <T extends z.ZodTypeAny>(value: T) => z.union([value, z.record(text, value)]);

const lifeStageFacts = {
  key: z
    .string()
    .max(50)
    .regex(/^[a-z][a-z0-9_]*$/, 'must be small letters, digits and underscores'),
  name: textFor('scenario_tgc_model_stage.lifecycle_stage'),
  order: integer(1, 50),
  days: integer(1, 3000),
  weight_at_start_g: grams.optional(),
  yolk: z.object({ from_day: days, weight_at_end_g: grams }).strict().optional(),
  tgc: byGeography(number(0, 20)),
  biological_fcr: number(0, 10),
  meals_per_day: integer(0, 20),
  survival: byGeography(number(0.0001, 1)),
  survival_days: integer(1, 3000).optional(),
  condition_factor: z.object({ from: number(0.01, 10), to: number(0.01, 10) }).strict(),
  weight_cv: fromTo,
};
const lifeStage = z.discriminatedUnion('habitat', [
  z.object({ ...lifeStageFacts, habitat: z.literal('freshwater'), hall: z.string().min(1).max(10) }).strict(),
  z.object({ ...lifeStageFacts, habitat: z.literal('sea') }).strict(),
]);

const shape = z.discriminatedUnion('shape', [
  z.object({ shape: z.literal('early'), share, tau }).strict(),
  z.object({ shape: z.literal('bell'), share, day: days, width: number(0.1, 1000) }).strict(),
  z.object({ shape: z.literal('late'), share, days: integer(1, 3000) }).strict(),
]);

/** Those of batch_mortalityevent.cause. */
const cause = z.enum(['DISEASE', 'HANDLING', 'PREDATION', 'ENVIRONMENTAL', 'UNKNOWN', 'OTHER']);
const causeShares = z.record(cause, number(0, 1000));
const pulse = z.object({ hazard: share, tau, cause }).strict();

/** How the weeks of a place differ in deaths. */
const weeks = z
  .object({
    slow: valueNoise,
    fast: valueNoise,
    container_sd: amount,
    shock: z
      .object({ chance: share, alpha: number(1.01, 10), from: number(1, 1000), to: number(1, 1000) })
      .strict()
      .refine(({ from, to }) => from <= to, 'from is above to'),
    damping: share,
  })
  .strict();

/** A step of a scale or a measuring board: a multiple of a hundredth. */
const measure = number(0.01, 1000).refine(
  (it) => Math.abs(it * 100 - Math.round(it * 100)) < 1e-9,
  'is no multiple of 0.01',
);

const biology = z
  .object({
    schema_version: schemaVersion,
    batch: z
      .object({
        eggs: z.object({ base: integer(1, 1e9), step: integer(0, 1e9), span: integer(1, 1e9) }).strict(),
        harvest_target_kg: z.object({ min: number(0.1, 100), max: number(0.1, 100) }).strict(),
        growth_sd: spread,
        container_growth_sd: spread,
        fcr_sd: spread,
        egg_split_sd: spread,
        egg_loss_on_arrival: share,
      })
      .strict(),
    growth: z
      .object({
        heat_stress: z.object({ start: number(0, 40), range: number(0.1, 40) }).strict(),
        sea_season: season,
        sea_entry: z.object({ from: share, days }).strict(),
      })
      .strict(),
    stages: z.array(lifeStage).min(2).max(20),
    grading: z
      .object({
        weight_difference: z.record(text, number(0, 0.5)),
        number_by_weight: number(0, 2),
        tank_sd: number(0, 0.5),
        ring_sd: number(0, 0.5),
        fullest: number(0.1, 2),
        whole: number(0, 0.2),
      })
      .strict(),
    feeding: z
      .object({
        appetite: z.object({ tau, sigma: spread }).strict(),
        morning_share: z.object({ mean: share, sd: spread, max_deviation: spread }).strict(),
        hours: z.object({ first: clockHour, last: clockHour }).strict(),
        fasting_days: z
          .object({ vaccination: days, transfer: days, sea_transfer: days, harvest: days })
          .strict(),
        half_ration_days: days,
        storm: z.object({ winter: share, other: share, winter_months: months }).strict(),
        overlap_days: days,
        pellets: z
          .array(z.object({ feed: text, up_to_g: grams.optional(), price_eur_kg: number(0, 1000) }).strict())
          .min(1)
          .max(100),
        summary: z
          .object({
            very_high_samples: integer(1, 100),
            high_samples: integer(1, 100),
            medium_samples: integer(1, 100),
          })
          .strict(),
        price_noise: z.object({ tau, sigma: spread }).strict(),
      })
      .strict(),
    feed_stock: z
      .object({
        reorder_below_share: share,
        reorder_below_days: days,
        look_ahead_days: days,
        share_per_feed: share,
        load_share: share,
        smallest_load_kg: amount.default(0),
        clean_out_days: days,
        opening_days: days,
        shelf_life_days: days,
        suppliers: z.array(text).min(1).max(100),
      })
      .strict(),
    mortality: z
      .object({
        causes: z.object({ freshwater: causeShares, sea: causeShares }).strict(),
        shapes: z.record(text, z.array(shape).max(20)),
        sea_season: season,
        pulses: z.record(text, pulse),
        noise: z
          .object({
            batch: amount,
            tank: amount,
            ring: amount,
            container: amount,
            container_tau: tau,
            day: amount,
          })
          .strict(),
        weeks: z.object({ sea: weeks, freshwater: weeks }).strict(),
        incident_day_sd: number(0, 3),
        removal: z
          .object({ sunday_off: share, two_causes: share, three_causes: share })
          .strict()
          .refine(
            ({ two_causes, three_causes }) => two_causes + three_causes <= 1,
            'shares sum to more than 1',
          ),
        culling: z
          .object({
            share: number(0, 0.9),
            sd: number(0, 5),
            container_sd: number(0, 1),
            days: z.array(z.object({ day: days, part: share }).strict()).max(20),
          })
          .strict(),
      })
      .strict(),
    vaccination_days: z.array(days).max(50).refine(distinct, 'the same day twice'),
    sampling: z
      .object({
        growth: z
          .object({
            every_weeks: integer(1, 52),
            first_life_stage: integer(1, 50),
            // Ids leave room for so many.
            fish: integer(1, 99),
            size_sd: amount,
            left_out: share,
          })
          .strict(),
        measuring: z
          .object({
            from_g: z.array(grams).min(1).max(20),
            weight_g: z.array(measure).min(2).max(21),
            length_cm: z.array(measure).min(2).max(21),
          })
          .strict()
          .refine(
            (it) => it.from_g.every((g, index) => index === 0 || g > (it.from_g[index - 1] ?? g)),
            'from_g must rise',
          )
          .refine(
            ({ from_g, weight_g, length_cm }) =>
              weight_g.length === from_g.length + 1 && length_cm.length === from_g.length + 1,
            'needs one step more than from_g has weights',
          ),
        transfer: z
          .object({
            fish: integer(1, 10_000),
          })
          .strict(),
        condition_factor_sd: spread,
        lognormal_below_g: amount,
      })
      .strict(),
    harvest: z
      .object({
        fish_per_day: integer(1, 1e9),
        individual_weight_cv: spread,
        grades: z.record(text, share),
        grade_weight: z.record(text, number(0, 10)),
        downgrades: z
          .object({ ring_sd: spread, event_sd: spread, winter: number(0, 10), winter_months: months })
          .strict(),
        gutted_share: z.object({ mean: share, sd: spread }).strict(),
        fillet_share: z.object({ mean: share, sd: spread }).strict(),
        waste: z.object({ blood_share: share, dead_on_arrival: share }).strict(),
      })
      .strict(),
    assimilation: z
      .object({
        confidence: z
          .object({
            growth_sample: share,
            transfer: share,
            vaccination: share,
            computed: share,
            measured_temperature: share,
            profile_temperature: share,
          })
          .strict(),
        selection: z.object({ LARGEST: number(0.1, 1), SMALLEST: number(1, 10) }).strict(),
        fcr: z.object({ least_gain_kg: number(0, 1000), most: number(1, 1000) }).strict(),
      })
      .strict(),
  })
  .strict();

export type Biology = z.output<typeof biology>;
export type Stage = Biology['stages'][number];
export type FreshwaterStage = Extract<Stage, { habitat: 'freshwater' }>;
export type SeaStage = Extract<Stage, { habitat: 'sea' }>;

/** Days of a life that ids and dates have room for (aquaseed.schedule_batch). */
const MOST_DAYS = 1000;

/** Schema of biology.yaml, checked against the farm that it is for. */
export function biologySchema(infrastructure: Infrastructure) {
  return biology.superRefine((value, context) => {
    checkStages(value, infrastructure, context);
    const { min, max } = value.batch.harvest_target_kg;
    expectThat(context, min <= max, ['batch', 'harvest_target_kg'], 'min is above max');
    const { first, last } = value.feeding.hours;
    expectThat(context, first <= last, ['feeding', 'hours'], 'first is after last');
    checkPellets(value, context);
    checkMortality(value, context);
    const grades = Object.values(value.harvest.grades).reduce((sum, it) => sum + it, 0);
    expectThat(context, Math.abs(grades - 1) < 1e-6, ['harvest', 'grades'], `shares sum to ${grades}, not 1`);
    for (const grade of Object.keys(value.harvest.grade_weight)) {
      const known = grade in value.harvest.grades;
      expectThat(context, known, ['harvest', 'grade_weight', grade], 'there is no such grade');
    }
    for (const grade of Object.keys(value.harvest.grades)) {
      const known = grade in value.harvest.grade_weight;
      expectThat(context, known, ['harvest', 'grade_weight'], `no weight for grade ${grade}`);
    }
    const inHalls = value.stages.reduce((sum, it) => sum + (it.habitat === 'freshwater' ? it.days : 0), 0);
    for (const [index, day] of value.vaccination_days.entries()) {
      expectThat(
        context,
        day < inHalls,
        ['vaccination_days', index],
        `not in fresh water (day 0 to ${inHalls - 1})`,
      );
    }
    const firstOrder = value.sampling.growth.first_life_stage;
    const path = ['sampling', 'growth', 'first_life_stage'];
    expectThat(context, firstOrder <= value.stages.length, path, 'there is no stage of this order');
  });
}

function checkStages(value: Biology, infrastructure: Infrastructure, context: z.RefinementCtx): void {
  const letters = new Set(Object.values(infrastructure.hall_types).map((type) => type.letter));
  const atSea = infrastructure.geographies.filter((it) => it.areas.length > 0).map((it) => it.name);
  const known = new Set(infrastructure.geographies.map((it) => it.name));
  for (const key of ['key', 'name'] as const) {
    expectThat(
      context,
      distinct(value.stages.map((it) => it[key])),
      ['stages'],
      `two stages have the same ${key}`,
    );
  }
  const halls = value.stages.flatMap((it) => (it.habitat === 'freshwater' ? [it.hall] : []));
  expectThat(context, distinct(halls), ['stages'], 'two stages use halls of the same letter');
  const days = value.stages.reduce((sum, it) => sum + it.days, 0);
  expectThat(context, days <= MOST_DAYS, ['stages'], `a life of ${days} days is longer than ${MOST_DAYS}`);
  for (const [index, stage] of value.stages.entries()) {
    const path = ['stages', index];
    const survival = stage.survival_days ?? stage.days;
    for (const [key, it] of Object.entries(
      typeof stage.survival === 'number' ? { '': stage.survival } : stage.survival,
    )) {
      const place = [...path, 'survival', ...(key === '' ? [] : [key])];
      // The scenario planner keeps the deaths of a week as a percentage below 100, with three decimals.
      expectThat(
        context,
        it ** (7 / survival) > 1e-5,
        place,
        `nobody is left after a week of ${survival} days`,
      );
    }
    const yolkDay = stage.yolk?.from_day ?? 0;
    expectThat(context, yolkDay < stage.days, [...path, 'yolk', 'from_day'], 'is after the end of the stage');
    const last = index === value.stages.length - 1;
    expectThat(
      context,
      stage.order === index + 1,
      [...path, 'order'],
      `orders count from 1: expected ${index + 1}`,
    );
    const placed = (stage.habitat === 'sea') === last;
    expectThat(context, placed, [...path, 'habitat'], 'the last stage, and only that, is at sea');
    if (stage.habitat === 'freshwater') {
      expectThat(
        context,
        letters.has(stage.hall),
        [...path, 'hall'],
        `no hall type has the letter ${stage.hall}`,
      );
    }
    if (index === 0) {
      const given = stage.weight_at_start_g !== undefined;
      expectThat(
        context,
        given,
        [...path, 'weight_at_start_g'],
        'the first stage needs a weight at its start',
      );
    }
    for (const field of ['tgc', 'survival'] as const) {
      const values = stage[field];
      if (typeof values === 'number') continue;
      expectThat(context, stage.habitat === 'sea', [...path, field], 'may differ by geography only at sea');
      for (const geography of Object.keys(values)) {
        const message = `there is no geography ${geography}`;
        expectThat(context, known.has(geography), [...path, field, geography], message);
      }
      for (const geography of atSea) {
        expectThat(
          context,
          geography in values,
          [...path, field],
          `no value for ${geography}, which has sea areas`,
        );
      }
    }
  }
}

function checkPellets(value: Biology, context: z.RefinementCtx): void {
  const { pellets } = value.feeding;
  const path = ['feeding', 'pellets'];
  expectThat(context, distinct(pellets.map((it) => it.feed)), path, 'the same feed twice');
  let before = 0;
  for (const [index, pellet] of pellets.entries()) {
    const last = index === pellets.length - 1;
    const limit = pellet.up_to_g;
    expectThat(
      context,
      (limit === undefined) === last,
      [...path, index],
      'all but the last pellet have up_to_g',
    );
    expectThat(
      context,
      limit === undefined || limit > before,
      [...path, index, 'up_to_g'],
      'weights must rise',
    );
    before = limit ?? before;
  }
}

function checkMortality(value: Biology, context: z.RefinementCtx): void {
  const { causes, shapes, pulses } = value.mortality;
  const keys = new Set(value.stages.map((it) => it.key));
  for (const [stage, parts] of Object.entries(shapes)) {
    const path = ['mortality', 'shapes', stage];
    expectThat(context, keys.has(stage), path, 'there is no such stage');
    const sum = parts.reduce((total, part) => total + part.share, 0);
    expectThat(context, sum <= 1 + 1e-9, path, `shares sum to ${sum}, more than 1`);
  }
  for (const [habitat, shares] of Object.entries(causes)) {
    const sum = Object.values(shares).reduce((total, it) => total + it, 0);
    expectThat(context, sum > 0, ['mortality', 'causes', habitat], 'needs a cause with a share above 0');
  }
  const all = new Set([...Object.keys(causes.freshwater), ...Object.keys(causes.sea)]);
  for (const [name, { cause }] of Object.entries(pulses)) {
    const path = ['mortality', 'pulses', name, 'cause'];
    expectThat(context, all.has(cause), path, `there is no cause ${cause}`);
  }
}
