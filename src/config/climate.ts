import { z } from 'zod';
import type { Biology } from './biology.ts';
import {
  amount,
  clockHour,
  days,
  distinct,
  expectThat,
  integer,
  months,
  number,
  phi,
  schemaVersion,
  share,
  tau,
  text,
  valueNoise,
} from './fields.ts';
import type { Infrastructure } from './infrastructure.ts';

const celsius = number(-5, 40);
const yearly = (mean: z.ZodNumber) => z.object({ mean, amplitude: number(-50, 50), phi }).strict();
const level = z.object({ mean: amount, sigma: amount, reading_sd: amount }).strict();

const site = z
  .object({
    temperature: yearly(celsius),
    oxygen_use: amount,
    salinity: yearly(number(0, 50)),
    freshet: z.object({ min: amount, max: amount }).strict(),
    weather: z
      .object({ air: yearly(celsius), wind: yearly(number(0.1, 50)), rain: amount, exposure: number(0, 5) })
      .strict(),
  })
  .strict();

const seaTemperature = z
  .object({
    area_sd: z.object({ mean: amount, amplitude: amount, phi: amount }).strict(),
    // Of years, then a slow and a fast one: the functions read two.
    years_noise: z.array(valueNoise).length(2),
    trend: z.object({ per_year: number(-1, 1), year: integer(1900, 2200) }).strict(),
    second_harmonic: z.object({ share: amount, phi }).strict(),
    geography_noise: z.array(valueNoise).length(2),
    area_noise: z.array(valueNoise).length(2),
    area_fast: valueNoise,
    hours_noise: valueNoise,
    liveliness: z.object({ noise: valueNoise, summer: share, phi }).strict(),
    ring_sd: amount,
    ring_noise: valueNoise,
    diurnal: z.object({ base: amount, summer: amount, phi, peak_hour: clockHour }).strict(),
    reading_sd: amount,
  })
  .strict();

const seaOxygen = z
  .object({
    base: amount,
    spring: amount,
    spring_phi: phi,
    reference_density: number(0.01, 1000),
    q10_base: number(0.1, 10),
    reference_temperature: celsius,
    per_degree: number(-10, 10),
    diurnal: amount,
    low_hour: clockHour,
    area_noise: valueNoise,
    ring_noise: valueNoise,
    reading_sd: amount,
    clip: z.object({ min: amount, max: amount }).strict(),
  })
  .strict();

const seaSalinity = z
  .object({
    freshets_per_month: z.object({ winter: amount, other: amount, winter_months: months }).strict(),
    freshet_tau: tau,
    freshet_memory_days: days,
    ring_noise: valueNoise,
    reading_sd: amount,
  })
  .strict();

const seaPh = z
  .object({
    base: number(0, 14),
    spring: amount,
    spring_phi: phi,
    density: amount,
    reference_density: number(0.01, 1000),
    diurnal: amount,
    peak_hour: clockHour,
    area_noise: valueNoise,
    reading_sd: amount,
  })
  .strict();

const hallStage = z
  .object({
    flow_through: z.boolean().default(false),
    temperature: celsius,
    ramp: z
      .object({ from: celsius, days: integer(1, 365) })
      .strict()
      .optional(),
    hall_sd: amount,
    tank_sd: amount,
    reading_sd: amount,
    design_feed_kg: amount,
  })
  .strict();

const clip = z.object({ min: amount, max: amount }).strict();
const name = text.refine((it) => !it.includes('.'), 'must have no dot');
const byFeed = z
  .object({
    base: amount,
    feed: amount,
    diurnal: share,
    peak_hour: clockHour,
    hall_noise: valueNoise,
    reading_sd: amount,
    clip,
  })
  .strict();

const freshwater = z
  .object({
    stages: z.record(text, hallStage),
    temperature: z.object({ hall_tau: tau, tank_tau: tau }).strict(),
    co2: z
      .object({
        base: amount,
        feed: amount,
        exponent: number(0.01, 10),
        diurnal: share,
        peak_hour: clockHour,
        tank_noise: valueNoise,
        reading_sd: amount,
      })
      .strict(),
    ph: z
      .object({
        base: number(0, 14),
        alkalinity: number(0.01, 100),
        hall_noise: valueNoise,
        reading_sd: amount,
      })
      .strict(),
    by_feed: z.record(name, byFeed),
    no2: z
      .object({
        base: amount,
        feed: amount,
        feed_lag_days: days,
        start_up: amount,
        start_up_day: days,
        start_up_width: number(0.1, 1000),
        hall_noise: valueNoise,
        reading_sd: amount,
      })
      .strict(),
    no3: z
      .object({
        base: amount,
        feed: amount,
        days: integer(1, 365),
        hall_noise: valueNoise,
        reading_sd: amount,
      })
      .strict(),
    oxygen: z
      .object({
        base: amount,
        feed: amount,
        diurnal: amount,
        low_hour: clockHour,
        tank_noise: valueNoise,
        reading_sd: amount,
      })
      .strict(),
    flow_through: z
      .object({ tau, 'Dissolved Oxygen': level, CO2: level, NO2: level, NO3: level })
      .catchall(level),
  })
  .strict();

const weather = z
  .object({
    entry_lag_minutes: integer(0, 1439),
    air: z.object({ geography_noise: valueNoise, area_noise: valueNoise }).strict(),
    wind: z
      .object({
        geography_noise: valueNoise,
        area_noise: valueNoise,
        storm: z.object({ min: amount, max: amount }).strict(),
        direction: z
          .object({ mean: number(0, 360), geography_noise: valueNoise, area_noise: valueNoise })
          .strict(),
      })
      .strict(),
    waves: z
      .object({
        factor: amount,
        exponent: number(0.1, 5),
        swell: z.object({ mean: amount, winter: amount, phi, noise: valueNoise }).strict(),
        period: z.object({ base: amount, factor: amount }).strict(),
        direction_sd: amount,
      })
      .strict(),
    rain: z
      .object({
        offset: number(-2, 5),
        wind_share: share,
        winter: share,
        phi,
        noise: valueNoise,
        area_share: share,
        dry_below_mm: amount,
      })
      .strict(),
    cloud: z.object({ mean: number(0, 100), per_rain: amount, noise: valueNoise }).strict(),
    light: z.object({ clear_noon_lux: amount, cloud_loss: share, cloud_exponent: number(0.1, 10) }).strict(),
  })
  .strict();

const climate = z
  .object({
    schema_version: schemaVersion,
    readings: z
      .object({
        hours: z.array(clockHour).min(1).max(12).refine(distinct, 'the same hour twice'),
        entry_lag_minutes: integer(0, 100_000),
        entry_jitter_seconds: integer(0, 86_400),
        resolution: z.record(text, number(0.0001, 1000)),
      })
      .strict(),
    sea: z
      .object({
        geographies: z.record(text, z.object({ sites: z.record(text, site) }).strict()),
        temperature: seaTemperature,
        oxygen: seaOxygen,
        salinity: seaSalinity,
        ph: seaPh,
      })
      .strict(),
    weather,
    freshwater,
  })
  .strict();

export type Climate = z.output<typeof climate>;

/** Schema of climate.yaml, checked against the farm and the stages that it is for. */
export function climateSchema(infrastructure: Infrastructure, biology: Biology) {
  return climate.superRefine((value, context) => {
    const known = new Set(infrastructure.geographies.map((it) => it.name));
    for (const [name, { sites }] of Object.entries(value.sea.geographies)) {
      const path = ['sea', 'geographies', name];
      expectThat(context, known.has(name), path, 'there is no such geography');
      for (const [key, { freshet }] of Object.entries(sites)) {
        expectThat(
          context,
          freshet.min <= freshet.max,
          [...path, 'sites', key, 'freshet'],
          'min is above max',
        );
      }
    }
    for (const { name, areas } of infrastructure.geographies) {
      for (const key of new Set(areas.flatMap((area) => area.sites))) {
        const sites = value.sea.geographies[name]?.sites;
        const path = sites ? ['sea', 'geographies', name, 'sites'] : ['sea', 'geographies'];
        expectThat(context, sites?.[key] !== undefined, path, `no climate for ${name}, site ${key}`);
      }
    }
    const halls = new Set(biology.stages.filter((it) => it.habitat === 'freshwater').map((it) => it.key));
    for (const key of Object.keys(value.freshwater.stages)) {
      const path = ['freshwater', 'stages', key];
      expectThat(context, halls.has(key), path, 'there is no such freshwater stage');
    }
    for (const key of halls) {
      expectThat(
        context,
        key in value.freshwater.stages,
        ['freshwater', 'stages'],
        `no water for the stage ${key}`,
      );
    }
    for (const parameter of new Set(Object.values(infrastructure.sensor_sets).flat())) {
      const path = ['readings', 'resolution'];
      expectThat(context, parameter in value.readings.resolution, path, `no resolution for ${parameter}`);
    }
    for (const [parameter, { clip }] of Object.entries(value.freshwater.by_feed)) {
      const path = ['freshwater', 'by_feed', parameter];
      expectThat(context, clip.min <= clip.max, [...path, 'clip'], 'min is above max');
      const isLevel = parameter in value.freshwater.flow_through;
      expectThat(context, isLevel, ['freshwater', 'flow_through'], `no level of ${parameter}`);
    }
    const { storm } = value.weather.wind;
    expectThat(context, storm.min <= storm.max, ['weather', 'wind', 'storm'], 'min is above max');
    const { min, max } = value.sea.oxygen.clip;
    expectThat(context, min <= max, ['sea', 'oxygen', 'clip'], 'min is above max');
  });
}
