import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Configuration, loadConfiguration } from '../../src/config/index.ts';
import { parseDay } from '../../src/planner/days.ts';
import { MOST_SHIFT, Week } from '../../src/planner/farm/week.ts';
import { type Plan, plan, predictRows, validateSchedule, writeSchedule } from '../../src/planner/index.ts';
import { mustRun } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, tinyConfig } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

/**
 * Another farm than the one in config/: three geographies, areas of 3 to 7 rings, four stages in fresh water
 * of other lengths, a shorter time at sea. It must plan and generate like any other.
 */

const LENGTHS = { egg_alevin: 80, fry: 95, parr: 70, smolt: 100, adult: 330 };

// biome-ignore lint/suspicious/noExplicitAny: YAML that is changed before it is checked.
type Yaml = any;

function change(file: string, edit: (value: Yaml) => void): void {
  const value = parse(readFileSync(file, 'utf8'));
  edit(value);
  writeFileSync(file, stringify(value));
}

function otherConfig(): string {
  const config = tinyConfig();
  change(path.join(config, 'infrastructure.yaml'), (farm) => {
    farm.allocation.ring_counts = [4, 3];
    const four = farm.area_types.four_rings;
    for (const count of [3, 5, 7]) {
      farm.area_types[`of_${count}`] = { ...four, containers: { ...four.containers, count } };
    }
    const [faroe, scotland] = farm.geographies;
    const areaOf = (prefix: string, first: number, type: string, sites: string[]) => ({
      ...{ name: `${prefix}-SEA-{nn}`, first, count: 1, production: true },
      ...{ type, sites, along: [[61, -6]] },
    });
    faroe.areas = [areaOf('FI', 1, 'of_3', ['open']), areaOf('FI', 2, 'of_7', ['open'])];
    scotland.areas = [areaOf('S', 1, 'of_5', ['loch']), areaOf('S', 2, 'of_3', ['open'])];
    farm.geographies.push({
      ...{ name: 'Vestland', code: 'VES', prefix: 'V', description: 'A third coast.' },
      stations: [{ ...faroe.stations[0], name: 'V-FW-{nn}', count: 1 }],
      areas: [areaOf('V', 1, 'of_7', ['fjord']), areaOf('V', 2, 'of_5', ['fjord'])],
    });
  });
  change(path.join(config, 'biology.yaml'), (biology) => {
    biology.stages = biology.stages.filter((it: Yaml) => it.key !== 'post_smolt');
    for (const [index, stage] of biology.stages.entries()) {
      stage.order = index + 1;
      stage.days = LENGTHS[stage.key as keyof typeof LENGTHS];
      if (typeof stage.tgc === 'object') stage.tgc.Vestland = 2.9;
      if (typeof stage.survival === 'object') stage.survival.Vestland = 0.965;
      if (stage.survival_days !== undefined) stage.survival_days = 300;
    }
    delete biology.mortality.shapes.post_smolt;
  });
  change(path.join(config, 'climate.yaml'), (climate) => {
    const { open } = climate.sea.geographies.Scotland.sites;
    climate.sea.geographies.Vestland = { sites: { fjord: open } };
    delete climate.freshwater.stages.post_smolt;
  });
  change(path.join(config, 'incidents.yaml'), (incidents) => {
    incidents.disease.per_area_year.Vestland = 0.2;
    incidents.algae_or_jellyfish.per_area_year.Vestland = 0.05;
  });
  return config;
}

let configuration: Configuration;
let planned: Plan;
let database: TestDatabase;

beforeAll(async () => {
  const config = otherConfig();
  configuration = loadConfiguration(config);
  const { farm, biology, climate, work } = configuration;
  planned = plan(
    { batches: 3, stagger: 75, asOf: '2025-12-03', seed: 5, slices: 2 },
    farm,
    biology,
    climate,
    work,
  );
  const schedule = path.join(config, 'other.yaml');
  writeSchedule(schedule, planned.schedule, 'test');
  database = await generatedDatabase({ schedule, config, workers: 2 });
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

describe('a farm of three geographies, unequal areas and another life', () => {
  it('is planned within its own bounds', () => {
    const { schedule } = planned;
    expect(validateSchedule(schedule, configuration.farm, configuration.biology)).toEqual([]);
    expect(schedule.batches.map((it) => it.batch_id.slice(0, 3))).toEqual([
      'FAR',
      'SCO',
      'VES',
      'FAR',
      'SCO',
      'VES',
      'FAR',
      'SCO',
      'VES',
    ]);
    // Fish arrive and move from Monday to Thursday on working days, so that a stage is a few days longer or shorter.
    const week = new Week(configuration.work, ['Faroe Islands', 'Scotland', 'Vestland']);
    for (const batch of schedule.batches) {
      const stages = Object.entries(batch.freshwater);
      expect(stages.map(([key]) => key)).toEqual(Object.keys(LENGTHS).slice(0, 4));
      const start = parseDay(batch.start_date) ?? Number.NaN;
      for (const [key, stage] of stages) {
        const length = LENGTHS[key as keyof typeof LENGTHS];
        expect(Math.abs(stage.end_day - stage.start_day - length), key).toBeLessThanOrEqual(2 * MOST_SHIFT);
        expect(week.has(start + stage.start_day), `${batch.batch_id} ${key}`).toBe(true);
      }
      expect(Math.abs(batch.sea.start_day - 345)).toBeLessThanOrEqual(MOST_SHIFT);
      expect(week.has(start + batch.sea.start_day), `${batch.batch_id} at sea`).toBe(true);
      expect(batch.sea.end_day).toBeLessThanOrEqual(675 + MOST_SHIFT);
    }
    const notes = new Set(schedule.batches.map((it) => it.sea.note));
    expect(notes.size).toBeGreaterThan(1);
  });

  it('is generated: every batch with its stages, and no fish lost', async () => {
    const batches = await rowsOf(database.url, 'select batch_number from public.batch_batch order by id');
    expect(batches.map((it) => it.batch_number)).toEqual(planned.schedule.batches.map((it) => it.batch_id));
    const balances = await rowsOf<{ eggs: number; left: number }>(
      database.url,
      `select sum(fish_start) filter (where day = 0)::integer as eggs,
              (sum(deaths) + sum(harvested) + sum(fish_end) filter (where day = last))::integer as left
         from (select *, max(day) over (partition by batch_no) as last from aquaseed.assignment_day) d
        group by batch_no order by batch_no`,
    );
    expect(balances.map((it) => it.left)).toEqual(balances.map((it) => it.eggs));
    expect(Math.min(...balances.map((it) => it.eggs))).toBeGreaterThan(500_000);
    const [readings] = await rowsOf<{ containers: string }>(
      database.url,
      'select count(distinct container_id) as containers from public.environmental_environmentalreading',
    );
    expect(Number(readings?.containers)).toBeGreaterThan(40);
  });

  it('tells a dry run its rate', async () => {
    const args = ['plan', '--preset', 'demo', '--dry-run', '--json', '--database-url', database.url];
    const result = (await mustRun(args)).json() as { estimate: { rate: string; rows_per_second: number } };
    expect(result.estimate.rate).toBe('measured');
    expect(result.estimate.rows_per_second).toBeGreaterThan(100);
  });

  it('has about the rows that were predicted', async () => {
    for (const [table, rows] of Object.entries(predictRows(planned.schedule, configuration))) {
      const [found] = await rowsOf<{ n: string }>(database.url, `select count(*) as n from public.${table}`);
      const off = Math.abs(Number(found?.n) - rows);
      expect(off, `${table}: ${found?.n} of ${rows}`).toBeLessThanOrEqual(
        (rows < 10_000 ? 0.15 : 0.03) * rows + 3,
      );
    }
  });
});
