import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { parse, stringify } from 'yaml';
import { CONFIG_DIR, contentDigest, loadConfiguration } from '../../src/config/index.ts';
import { plan, type Schedule, writeSchedule } from '../../src/planner/index.ts';
import { mustRun } from './cli.ts';
import { createTestDatabase, ensureTemplate, type TestDatabase } from './database.ts';

/**
 * Databases that hold a generated farm. A test file that uses one needs patience at its first use:
 * `beforeAll(async () => { database = await demoDatabase(); }, GENERATION_TIMEOUT)`.
 */
export const GENERATION_TIMEOUT = 600_000;

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const DEMO_SCHEDULE = path.join(CONFIG_DIR, 'schedules', 'demo.yaml');

/** A configuration directory and a schedule made with it. */
export type TinyFarm = {
  /** For --config. */
  config: string;
  /** The file, for the command line. */
  file: string;
  /** What is in it. */
  schedule: Schedule;
};

let tiny: TinyFarm | undefined;

/**
 * A fifth of a farm: 2 containers for each stage, a fifth of the eggs. Six batches in three slices, 180 days
 * apart: harvested, at sea (two), post-smolt, parr and eggs. The files go with the test run.
 */
export function tinyFarm(): TinyFarm {
  if (tiny !== undefined) return tiny;
  const config = tinyConfig();
  const { farm, biology, climate, work } = loadConfiguration(config);
  const { schedule } = plan(
    { batches: 3, stagger: 180, asOf: '2025-12-03', seed: 42, slices: 3, name: 'tiny' },
    farm,
    biology,
    climate,
    work,
  );
  const file = path.join(config, 'tiny.yaml');
  writeSchedule(file, schedule, 'test');
  tiny = { config, file, schedule };
  return tiny;
}

let young: TinyFarm | undefined;

/**
 * The first two batches of the tiny farm, each in a slice of its own, with its configuration: for tests of runs that end
 * in 2023, before the others begin. A third is simulated, and the rows of that year are the same.
 */
export function youngFarm(): TinyFarm {
  if (young !== undefined) return young;
  const { config, schedule: tiny } = tinyFarm();
  const { first_start: firstStart, as_of: asOf, seed } = tiny.metadata;
  const { farm, biology, climate, work } = loadConfiguration(config);
  const request = { batches: 1, stagger: 180, firstStart, asOf, seed, slices: 2, name: 'young' };
  const { schedule } = plan(request, farm, biology, climate, work);
  const file = path.join(config, 'young.yaml');
  writeSchedule(file, schedule, 'test');
  young = { config, file, schedule };
  return young;
}

let eventful: TinyFarm | undefined;

/** The tiny farm with everything that can go wrong, often, and time for transfers that take days. */
export function eventfulFarm(): TinyFarm {
  if (eventful !== undefined) return eventful;
  const config = tinyConfig();
  const incidentsFile = path.join(config, 'incidents.yaml');
  const incidents = parse(readFileSync(incidentsFile, 'utf8'));
  Object.assign(incidents, { enabled: true, disasters: true });
  // Whatever happens to a place happens nearly every year.
  for (const kind of Object.values<Record<string, unknown>>(incidents)) {
    for (const key of Object.keys(kind)) {
      if (/^per_(area|hall|ring|site)_(year|winter)$/.test(key) && typeof kind[key] === 'number')
        kind[key] = 0.9;
    }
  }
  incidents.thinning_harvest.batches = 1;
  // Early enough for a batch that is harvested before the end of history.
  incidents.thinning_harvest.weight_kg = { from: 3, to: 3.5 };
  incidents.lice_wave.per_batch_year = 1;
  incidents.disease.per_area_year = { 'Faroe Islands': 0.8, Scotland: 0.8 };
  incidents.algae_or_jellyfish.per_area_year = { 'Faroe Islands': 0.6, Scotland: 0.6 };
  incidents.storm.loss_chance = 0.5;
  writeFileSync(incidentsFile, stringify(incidents));
  const configuration = loadConfiguration(config);
  const { schedule } = plan(
    {
      batches: 3,
      stagger: 180,
      asOf: '2025-12-03',
      seed: 7,
      slices: 3,
      moveDays: 5,
      seaMoveDays: 25,
      name: 'eventful',
    },
    configuration.farm,
    configuration.biology,
    configuration.climate,
    configuration.work,
  );
  const file = path.join(config, 'eventful.yaml');
  writeSchedule(file, schedule, 'test');
  eventful = { config, file, schedule };
  return eventful;
}

/** The real configuration with the places of test/fixtures/farm and a fifth of the eggs; nothing goes wrong. */
export function tinyConfig(): string {
  const directory = scratchDirectory();
  for (const name of configurationFiles()) {
    cpSync(path.join(CONFIG_DIR, name), path.join(directory, name));
  }
  const { names, sensor_types, sensor_sets } = readYaml(CONFIG_DIR, 'infrastructure.yaml');
  const farm = { ...readYaml(FIXTURES, 'farm', 'infrastructure.yaml'), names, sensor_types, sensor_sets };
  writeFileSync(path.join(directory, 'infrastructure.yaml'), stringify(farm));
  const biology = readYaml(CONFIG_DIR, 'biology.yaml');
  Object.assign(biology.batch ?? {}, { eggs: { base: 600_000, step: 24_691, span: 160_000 } });
  writeFileSync(path.join(directory, 'biology.yaml'), stringify(biology));
  // As profile clean: every reading is there, every plan is kept.
  const incidents = { ...readYaml(CONFIG_DIR, 'incidents.yaml'), enabled: false };
  writeFileSync(path.join(directory, 'incidents.yaml'), stringify(incidents));
  return directory;
}

function readYaml(...file: string[]): Record<string, object> {
  return parse(readFileSync(path.join(...file), 'utf8'));
}

/** An empty directory that is removed at the end of the test run. */
export function scratchDirectory(): string {
  const parent = path.join(inject('testHome'), 'scratch');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(path.join(parent, 'farm-'));
}

export type GeneratedOptions = {
  /** A schedule file; that of the tiny farm by default. */
  schedule?: string;
  /** A configuration directory; with a schedule the real one, else that of the tiny farm by default. */
  config?: string;
  workers?: number;
  /** YYYY-MM-DD instead of the schedule's own. */
  asOf?: string;
};

/**
 * A database of the caller's own with a generated farm, the tiny one by default. Without a number of workers it is built
 * once per run for a farm and a day, then copied. Call `drop()` in afterAll.
 */
export async function generatedDatabase(options: GeneratedOptions = {}): Promise<TestDatabase> {
  if (options.workers === undefined) {
    const template = `farm_${contentKey(options)}`;
    await ensureTemplate(template, (url) => generateInto(url, options));
    return await createTestDatabase({ template });
  }
  const database = await createTestDatabase();
  try {
    await generateInto(database.url, options);
  } catch (error) {
    await database.drop();
    throw error;
  }
  return database;
}

/** The same for the same farm and day, in whatever directory its files are. */
function contentKey({ schedule, config, asOf }: GeneratedOptions): string {
  const directory = config ?? (schedule === undefined ? tinyFarm().config : CONFIG_DIR);
  const files = configurationFiles().map((it) => path.join(directory, it));
  const texts = [schedule ?? tinyFarm().file, ...files].map((it) => readFileSync(it, 'utf8'));
  return contentDigest([asOf ?? null, ...texts]).slice(0, 12);
}

function configurationFiles(): string[] {
  return readdirSync(CONFIG_DIR).filter((it) => it.endsWith('.yaml'));
}

/** A copy of the demo farm, config/schedules/demo.yaml, which is generated once per test run. */
export async function demoDatabase(): Promise<TestDatabase> {
  await ensureTemplate('demo', (url) => generateInto(url, { schedule: DEMO_SCHEDULE }));
  return await createTestDatabase({ template: 'demo' });
}

async function generateInto(url: string, options: GeneratedOptions = {}): Promise<void> {
  await mustRun(generateArguments(url, options));
}

/** The arguments of `generate` for the options. */
export function generateArguments(url: string, options: GeneratedOptions = {}): string[] {
  const isTiny = options.schedule === undefined;
  const config = options.config ?? (isTiny ? tinyFarm().config : undefined);
  return [
    'generate',
    options.schedule ?? tinyFarm().file,
    '--database-url',
    url,
    ...(config === undefined ? [] : ['--config', config]),
    ...(options.workers === undefined ? [] : ['--workers', String(options.workers)]),
    ...(options.asOf === undefined ? [] : ['--as-of', options.asOf]),
    // The realism of a farm is judged in other tests, and a tiny one need not be realistic.
    '--no-verify',
  ];
}

/** The arguments of `advance` to a day, without the schedule of the farm. */
export function advanceArguments(
  { url }: { url: string },
  farm: TinyFarm,
  to: string,
  ...more: string[]
): string[] {
  return ['advance', '--to', to, '--config', farm.config, '--database-url', url, ...more];
}
