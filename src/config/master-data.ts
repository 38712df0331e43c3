import { z } from 'zod';

// The shape of config/master-data.yaml. The file goes to the database as it stands (load_master_data), so
// its keys are mostly column names; allowed values are those that the application accepts.

const name = z.string().trim().min(1);
const weight = z.number().nonnegative();
const percentage = z.number().min(0).max(100);
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
  name: name.max(100),
  scientific_name: name.max(200),
  description: z.string(),
  optimal_temperature_min: z.number(),
  optimal_temperature_max: z.number(),
  optimal_oxygen_min: z.number(),
  optimal_ph_min: z.number(),
  optimal_ph_max: z.number(),
});

const lifecycleStage = z.strictObject({
  key: name,
  description: z.string(),
  expected_weight_min_g: weight,
  expected_weight_max_g: weight,
  constraint: z.strictObject({
    lifecycle_stage: z.enum(['egg', 'alevin', 'fry', 'parr', 'smolt', 'post_smolt', 'harvest']),
    min_temperature_c: z.number(),
    max_temperature_c: z.number(),
    max_freshwater_weight_g: weight.optional(),
  }),
});

const containerType = z.strictObject({
  name: name.max(100),
  category: z.enum(['TANK', 'PEN', 'TRAY', 'OTHER']),
  max_volume_m3: z.number().positive(),
  description: z.string(),
});

const environmentalParameter = z.strictObject({
  name: name.max(100),
  unit: name.max(20),
  description: z.string(),
  min_value: z.number(),
  max_value: z.number(),
  optimal_min: z.number(),
  optimal_max: z.number(),
});

const feed = z.strictObject({
  name: name.max(100),
  brand: name.max(100),
  size_category: z.enum(['MICRO', 'SMALL', 'MEDIUM', 'LARGE']),
  pellet_size_mm: z.number().positive(),
  protein_percentage: percentage,
  fat_percentage: percentage,
  carbohydrate_percentage: percentage,
  description: z.string(),
});

const healthParameter = z.strictObject({
  name: name.max(100),
  description: z.string(),
  scores: z.array(z.string()).nonempty(),
});

const liceType = z.strictObject({
  species: name.max(100),
  gender: z.enum(['male', 'female', 'unknown']),
  development_stage: name.max(50),
  description: z.string(),
});

const describedName = z.strictObject({ name: name.max(100), description: z.string() });

const vaccinationType = describedName.extend({ manufacturer: name.max(100), dosage: z.string().max(100) });

const productGrade = describedName.extend({ code: name.max(50) });

const eggSupplier = z.strictObject({
  name: name.max(100),
  contact_details: z.string(),
  certifications: z.string(),
});

const user = z.strictObject({
  username: name.max(150),
  first_name: z.string().max(150),
  last_name: z.string().max(150),
  email: z.string().email(),
  is_staff: z.boolean().optional(),
  is_superuser: z.boolean().optional(),
  profile: z.strictObject({
    role: z.enum(['ADMIN', 'MGR', 'OPR', 'VET', 'QA', 'FIN', 'VIEW']),
    geography: z.enum(['FO', 'SC', 'ALL']),
    subsidiary,
    job_title: z.string().max(100),
    department: z.string().max(100),
  }),
});

const activityTemplate = z.strictObject({
  name: name.max(200),
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
  day_offset: z.number().int().nonnegative(),
  target_stage: name.optional(),
  weight_threshold_g: weight.optional(),
  description: z.string(),
  notes_template: z.string(),
});

const scenario = z.strictObject({
  profile_days: z.number().int().min(1).max(5000),
  seasons: distinctList(
    z.strictObject({ name, release_period: name, start_doy: z.number().int().min(1).max(366) }),
    'name',
  ),
  tgc_exponents: z.strictObject({ temperature: z.number().positive(), weight: z.number().positive() }),
  fcr_model: name.max(255),
  genotype: name.max(255),
  follow_up_stages: z.array(name).max(8),
});

const sale = z.strictObject({ from: subsidiary, to: subsidiary, markup_percent: z.number().nonnegative() });

const finance = z.strictObject({
  companies: distinctList(z.strictObject({ subsidiary, name: name.max(100) }), 'subsidiary'),
  sites: z.strictObject({ station: subsidiary, area: subsidiary }),
  currency: z.strictObject({ default: z.string().length(3), by_geography: z.record(z.string().length(3)) }),
  smolt_sale: sale.extend({ stage: name, cost_per_kg: z.number().positive() }),
  harvest_sale: sale.extend({ cost_per_kg: z.record(z.number().positive()) }),
  posted_after_days: z.number().int().nonnegative(),
  exported_after_days: z.number().int().nonnegative(),
});

export const masterDataSchema = z
  .strictObject({
    schema_version: z.literal(1),
    installed_on: z.string().datetime(),
    species: distinctList(species, 'name'),
    lifecycle_stages: distinctList(lifecycleStage, 'key'),
    biological_constraints: describedName,
    container_types: distinctList(containerType, 'name'),
    sensor_manufacturers: z.array(name.max(100)).nonempty(),
    environmental_parameters: distinctList(environmentalParameter, 'name'),
    feeds: distinctList(feed, 'name'),
    health_score_labels: z.array(name.max(50)).nonempty(),
    health_parameters: distinctList(healthParameter, 'name'),
    lice_types: distinctList(liceType, 'species', 'gender', 'development_stage'),
    mortality_reasons: distinctList(describedName, 'name'),
    sample_types: distinctList(describedName, 'name'),
    vaccination_types: distinctList(vaccinationType, 'name'),
    product_grades: distinctList(productGrade, 'code'),
    egg_suppliers: distinctList(eggSupplier, 'name'),
    users: distinctList(user, 'username'),
    user_profile: z.strictObject({
      language_preference: z.enum(['en', 'fo', 'da']),
      date_format_preference: z.enum(['DMY', 'MDY', 'YMD']),
    }),
    content_types: distinctList(z.strictObject({ app_label: name, model: name }), 'app_label', 'model'),
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
export type MasterData = z.infer<typeof masterDataSchema>;
