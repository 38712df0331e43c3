import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The facts of AquaMind's database (test/aquamind/*.tsv) and what differs from them on purpose.

function readTsv(file: string): string[][] {
  const text = readFileSync(fileURLToPath(new URL(`../aquamind/${file}`, import.meta.url)), 'utf8');
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

function field(row: string[], index: number): string {
  return row[index] ?? '';
}

export const columns = readTsv('columns.tsv').map((row) => ({
  table: field(row, 0),
  ordinal: Number(field(row, 1)),
  column: field(row, 2),
  type: field(row, 3),
  nullable: field(row, 4) === 'YES',
  identity: field(row, 5) === 'IDENTITY BY DEFAULT',
}));

export const constraints = readTsv('constraints.tsv').map((row) => ({
  table: field(row, 0),
  name: field(row, 1),
  type: field(row, 2),
  definition: field(row, 3),
}));

export const indexes = readTsv('indexes.tsv').map((row) => ({
  table: field(row, 0),
  name: field(row, 1),
  definition: field(row, 2),
}));

export const enums = readTsv('enums.tsv').map((row) => ({
  table: field(row, 0),
  column: field(row, 1),
  values: field(row, 2).split(' | '),
}));

/** Natural keys of the master data and `column=value` facts about them. */
export const masterData = readTsv('master-data.tsv').map((row) => ({
  table: field(row, 0),
  key: field(row, 1),
  facts: Object.fromEntries(
    field(row, 2)
      .split('; ')
      .map((fact): [string, string] => {
        const [column = '', ...value] = fact.split('=');
        return [column, value.join('=')];
      }),
  ),
}));

export const tables = [...new Set(columns.map((column) => column.table))].sort();

/**
 * Partitioned by range of their id. Their ids default to a plain sequence instead of an identity
 * (PostgreSQL 15 and 16 have no identity on partitioned tables), and the primary key is the id alone.
 */
export const partitioned = new Map([
  ['batch_actualdailyassignmentstate', 'id'],
  ['batch_growthsample', 'id'],
  ['batch_individualgrowthobservation', 'id'],
  ['batch_mortalityevent', 'id'],
  ['environmental_environmentalreading', 'id'],
  ['health_fishparameterscore', 'id'],
  ['health_individualfishobservation', 'id'],
  ['health_licecount', 'id'],
  ['inventory_feedingevent', 'id'],
  ['scenario_scenarioprojection', 'projection_id'],
]);

/** Unique constraints without the id cannot stand on a partitioned table: they stand on every leaf. */
export const uniqueOnLeaves = [
  'batch_individualgrowthob_growth_sample_id_fish_id_41355875_uniq',
  'health_fishparameterscor_individual_fish_observat_01bdd54c_uniq',
  'health_individualfishobs_sampling_event_id_fish_i_4ea9a2a8_uniq',
  'unique_assignment_date',
];

/** The lean indexes of the partitioned tables, besides their primary keys. */
export const leanIndexes = {
  batch_actualdailyassignmentstate: ['btree (batch_id, date)', 'btree (container_id, date)', 'brin (date)'],
  batch_growthsample: ['btree (assignment_id, sample_date)'],
  batch_mortalityevent: ['btree (batch_id, event_date)', 'btree (assignment_id, event_date)'],
  environmental_environmentalreading: [
    'btree (container_id, parameter_id, reading_time)',
    "brin (batch_id, batch_container_assignment_id, parameter_id, reading_time) WITH (pages_per_range='8')",
  ],
  health_licecount: [
    'btree (batch_id, count_date)',
    'btree (container_id, count_date)',
    'btree (assignment_id, count_date)',
  ],
  inventory_feedingevent: [
    'btree (batch_id, feeding_date)',
    'btree (container_id, feeding_date)',
    'brin (feeding_date)',
  ],
  scenario_scenarioprojection: ['btree (projection_run_id, day_number)'],
};

/** Constraints of plain tables that are left out: broodstock_eggproduction is not generated. */
export const constraintsLeftOut = ['batch_creationworkfl_egg_production_id_ec0507e9_fk_broodstoc'];

/** Views of the application, with their columns in order. */
export const views = {
  vw_fact_harvest: [
    'fact_id',
    'event_date',
    'quantity_kg',
    'unit_count',
    'product_grade_code',
    'company',
    'site_name',
    'batch_id',
  ],
  vw_intercompany_transactions: [
    'tx_id',
    'posting_date',
    'state',
    'from_company',
    'to_company',
    'product_grade_code',
    'amount',
    'currency',
  ],
};

/**
 * Columns whose accepted values are listed in lower case but which the application reads by the name of
 * the stage: they hold the name.
 */
export const stageNameColumns = new Set([
  'scenario_tgc_model_stage.lifecycle_stage',
  'scenario_mortality_model_stage.lifecycle_stage',
]);
