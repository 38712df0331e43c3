import { z } from 'zod';
import type { Biology } from './biology.ts';
import {
  amount,
  days,
  distinct,
  expectThat,
  integer,
  months,
  number,
  phi,
  printable,
  schemaVersion,
  season,
  share,
  tau,
  text,
} from './fields.ts';
import type { MasterData } from './master-data.ts';

const deathCause = z.enum(['DISEASE', 'HANDLING', 'PREDATION', 'ENVIRONMENTAL', 'UNKNOWN', 'OTHER']);
const deathReasons = Object.fromEntries(deathCause.options.map((it) => [it, text]));
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

/** A draw between two numbers of days, both included. */
const daysBetween = z
  .object({ from: days, to: days })
  .strict()
  .refine(({ from, to }) => from <= to, 'from is above to');
const every = integer(1, 1000);
const sentence = printable(500);
const sentences = z.array(sentence).min(1).max(50);

/** A share of the notes that a site leaves empty. */
const emptyShare = z
  .object({ from: share, to: share })
  .strict()
  .refine(({ from, to }) => from <= to, 'from is above to');
/** Lists of clauses of which a note has one each. */
const clauses = z
  .array(z.object({ long: sentences, short: sentences }).strict())
  .min(2)
  .max(10);

const detection = z.object({ share, confidence: share, sd: amount }).strict();
const liceType = z
  .object({
    species: text,
    gender: z.enum(['male', 'female', 'unknown']),
    stage: text,
    of: z.enum(['adult_female', 'caligus']),
    factor: amount,
    days_ahead: days,
  })
  .strict();
const treatmentMethod = z
  .object({ type: z.enum(['medication', 'physical', 'other']), dosage: text, detail: sentence })
  .strict();

const severity = z.object({ medium: amount, high: amount }).strict();
/** One entry for each kind of incident that the journal tells of: which kinds, `incident_severity` says. */
const byIncident = <T extends z.ZodTypeAny>(value: T) => z.record(text, value);
const occasions = z.object({
  winter: sentences,
  autumn: sentences,
  lice: sentences,
  after_transfer: sentences,
  after_vaccination: sentences,
  after_delousing: sentences,
  raised_mortality: sentences,
  high_mortality: sentences,
  closed: sentences,
  treated: sentences,
  incident: byIncident(sentences),
  incident_over: byIncident(sentences),
});

const scored = z
  .object({
    offset: number(-20, 20),
    season: season.optional(),
    per_year: number(-20, 20).optional(),
    treatment: number(-20, 20).optional(),
    treatment_tau: tau.optional(),
    stress: number(-20, 20).optional(),
    stress_tau: tau.optional(),
    bloom: number(-20, 20).optional(),
  })
  .strict();

const normal = z.object({ mean: number(-1e6, 1e6), sd: amount }).strict();
const sampleType = z
  .object({
    fish: integer(1, 1000),
    measures: z.record(
      z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be small letters, digits and underscores'),
      z
        .object({ decimals: integer(0, 6), max: amount.optional(), healthy: normal, diseased: normal })
        .strict(),
    ),
    healthy: sentences,
    diseased: sentences,
  })
  .strict();

const health = z
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
        neighbours: z.object({ tau, sigma: amount, on_fish: share }).strict(),
        joint_treatment: z
          .object({ every_days: every, days, share })
          .strict()
          .refine((it) => it.days <= it.every_days, 'days is above every_days'),
        threshold: z
          .object({ other: number(0.01, 100), spring: number(0.01, 100), spring_months: months })
          .strict(),
        response_days: integer(1, 60),
        rings_per_day: integer(1, 1000),
        ring: z.object({ mean: number(-2, 2), sd: amount }).strict(),
        withholding_days: days,
        before_slaughter: z.object({ share, females: amount, days: daysBetween, least_days: days }).strict(),
      })
      .strict()
      .refine(
        (it) => it.before_slaughter.days.from >= it.withholding_days,
        'before_slaughter.days begin within withholding_days',
      ),
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
    lice_count: z
      .object({
        rounds: z
          .object({ weekdays: integer(1, 5), rings_a_day: integer(1, 1000), first_day: days })
          .strict(),
        missed: z.object({ site: share, ring: share, days_before: days, days_after: days }).strict(),
        fish: integer(1, 1000),
        fish_sd: amount,
        heaping: z.object({ share, above: integer(0, 1000), step: integer(1, 100) }).strict(),
        young: z.object({ efficacy: share, tau }).strict(),
        dispersion: number(0.1, 1e6),
        caligus: z
          .object({ low: amount, high: amount, phi, tau, sigma: amount, settle_days: tau })
          .strict()
          .refine(({ low, high }) => low <= high, 'low is above high'),
        detection: z.object({ manual: detection, visual: detection, camera: detection }).strict(),
        types: z.array(liceType).min(1).max(100),
      })
      .strict(),
    treatment: z
      .object({
        vaccination: z
          .object({
            duration_days: days,
            withholding_days: days,
            outcome_days: days,
            weighing_share: share,
            successful_share: share,
          })
          .strict(),
        delousing: z
          .object({ duration_days: days, outcome_days: days, successful_from: share, partial_from: share })
          .strict()
          .refine((it) => it.partial_from <= it.successful_from, 'partial_from is above successful_from'),
        sampling_days: days,
        methods: z
          .object({
            thermal: treatmentMethod,
            freshwater: treatmentMethod,
            mechanical: treatmentMethod,
            medicinal: treatmentMethod,
          })
          .strict(),
      })
      .strict(),
    journal: z
      .object({
        every_days: every,
        mortality: z
          .object({ days: integer(1, 365), raised: amount, high: amount })
          .strict()
          .refine(({ raised, high }) => raised <= high, 'raised is above high'),
        lice: amount,
        after_treatment_days: days,
        closed_after_days: days,
        winter_months: months,
        autumn_months: months,
        // Besides the occasions one list for each stage of biology.yaml.
        texts: occasions.catchall(sentences),
        incident_severity: byIncident(severity),
      })
      .strict(),
    words: z
      .object({
        empty: z
          .object({ growth: emptyShare, health: emptyShare, laboratory: emptyShare, closed: emptyShare })
          .strict(),
        short: share,
        abbreviated: share,
        joints: z.array(z.string().min(1).max(5)).min(1).max(10),
        abbreviations: z.record(text, text),
        clauses: z
          .object({
            growth: clauses,
            health: clauses,
            laboratory: clauses,
            round_freshwater: clauses,
            round_sea: clauses,
            round_unfed: clauses,
            vaccination: clauses,
            delousing: clauses,
            treatment_vaccination: clauses,
            treatment_delousing: clauses,
            incident: clauses,
            closed: clauses,
          })
          .strict(),
      })
      .strict(),
    mortality_record: z.object({ reasons: z.object(deathReasons).strict() }).strict(),
    sampling: z
      .object({
        every_days: every,
        first_life_stage: integer(1, 50),
        // Ids leave room for so many.
        fish: integer(1, 99),
        size_sd: amount,
        cut_points: z.tuple([number(-20, 20), number(-20, 20), number(-20, 20)]),
        ring_sd: amount,
        fish_sd: amount,
        disease: number(-20, 20),
        bloom_days: days,
        parameters: z.record(text, scored),
      })
      .strict(),
    laboratory: z
      .object({
        screening: z.object({ first_day: days, every_days: every }).strict(),
        sent_after_days: days,
        result_days: daysBetween,
        outbreak: z.object({ after_days: days, types: z.array(text).max(10).refine(distinct) }).strict(),
        types: z.record(text, sampleType),
      })
      .strict(),
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
    const first = value.lice_count.types[0];
    expectThat(
      context,
      first?.of === 'adult_female' && first.factor === 1 && first.days_ahead === 0,
      ['lice_count', 'types', 0],
      'must be the adult females themselves: of adult_female, factor 1, days_ahead 0',
    );
    const detections = Object.values(value.lice_count.detection).reduce((sum, it) => sum + it.share, 0);
    expectThat(
      context,
      Math.abs(detections - 1) < 1e-6,
      ['lice_count', 'detection'],
      `shares sum to ${detections}, not 1`,
    );
    const { texts, incident_severity } = value.journal;
    for (const part of ['incident', 'incident_over'] as const) {
      const path = ['journal', 'texts', part];
      for (const kind of Object.keys(incident_severity)) {
        expectThat(context, Object.hasOwn(texts[part], kind), path, `nothing for ${kind}`);
      }
      for (const kind of Object.keys(texts[part])) {
        expectThat(
          context,
          Object.hasOwn(incident_severity, kind),
          [...path, kind],
          'incident_severity has no such kind',
        );
      }
    }
    const [low, middle, high] = value.sampling.cut_points;
    expectThat(context, low < middle && middle < high, ['sampling', 'cut_points'], 'must rise');
    for (const [name, it] of Object.entries(value.sampling.parameters)) {
      const path = ['sampling', 'parameters', name];
      for (const [size, fading] of [
        ['treatment', 'treatment_tau'],
        ['stress', 'stress_tau'],
      ] as const) {
        expectThat(
          context,
          (it[size] === undefined) === (it[fading] === undefined),
          path,
          `${size} and ${fading} belong together`,
        );
      }
    }
    const { result_days, sent_after_days } = value.laboratory;
    expectThat(
      context,
      sent_after_days <= result_days.from,
      ['laboratory', 'result_days'],
      'results come before the sample is sent',
    );
    value.laboratory.outbreak.types.forEach((name, index) => {
      expectThat(
        context,
        name in value.laboratory.types,
        ['laboratory', 'outbreak', 'types', index],
        `no sample type ${name}`,
      );
    });
  });

/** Schema of health.yaml, checked against the stages and the catalogues that it names. */
export function healthSchema(biology: Biology, masterData: MasterData) {
  return health.superRefine((value, context) => {
    const agree = (path: string[], names: string[], catalogue: string[], what: string) => {
      for (const name of names) {
        expectThat(context, catalogue.includes(name), [...path, name], `there is no ${what} ${name}`);
      }
      for (const name of catalogue) expectThat(context, names.includes(name), path, `nothing for ${name}`);
    };
    // Texts for stages that a farm does not have do no harm.
    for (const { key } of biology.stages) {
      expectThat(context, key in value.journal.texts, ['journal', 'texts'], `nothing for ${key}`);
    }
    agree(
      ['sampling', 'parameters'],
      Object.keys(value.sampling.parameters),
      masterData.health_parameters.map((it) => it.name),
      'health parameter',
    );
    const reasons = masterData.mortality_reasons.map((it) => it.name);
    for (const [cause, reason] of Object.entries(value.mortality_record.reasons)) {
      const path = ['mortality_record', 'reasons', cause];
      expectThat(context, reasons.includes(reason), path, `there is no mortality reason ${reason}`);
    }
    agree(
      ['laboratory', 'types'],
      Object.keys(value.laboratory.types),
      masterData.sample_types.map((it) => it.name),
      'sample type',
    );
    const key = (it: { species: string; gender: string }, stage: string) =>
      `${it.species}, ${it.gender}, ${stage}`;
    agree(
      ['lice_count', 'types'],
      value.lice_count.types.map((it) => key(it, it.stage)),
      masterData.lice_types.map((it) => key(it, it.development_stage)),
      'lice type',
    );
    expectThat(
      context,
      distinct(value.lice_count.types.map((it) => key(it, it.stage))),
      ['lice_count', 'types'],
      'the same lice type twice',
    );
  });
}

export type Health = z.output<ReturnType<typeof healthSchema>>;
