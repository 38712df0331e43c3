import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/config/index.ts';
import { type MasterData, masterDataSchema } from '../../src/config/master-data.ts';
import { enums } from '../support/facts.ts';
import { readProjectFile } from '../support/schema.ts';

const { infrastructure, biology, climate } = loadConfiguration();
const schema = masterDataSchema(infrastructure, biology, climate);
const file = (): MasterData => schema.parse(parse(readProjectFile('config/master-data.yaml')));

function problems(data: unknown): string[] {
  const result = schema.safeParse(data);
  return result.success
    ? []
    : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('config/master-data.yaml', () => {
  test('is valid', () => {
    expect(problems(file())).toEqual([]);
  });

  test('says nothing of passwords', () => {
    expect(readProjectFile('config/master-data.yaml')).not.toMatch(/password\s*:/i);
  });

  test('must not have unknown keys', () => {
    expect(problems({ ...file(), feedz: [] })[0]).toContain('feedz');
    const data = file();
    expect(problems({ ...data, finance: { ...data.finance, vat: 25 } })[0]).toContain('vat');
  });

  test('must not name a thing twice', () => {
    const data = file();
    expect(problems({ ...data, feeds: [...data.feeds, data.feeds[0]] })).toEqual([
      'feeds.6: a second entry with name ["Starter Feed 0.5mm"]',
    ]);
  });

  test('must describe every score', () => {
    const data = file();
    const [first, ...others] = data.health_parameters;
    const health_parameters = [{ ...first, scores: ['Fine.'] }, ...others];
    expect(problems({ ...data, health_parameters })).toEqual([
      'health_parameters.0.scores: needs one description for each of the 4 scores',
    ]);
  });

  test('must have a price for every grade', () => {
    const data = file();
    const { REJECT: _, ...cost_per_kg } = data.finance.harvest_sale.cost_per_kg;
    const harvest_sale = { ...data.finance.harvest_sale, cost_per_kg };
    expect(problems({ ...data, finance: { ...data.finance, harvest_sale } })).toEqual([
      'finance.harvest_sale.cost_per_kg: no price for grade REJECT',
    ]);
  });

  test('must sell between companies and of stages that exist', () => {
    const data = file();
    const smolt_sale = { ...data.finance.smolt_sale, from: 'BS', stage: 'kelt' };
    expect(problems({ ...data, finance: { ...data.finance, smolt_sale } })).toEqual([
      'finance.smolt_sale.stage: unknown stage kelt',
      'finance.smolt_sale.from: no company BS',
    ]);
  });

  test.each(
    enums.filter(({ table }) => table === 'inventory_feed' || table === 'infrastructure_containertype'),
  )('accepts in $table.$column what the application accepts', ({ table, values }) => {
    const data = file();
    for (const value of [...values, 'SOMETHING']) {
      const [changed, at] =
        table === 'inventory_feed'
          ? [{ ...data, feeds: [{ ...data.feeds[0], size_category: value }] }, 'feeds.0.size_category: ']
          : [
              { ...data, container_types: [{ ...data.container_types[0], category: value }] },
              'container_types.0.category: ',
            ];
      // What else a farm needs of these lists is another matter.
      expect(
        problems(changed).some((it) => it.startsWith(at)),
        value,
      ).toBe(value === 'SOMETHING');
    }
  });
});
