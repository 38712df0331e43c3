import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { migratedDatabase, withClient } from '../support/run.ts';

/** Settings are read as types: nothing that is missing slips through as null. */

const MIGRATION = path.join(import.meta.dirname, '../../sql/migrations/016_setting_types.sql');

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase();
});
afterAll(() => database.drop());

/** Does something to the settings, and then nothing stays of it. */
async function tried<T>(change: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return await withClient(database.url, async (client) => {
    await client.query('begin');
    try {
      await client.query(change);
      return await work(client);
    } finally {
      await client.query('rollback');
    }
  });
}

async function evaluated(client: pg.Client, expression: string): Promise<unknown> {
  const { rows } = await client.query<{ value: unknown }>(`select ${expression} as value`);
  return rows[0]?.value;
}

const WATER = `aquaseed.settings('climate.sea.temperature', null::aquaseed.sea_water_temperature)`;
const changed = (at: string, value: string): string =>
  `update aquaseed.setting set tree = jsonb_set(tree, '${at}', '${value}') where path = 'climate.sea'`;
const without = (at: string): string =>
  `update aquaseed.setting set tree = tree #- '${at}' where path = 'climate.sea'`;

describe('a section', () => {
  it('is read to the last bit, with what is below it', async () => {
    const exact = 0.1 + 0.2;
    const read = await tried(changed('{temperature,ring_noise,sigma}', String(exact)), (client) =>
      evaluated(client, `array[((${WATER}).ring_noise).sigma, ((${WATER}).geography_noise[2]).tau]`),
    );
    expect(read).toEqual([exact, 6]);
  });

  it.each([
    ['a number of its own', without('{temperature,ring_sd}'), 'ring_sd'],
    ['a number further down', without('{temperature,ring_noise,tau}'), 'ring_noise.tau'],
    ['a number in a list', without('{temperature,geography_noise,1,sigma}'), 'geography_noise.1.sigma'],
    ['a section of its own', without('{temperature,diurnal}'), 'diurnal'],
    ['anything but null', changed('{temperature,ring_sd}', 'null'), 'ring_sd'],
    ['anything but a text', changed('{temperature,ring_sd}', '"warm"'), 'ring_sd'],
    ['anything but a number as text', changed('{temperature,ring_noise,tau}', '"3"'), 'ring_noise.tau'],
    ['anything but a truth value', changed('{temperature,ring_sd}', 'true'), 'ring_sd'],
  ])('that lacks %s is refused by its path', async (_, change, at) => {
    await expect(tried(change, (client) => evaluated(client, WATER))).rejects.toMatchObject({
      code: 'AQ002',
      message: `setting climate.sea.temperature.${at} is missing or not a number`,
    });
  });

  it('may hold what its type does not name', async () => {
    const change = changed('{temperature,note}', '"of the surface"');
    expect(await tried(change, (client) => evaluated(client, `(${WATER}).ring_sd`))).toBe(0.05);
  });

  it('that is not there is refused by its path', async () => {
    await expect(tried(without('{temperature}'), (client) => evaluated(client, WATER))).rejects.toMatchObject(
      { code: 'AQ002', message: 'setting climate.sea.temperature is missing' },
    );
  });
});

describe('names below a path', () => {
  const named = changed('{geographies,St. Kilda}', '{"rate": 0.5}');

  it('may hold dots', async () => {
    const value = await tried(named, (client) =>
      evaluated(client, `aquaseed.number('climate.sea.geographies', 'St. Kilda', 'rate')`),
    );
    expect(value).toBe(0.5);
  });

  it('are in the message', async () => {
    await expect(
      tried(named, (client) =>
        evaluated(client, `aquaseed.number('climate.sea.geographies', 'St. Kilda', 'chance')`),
      ),
    ).rejects.toMatchObject({
      code: 'AQ002',
      message: 'setting climate.sea.geographies.St. Kilda.chance is missing or not a number',
    });
  });
});

it('settings of the version before are kept', async () => {
  const text = readFileSync(MIGRATION, 'utf8');
  const upgrade = text.slice(
    text.indexOf('alter table aquaseed.setting add column tree'),
    text.indexOf('comment on table aquaseed.setting'),
  );
  // Functions of the new version depend on the columns.
  const before = `
    drop function aquaseed.incidents_enabled();
    drop function aquaseed.disasters_enabled();
    create table aquaseed.setting_after as select * from aquaseed.setting;
    delete from aquaseed.setting;
    alter table aquaseed.setting drop column tree, add column number double precision, add column label text;`;
  const leaves = `
    with recursive node(path, value) as (
      select path, tree from aquaseed.setting_after
      union all
      select n.path || '.' || c.key, c.value
      from node n
      cross join lateral (
        select e.key, e.value from jsonb_each(case when jsonb_typeof(n.value) = 'object' then n.value end) e
        union all
        select (a.ordinality - 1)::text, a.value
        from jsonb_array_elements(case when jsonb_typeof(n.value) = 'array' then n.value end)
          with ordinality a(value, ordinality)
      ) c
    )
    insert into aquaseed.setting (path, number, label)
    select path, case when jsonb_typeof(value) = 'number' then value::double precision end,
           case when jsonb_typeof(value) <> 'number' then value #>> '{}' end
    from node where jsonb_typeof(value) not in ('object', 'array');`;
  await tried(before + leaves, async (client) => {
    await client.query(upgrade);
    const differing = await client.query(
      `select path from aquaseed.setting s full join aquaseed.setting_after a using (path)
       -- That version had no working days.
       where s.tree is distinct from a.tree and path not like 'work.%'`,
    );
    expect(differing.rows).toEqual([]);
  });
});
