import { z } from 'zod';
import { amountFor, positiveFor, textFor } from './columns.ts';
import { distinct, expectThat, integer, number, prose, schemaVersion, text } from './fields.ts';

const SENSOR_TYPES = ['TEMPERATURE', 'OXYGEN', 'PH', 'SALINITY', 'CO2', 'OTHER'] as const;

/** Placeholders that a name pattern may use. n, nn, nnn: the number, padded to so many digits. */
const NUMBER_PLACEHOLDERS = ['n', 'nn', 'nnn'];

function pattern(...placeholders: string[]) {
  const known = new Set([...NUMBER_PLACEHOLDERS, ...placeholders]);
  return text.superRefine((value, context) => {
    for (const [, name] of value.matchAll(/\{([^}]*)\}/g)) {
      expectThat(
        context,
        known.has(name ?? ''),
        [],
        `unknown placeholder {${name}}; known: ${[...known].join(', ')}`,
      );
    }
  });
}

const volume = positiveFor('infrastructure_container.volume_m3');
const kilograms = positiveFor('infrastructure_container.max_biomass_kg');
const containers = z
  .object({
    type: textFor('infrastructure_containertype.name'),
    count: integer(1, 1000),
    volume_m3: volume,
    max_biomass_kg: kilograms,
  })
  .strict();

const hallNames = z
  .object({
    hall: pattern('station', 'letter'),
    container: pattern('station', 'hall', 'letter'),
    silo: pattern('station', 'hall', 'letter'),
  })
  .strict();

const hallType = z
  .object({
    letter: prose(10).default(''),
    area_sqm: amountFor('infrastructure_hall.area_sqm'),
    containers,
    silo_kg: kilograms.optional(),
    sensors: text.optional(),
    names: hallNames.partial().strict().optional(),
  })
  .strict();

const areaType = z
  .object({
    containers,
    barges: z.object({ count: integer(0, 100), capacity_kg: kilograms }).strict(),
    sensors: text.optional(),
  })
  .strict();

const place = z.tuple([number(-90, 90), number(-180, 180)]);
const group = {
  name: pattern(),
  first: integer(0, 100_000).default(1),
  count: integer(1, 10_000).default(1),
  production: z.boolean(),
  along: z.array(place).min(1).max(100),
};
const stations = z.object({ ...group, halls: z.array(text).max(100) }).strict();
const areas = z.object({ ...group, type: text, sites: z.array(text).min(1).max(100) }).strict();

const geography = z
  .object({
    name: text,
    code: z.string().regex(/^[A-Z][A-Z0-9]{1,7}$/, 'must be 2 to 8 capital letters or digits'),
    prefix: z.string().regex(/^[A-Z][A-Z0-9]{0,7}$/, 'must be 1 to 8 capital letters or digits'),
    description: prose(1000),
    stations: z.array(stations).max(1000).default([]),
    areas: z.array(areas).max(1000).default([]),
  })
  .strict();

const areaBiomass = amountFor('infrastructure_area.max_biomass');
/** Containers of a batch, over all its stages, that ids have room for (aquaseed.schedule_container). */
export const MOST_CONTAINERS = 100;

/** Schema of infrastructure.yaml. */
export const infrastructureSchema = z
  .object({
    schema_version: schemaVersion,
    allocation: z
      .object({
        containers_per_stage: integer(1, 1000),
        ring_counts: z.array(integer(1, 1000)).min(1).max(20).refine(distinct, 'the same count twice'),
        reserve_margin_days: integer(0, 1000).default(30),
      })
      .strict(),
    lice_clusters: z
      .object({ within_km: number(0, 1000), most: integer(1, 1000) })
      .strict()
      .default({ within_km: 10, most: 5 }),
    names: hallNames
      .extend({
        ring: pattern('area'),
        barge: pattern('area'),
        sensor: pattern('container', 'parameter'),
      })
      .strict(),
    sensor_types: z.record(text, z.enum(SENSOR_TYPES)),
    sensor_sets: z.record(text, z.array(text).max(50).refine(distinct, 'the same parameter twice')),
    hall_types: z.record(text, hallType),
    area_types: z.record(text, areaType),
    geographies: z.array(geography).min(1).max(100),
  })
  .strict()
  .superRefine((farm, context) => {
    for (const [set, parameters] of Object.entries(farm.sensor_sets)) {
      for (const [index, parameter] of parameters.entries()) {
        const path = ['sensor_sets', set, index];
        expectThat(context, parameter in farm.sensor_types, path, `no sensor type for ${parameter}`);
      }
    }
    for (const [name, { containers }] of Object.entries(farm.area_types)) {
      const path = ['area_types', name, 'containers'];
      const kg = containers.count * containers.max_biomass_kg;
      const fits = areaBiomass.safeParse(kg).success;
      expectThat(context, fits, path, `${kg} kg are more than an area may hold`);
    }
    for (const kind of ['hall_types', 'area_types'] as const) {
      for (const [name, type] of Object.entries(farm[kind])) {
        const known = type.sensors === undefined || type.sensors in farm.sensor_sets;
        expectThat(context, known, [kind, name, 'sensors'], `there is no sensor set ${type.sensors}`);
      }
    }
    for (const key of ['name', 'code', 'prefix'] as const) {
      const values = farm.geographies.map((it) => it[key]);
      expectThat(context, distinct(values), ['geographies'], `two geographies have the same ${key}`);
    }
    for (const [g, { stations, areas }] of farm.geographies.entries()) {
      for (const [s, station] of stations.entries()) {
        for (const [h, hall] of station.halls.entries()) {
          const path = ['geographies', g, 'stations', s, 'halls', h];
          expectThat(context, hall in farm.hall_types, path, `there is no hall type ${hall}`);
        }
      }
      for (const [a, area] of areas.entries()) {
        const path = ['geographies', g, 'areas', a, 'type'];
        expectThat(context, area.type in farm.area_types, path, `there is no area type ${area.type}`);
      }
    }
  });

export type Infrastructure = z.output<typeof infrastructureSchema>;
