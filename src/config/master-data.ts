import { z } from 'zod';
import type { Biology } from './biology.ts';
import type { Climate } from './climate.ts';
import { amountFor, lengthOf, numberFor, positiveFor, textFor } from './columns.ts';
import { expectThat, prose, schemaVersion, text } from './fields.ts';
import type { Infrastructure } from './infrastructure.ts';

// The shape of config/master-data.yaml. The file goes to the database as it stands (load_master_data), so
// its keys are mostly column names, whose types bound them (columns.ts); allowed values are those that the application
// accepts.

const name = text;
const description = prose(10_000);
const percentage = z.number().min(0).max(100);
const weight = amountFor('batch_lifecyclestage.expected_weight_max_g');
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters');
/** Days after an event; no date of a row leaves the years that databases and programs know. */
const MOST_DAYS = 20_000;
const subsidiary = z.enum(['BS', 'FW', 'FM', 'LG', 'ALL']);

/** A list in which no two entries agree in all of these keys. */
function distinctList<T extends z.ZodRawShape>(
  entry: z.ZodObject<T, 'strict'>,
  ...keys: (keyof T & string)[]
) {
  return z
    .array(entry)
    .nonempty()
    .superRefine((list, context) => {
      const seen = new Set<string>();
      for (const [index, item] of list.entries()) {
        const values: Record<string, unknown> = item;
        const key = JSON.stringify(keys.map((k) => values[k]));
        if (seen.has(key)) {
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `a second entry with ${keys.join(', ')} ${key}`,
          });
        }
        seen.add(key);
      }
    });
}

const species = z.strictObject({
  name: textFor('batch_species.name'),
  scientific_name: textFor('batch_species.scientific_name'),
  description,
  optimal_temperature_min: numberFor('batch_species.optimal_temperature_min'),
  optimal_temperature_max: numberFor('batch_species.optimal_temperature_max'),
  optimal_oxygen_min: numberFor('batch_species.optimal_oxygen_min'),
  optimal_ph_min: numberFor('batch_species.optimal_ph_min'),
  optimal_ph_max: numberFor('batch_species.optimal_ph_max'),
});

const lifecycleStage = z.strictObject({
  key: name,
  description,
  expected_weight_min_g: weight,
  expected_weight_max_g: weight,
  constraint: z.strictObject({
    lifecycle_stage: z.enum(['egg', 'alevin', 'fry', 'parr', 'smolt', 'post_smolt', 'harvest']),
    min_temperature_c: numberFor('scenario_stage_constraint.min_temperature_c'),
    max_temperature_c: numberFor('scenario_stage_constraint.max_temperature_c'),
    max_freshwater_weight_g: weight.optional(),
  }),
});

const containerType = z.strictObject({
  name: textFor('infrastructure_containertype.name'),
  category: z.enum(['TANK', 'PEN', 'TRAY', 'OTHER']),
  max_volume_m3: positiveFor('infrastructure_containertype.max_volume_m3'),
  description,
});

const environmentalParameter = z.strictObject({
  name: textFor('environmental_environmentalparameter.name'),
  unit: textFor('environmental_environmentalparameter.unit'),
  description,
  min_value: numberFor('environmental_environmentalparameter.min_value'),
  max_value: numberFor('environmental_environmentalparameter.max_value'),
  optimal_min: numberFor('environmental_environmentalparameter.optimal_min'),
  optimal_max: numberFor('environmental_environmentalparameter.optimal_max'),
});

const feed = z.strictObject({
  name: textFor('inventory_feed.name'),
  brand: textFor('inventory_feed.brand'),
  size_category: z.enum(['MICRO', 'SMALL', 'MEDIUM', 'LARGE']),
  pellet_size_mm: positiveFor('inventory_feed.pellet_size_mm'),
  protein_percentage: percentage,
  fat_percentage: percentage,
  carbohydrate_percentage: percentage,
  description,
});

const healthParameter = z.strictObject({
  name: textFor('health_healthparameter.name'),
  description,
  scores: z.array(description).nonempty(),
});

const liceType = z.strictObject({
  species: textFor('health_licetype.species'),
  gender: z.enum(['male', 'female', 'unknown']),
  development_stage: textFor('health_licetype.development_stage'),
  description,
});

const describedName = z.strictObject({ name: textFor('health_sampletype.name'), description });

const vaccinationType = describedName.extend({
  manufacturer: textFor('health_vaccinationtype.manufacturer'),
  dosage: prose(lengthOf('health_vaccinationtype.dosage')),
});

const productGrade = describedName.extend({ code: textFor('harvest_productgrade.code') });

const eggSupplier = z.strictObject({
  name: textFor('broodstock_eggsupplier.name'),
  contact_details: description,
  certifications: description,
});

const user = z.strictObject({
  username: textFor('auth_user.username'),
  first_name: prose(lengthOf('auth_user.first_name')),
  last_name: prose(lengthOf('auth_user.last_name')),
  email: z.string().email().max(lengthOf('auth_user.email')),
  is_staff: z.boolean().optional(),
  is_superuser: z.boolean().optional(),
  profile: z.strictObject({
    role: z.enum(['ADMIN', 'MGR', 'OPR', 'VET', 'QA', 'FIN', 'VIEW']),
    geography: z.enum(['FO', 'SC', 'ALL']),
    subsidiary,
    job_title: prose(lengthOf('users_userprofile.job_title')),
    department: prose(lengthOf('users_userprofile.department')),
  }),
});

const activityTemplate = z.strictObject({
  name: textFor('planning_activitytemplate.name'),
  activity_type: z.enum([
    'VACCINATION',
    'TREATMENT',
    'CULL',
    'HARVEST',
    'SALE',
    'FEED_CHANGE',
    'TRANSFER',
    'MAINTENANCE',
    'SAMPLING',
    'OTHER',
  ]),
  day_offset: z.number().int().min(0).max(MOST_DAYS),
  target_stage: name.optional(),
  weight_threshold_g: weight.optional(),
  description,
  notes_template: description,
});

const scenario = z.strictObject({
  profile_days: z.number().int().min(1).max(5000),
  seasons: distinctList(
    z.strictObject({ name, release_period: name, start_doy: z.number().int().min(1).max(366) }),
    'name',
  ),
  tgc_exponents: z.strictObject({
    temperature: positiveFor('scenario_tgc_model_stage.temperature_exponent'),
    weight: positiveFor('scenario_tgc_model_stage.weight_exponent'),
  }),
  fcr_model: textFor('scenario_fcrmodel.name'),
  genotype: textFor('scenario.genotype'),
  follow_up_stages: z.array(name).max(8),
});

const sale = z.strictObject({
  from: subsidiary,
  to: subsidiary,
  markup_percent: amountFor('finance_intercompanypolicy.markup_percent'),
});

const finance = z.strictObject({
  companies: distinctList(z.strictObject({ subsidiary, name: text }), 'subsidiary'),
  sites: z.strictObject({ station: subsidiary, area: subsidiary }),
  currency: z.strictObject({ default: currency, by_geography: z.record(currency) }),
  smolt_sale: sale.extend({
    stage: name,
    cost_per_kg: positiveFor('finance_intercompanypolicy.price_per_kg'),
  }),
  harvest_sale: sale.extend({
    cost_per_kg: z.record(positiveFor('finance_intercompanypolicy.price_per_kg')),
  }),
  posted_after_days: z.number().int().min(0).max(MOST_DAYS),
  exported_after_days: z.number().int().min(0).max(MOST_DAYS),
});

const masterData = z
  .strictObject({
    schema_version: schemaVersion,
    installed_on: z.string().datetime(),
    species: distinctList(species, 'name'),
    lifecycle_stages: distinctList(lifecycleStage, 'key'),
    biological_constraints: describedName,
    container_types: distinctList(containerType, 'name'),
    sensor_manufacturers: z.array(textFor('infrastructure_sensor.manufacturer')).nonempty(),
    environmental_parameters: distinctList(environmentalParameter, 'name'),
    feeds: distinctList(feed, 'name'),
    health_score_labels: z.array(textFor('health_parameterscoredefinition.label')).nonempty(),
    health_parameters: distinctList(healthParameter, 'name'),
    lice_types: distinctList(liceType, 'species', 'gender', 'development_stage'),
    mortality_reasons: distinctList(describedName, 'name'),
    sample_types: distinctList(describedName, 'name'),
    vaccination_types: distinctList(vaccinationType, 'name'),
    product_grades: distinctList(productGrade, 'code'),
    egg_suppliers: distinctList(eggSupplier, 'name'),
    users: distinctList(user, 'username'),
    profile_geographies: z.record(z.string(), z.string()),
    user_profile: z.strictObject({
      language_preference: z.enum(['en', 'fo', 'da']),
      date_format_preference: z.enum(['DMY', 'MDY', 'YMD']),
    }),
    content_types: distinctList(
      z.strictObject({
        app_label: textFor('django_content_type.app_label'),
        model: textFor('django_content_type.model'),
      }),
      'app_label',
      'model',
    ),
    activity_templates: distinctList(activityTemplate, 'name'),
    scenario,
    finance,
  })
  .superRefine((file, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });

    for (const [index, stage] of file.lifecycle_stages.entries()) {
      if (stage.expected_weight_min_g >= stage.expected_weight_max_g) {
        complain(
          ['lifecycle_stages', index, 'expected_weight_max_g'],
          'must be more than expected_weight_min_g',
        );
      }
    }
    for (const [index, parameter] of file.health_parameters.entries()) {
      if (parameter.scores.length !== file.health_score_labels.length) {
        complain(
          ['health_parameters', index, 'scores'],
          `needs one description for each of the ${file.health_score_labels.length} scores`,
        );
      }
    }
    const stageKeys = new Set(file.lifecycle_stages.map((stage) => stage.key));
    for (const [index, template] of file.activity_templates.entries()) {
      if (template.target_stage !== undefined && !stageKeys.has(template.target_stage)) {
        complain(['activity_templates', index, 'target_stage'], `unknown stage ${template.target_stage}`);
      }
    }
    for (const [index, stage] of file.scenario.follow_up_stages.entries()) {
      if (!stageKeys.has(stage)) complain(['scenario', 'follow_up_stages', index], `unknown stage ${stage}`);
    }
    if (file.finance.exported_after_days < file.finance.posted_after_days) {
      complain(['finance', 'exported_after_days'], 'is before posted_after_days');
    }
    if (!stageKeys.has(file.finance.smolt_sale.stage)) {
      complain(['finance', 'smolt_sale', 'stage'], `unknown stage ${file.finance.smolt_sale.stage}`);
    }
    const companies = new Set(file.finance.companies.map((company) => company.subsidiary));
    const owners: [string, string, z.infer<typeof subsidiary>][] = [
      ['sites', 'station', file.finance.sites.station],
      ['sites', 'area', file.finance.sites.area],
      ['smolt_sale', 'from', file.finance.smolt_sale.from],
      ['smolt_sale', 'to', file.finance.smolt_sale.to],
      ['harvest_sale', 'from', file.finance.harvest_sale.from],
      ['harvest_sale', 'to', file.finance.harvest_sale.to],
    ];
    for (const [group, key, owner] of owners) {
      if (!companies.has(owner)) complain(['finance', group, key], `no company ${owner}`);
    }
    for (const grade of file.product_grades) {
      if (file.finance.harvest_sale.cost_per_kg[grade.code] === undefined) {
        complain(['finance', 'harvest_sale', 'cost_per_kg'], `no price for grade ${grade.code}`);
      }
    }
  });

/** config/master-data.yaml, validated. */
export type MasterData = z.infer<typeof masterData>;

/** Users and kinds of content that functions look up by name. */
const USERS = ['manager_01', 'operator_01', 'vet_01'];
const CONTENT_TYPES = ['batch.batchtransferworkflow', 'harvest.harvestevent'];
/** Places that the tables of the generator have for them (aquaseed.parameter, aquaseed.grade). */
export const MOST_PARAMETERS = 16;
export const MOST_GRADES = 9;

/** Schema of master-data.yaml, checked against the places, stages and readings that refer to it. */
export function masterDataSchema(infrastructure: Infrastructure, biology: Biology, climate: Climate) {
  return masterData.superRefine((file, context) => {
    const agree = (list: string, names: readonly string[], wanted: readonly string[], what: string): void => {
      for (const name of new Set(wanted)) {
        expectThat(context, names.includes(name), [list], `nothing for ${what} ${name}`);
      }
    };
    const named = (list: readonly { name: string }[]) => list.map((it) => it.name);
    const types = [...Object.values(infrastructure.hall_types), ...Object.values(infrastructure.area_types)];
    const containers = types.map((it) => it.containers.type);
    agree('container_types', named(file.container_types), containers, 'containers of type');
    const stages = biology.stages.map((it) => it.key);
    const details = file.lifecycle_stages.map((it) => it.key);
    agree('lifecycle_stages', details, stages, 'the stage');
    const readings = Object.keys(climate.readings.resolution);
    agree('environmental_parameters', named(file.environmental_parameters), readings, 'readings of');
    const pellets = biology.feeding.pellets.map((it) => it.feed);
    agree('feeds', named(file.feeds), pellets, 'the pellet');
    const grades = Object.keys(biology.harvest.grades);
    const codes = file.product_grades.map((it) => it.code);
    agree('product_grades', codes, grades, 'the grade');
    const usernames = file.users.map((it) => it.username);
    agree('users', usernames, USERS, 'the user');
    const contents = file.content_types.map((it) => `${it.app_label}.${it.model}`);
    agree('content_types', contents, CONTENT_TYPES, 'the content');
    for (const [list, count, most] of [
      ['environmental_parameters', readings.length, MOST_PARAMETERS],
      ['product_grades', grades.length, MOST_GRADES],
    ] as const) {
      expectThat(context, count <= most, [list], `${count} are used, there is room for ${most}`);
    }
    const mostOfName = lengthOf('users_userprofile.full_name');
    for (const [index, it] of file.users.entries()) {
      const { length } = `${it.first_name} ${it.last_name}`;
      const path = ['users', index, 'last_name'];
      expectThat(context, length <= mostOfName, path, `the whole name is longer than ${mostOfName}`);
    }
    const mostOfCompany = lengthOf('finance_dimcompany.display_name');
    for (const { name } of infrastructure.geographies) {
      for (const [index, company] of file.finance.companies.entries()) {
        const { length } = `${name} ${company.name}`;
        const path = ['finance', 'companies', index, 'name'];
        expectThat(context, length <= mostOfCompany, path, `with ${name} it is longer than ${mostOfCompany}`);
      }
    }
  });
}
