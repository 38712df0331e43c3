import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checksSchema } from '../../src/config/checks.ts';
import { CONFIG_DIR, readYaml } from '../../src/config/index.ts';
import { demoDatabase, GENERATION_TIMEOUT } from '../support/generated.ts';

type Result = { id: string; measured: number | null; pass: boolean | null; detail: string };

const bounds = readYaml(path.join(CONFIG_DIR, 'checks.yaml'), checksSchema);

let database: Awaited<ReturnType<typeof demoDatabase>>;
let client: pg.Client;

beforeAll(async () => {
  database = await demoDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('select aquaseed.load_check_bounds($1)', [JSON.stringify(bounds)]);
}, GENERATION_TIMEOUT);
afterAll(async () => {
  await client?.end();
  await database?.drop();
});
// Each test breaks what it likes.
beforeEach(async () => {
  await client.query('begin');
});
afterEach(async () => {
  await client.query('rollback');
});

async function runCheck(name: string): Promise<Result[]> {
  const { rows } = await client.query<Result>(
    'select id, measured, pass, detail from aquaseed.run_check((select run_id from aquaseed.run), $1) order by id',
    [name],
  );
  return rows;
}

/** The ids of the metrics that fail, of one or more checks. */
async function failures(names: string): Promise<string[]> {
  const failed: string[] = [];
  for (const name of names.split(', ')) {
    failed.push(...(await runCheck(name)).filter((it) => it.pass === false).map((it) => it.id));
  }
  return failed;
}

async function change(sql: string): Promise<void> {
  const { rowCount } = await client.query(sql);
  expect(rowCount, 'rows that were broken').toBeGreaterThan(0);
}

/** Replaces a check by one that gives these rows. */
async function pretend(name: string, rows: string): Promise<void> {
  await client.query(`
    create or replace function aquaseed.${name}() returns table (id text, measured double precision, detail text)
    language sql stable as $$ ${rows} $$`);
}

describe('the generated demo', () => {
  it('passes every check, and every metric has a range and every range a metric', async () => {
    const { rows } = await client.query<Result & { verdict: string }>(
      'select r.* from aquaseed.verify((select run_id from aquaseed.run)) r',
    );
    expect(rows.filter((it) => it.verdict === 'FAIL')).toEqual([]);
    expect(rows.filter((it) => /not measured|no range/.test(it.detail))).toEqual([]);
    expect(rows.map((it) => it.id)).toEqual(bounds.checks.map((it) => it.id));
    for (const row of rows.filter((it) => it.verdict === 'n/a')) {
      expect(row.measured).toBeNull();
      expect(row.detail, row.id).toMatch(/^no |^not |fewer/);
    }
  });

  it('is verified the same way twice, the second time instead of the first', async () => {
    const read =
      'select id, round(measured::numeric, 6) as measured, verdict from aquaseed.check_report order by line';
    const verify = 'select aquaseed.verify(run_id) from aquaseed.run';
    await client.query(verify);
    const first = await client.query<Result>(read);
    await client.query(verify);
    expect((await client.query<Result>(read)).rows).toEqual(first.rows);
  });
});

describe('a check', () => {
  it('is listed in the order of its number, with what it says', async () => {
    const { rows } = await client.query<{ number: number; description: string }>(
      'select number, description from aquaseed.list_checks()',
    );
    expect(rows.map((it) => it.number)).toEqual(rows.map((it) => it.number).sort((a, b) => a - b));
    for (const { description } of rows) expect(description).toMatch(/\w+/);
  });

  it('passes within its range, both ends included, and only there', async () => {
    const low = bounds.checks.find((it) => it.id === '3')?.low;
    await pretend('check_03_overall_survival', `select '3', ${low}::double precision, ''`);
    expect(await runCheck('check_03_overall_survival')).toMatchObject([{ pass: true }]);
    await pretend('check_03_overall_survival', `select '3', ${low} - 1e-9::double precision, ''`);
    expect(await runCheck('check_03_overall_survival')).toMatchObject([{ pass: false }]);
    await pretend('check_03_overall_survival', `select '3', 'NaN'::double precision, ''`);
    expect(await runCheck('check_03_overall_survival')).toMatchObject([{ pass: false }]);
  });

  it('is neither passed nor failed without enough data, without a row or without a range', async () => {
    await pretend('check_03_overall_survival', `select '3', null::double precision, 'no completed batch'`);
    expect(await runCheck('check_03_overall_survival')).toMatchObject([
      { pass: null, detail: 'no completed batch' },
    ]);
    await pretend('check_12_adult_days', `select '12.min', 300::double precision, ''`);
    expect(await runCheck('check_12_adult_days')).toMatchObject([
      { id: '12.max', pass: null, detail: expect.stringContaining('not measured') },
      { id: '12.median', pass: null },
      { id: '12.min', pass: true },
    ]);
    await pretend('check_99_new', `select '99', 1::double precision, ''`);
    expect(await runCheck('check_99_new')).toMatchObject([
      { id: '99', pass: null, measured: 1, detail: expect.stringContaining('no range') },
    ]);
  });

  it('fails all its metrics when it ends in an error', async () => {
    await pretend('check_12_adult_days', `select '12.min', 1 / length('')::double precision, ''`);
    const results = await runCheck('check_12_adult_days');
    expect(results).toHaveLength(3);
    for (const it of results)
      expect(it).toMatchObject({ pass: false, detail: expect.stringMatching(/22012/) });
  });

  it('must exist', async () => {
    await expect(runCheck('check_99_none')).rejects.toMatchObject({ code: 'AQ005' });
  });
});

describe('broken data fails the check that is for it', () => {
  const mortality = 'check_01_mass_balance';
  const someRing = `(select min(c.id) from public.infrastructure_container c
    join public.batch_batchcontainerassignment a on a.container_id = c.id where c.area_id is not null)`;
  const temperature = `(select id from public.environmental_environmentalparameter where name = 'Temperature')`;
  const anyBatch = `(select min(id) from public.batch_batch)`;

  it.each<[string, string, string, string[]]>([
    [
      'a mortality event is gone',
      `delete from public.batch_mortalityevent where id = (select min(id) from public.batch_mortalityevent)`,
      mortality,
      ['1.assignment', '1.batch'],
    ],
    [
      'a fish is counted twice on the way to the next stage',
      `update public.batch_transferaction set transferred_count = transferred_count + 1
       where id = (select min(id) from public.batch_transferaction)`,
      mortality,
      ['1.assignment', '1.closed', '1.day', '1.transition'],
    ],
    [
      'a harvest lot lacks a fish',
      `update public.harvest_harvestlot set unit_count = unit_count - 1
       where id = (select min(id) from public.harvest_harvestlot)`,
      mortality,
      ['1.assignment', '1.batch'],
    ],
    [
      'fish died before they came',
      `update public.batch_mortalityevent set event_date = event_date - 400
       where id = (select max(id) from public.batch_mortalityevent where batch_id = ${anyBatch})`,
      mortality,
      ['1.day'],
    ],
    [
      'all smolts die twice',
      `update public.batch_mortalityevent m set count = count * 10
       from public.batch_batchcontainerassignment a
       join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id and l.name = 'Smolt'
       where a.id = m.assignment_id`,
      'check_05_stage_survival',
      ['5.smolt'],
    ],
    [
      'a stage ends too heavy',
      `update public.batch_batchcontainerassignment a set avg_weight_g = avg_weight_g * 1.5
       from public.batch_lifecyclestage l where l.id = a.lifecycle_stage_id and l.name = 'Parr'`,
      'check_07_stage_end_weight',
      ['7.parr'],
    ],
    [
      'fish eat and do not grow',
      `update aquaseed.assignment_day set weight_g = weight_start_g where stage_order = 2 and day % 10 = 0`,
      'check_08_fed_without_growth',
      ['8.fry'],
    ],
    [
      'the feed of a stage is lost',
      `update public.inventory_feedingevent f set amount_kg = amount_kg / 2
       from public.batch_batchcontainerassignment a
       join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id and l.name = 'Post-Smolt'
       where a.id = f.batch_assignment_id`,
      'check_13_biological_fcr',
      ['13.post_smolt'],
    ],
    [
      'the sea is lukewarm, and warmer in winter',
      `update public.environmental_environmentalreading r set value = 10 - (value - 10) / 3
       from public.infrastructure_container c
       where c.id = r.container_id and c.area_id is not null and r.parameter_id = ${temperature}`,
      'check_16_sea_range, check_18_sea_seasons',
      ['16.faroe_islands', '16.scotland', '18.faroe_islands', '18.scotland'],
    ],
    [
      'temperatures are white noise around the season, each ring its own',
      `update public.environmental_environmentalreading r
       set value = value + hashint8(r.reading_time::date - date '2000-01-01' + 10000 * r.container_id) / 2147483648.0
       from public.infrastructure_container c
       where c.id = r.container_id and c.area_id is not null and r.parameter_id = ${temperature}`,
      'check_19_sea_memory, check_20_sea_rings',
      ['19.raw', '19.residual', '20.raw', '20.residual'],
    ],
    [
      'more feed is in stock than there can be',
      `update public.inventory_feedcontainerstock set quantity_kg = quantity_kg + 0.01
       where id = (select max(id) from public.inventory_feedcontainerstock)`,
      'check_46_feed_ledger',
      ['46.balance'],
    ],
    [
      'feed was given before it was delivered',
      `update public.inventory_feedcontainerstock set entry_date = entry_date + interval '60 days'
       where id = (select min(id) from public.inventory_feedcontainerstock)`,
      'check_46_feed_ledger',
      ['46.early', '46.stock'],
    ],
    [
      'a reading has no assignment',
      `update public.environmental_environmentalreading set batch_container_assignment_id = null
       where id = (select min(id) from public.environmental_environmentalreading)`,
      'check_52_references',
      ['52.readings'],
    ],
    [
      'readings of a ring have no sensor',
      `update public.environmental_environmentalreading set sensor_id = null where container_id = ${someRing}`,
      'check_52_references',
      ['52.sensors'],
    ],
    [
      'a container holds another batch too',
      `insert into public.batch_batchcontainerassignment
       select (jsonb_populate_record(a, jsonb_build_object('id', 1000000000, 'batch_id',
         (select max(id) from public.batch_batch)))).*
       from public.batch_batchcontainerassignment a where a.container_id = ${someRing} limit 1`,
      'check_61_conflicts',
      ['61'],
    ],
  ])('%s', async (_what, sql, check, metrics) => {
    expect(await failures(check)).toEqual([]);
    await change(sql);
    expect(await failures(check)).toEqual(metrics);
  });

  it('a foreign key is not proven', async () => {
    const check = 'check_51_foreign_keys';
    expect(await failures(check)).toEqual([]);
    await client.query(`
      alter table public.harvest_harvestlot
        add constraint later foreign key (event_id) references public.harvest_harvestevent not valid`);
    expect(await failures(check)).toEqual(['51.unproven']);
  });
});

describe('checks.yaml', () => {
  const check = { id: '3', group: 'realism', name: 'Survival', low: 0, high: 1 };

  it.each([
    ['an id that is no number', { ...check, id: 'three' }],
    ['an unknown group', { ...check, group: 'fun' }],
    ['a range upside down', { ...check, low: 2 }],
    ['a range left out', { id: '3', group: 'realism', name: 'Survival', low: 0 }],
    ['a key it does not know', { ...check, unit: 'kg' }],
  ])('refuses %s', (_what, entry) => {
    expect(checksSchema.safeParse({ schema_version: 1, checks: [entry] }).success).toBe(false);
  });

  it('refuses an id twice, takes an open end', () => {
    expect(checksSchema.safeParse({ schema_version: 1, checks: [check, check] }).success).toBe(false);
    const open = { ...check, high: null };
    expect(checksSchema.safeParse({ schema_version: 1, checks: [open] }).success).toBe(true);
  });
});
