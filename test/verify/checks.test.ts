import { beforeEach, describe, expect, it } from 'vitest';
import { checksSchema } from '../../src/config/checks.ts';
import { bounds, type Result, useDemoFarm } from '../support/checks.ts';
import { runCli } from '../support/cli.ts';
import { enums, stageNameColumns } from '../support/facts.ts';
import { FAULTS } from '../support/faults.ts';

const farm = useDemoFarm();
const { runCheck, failures, change } = farm;

/** Replaces a check by one that gives these rows. */
async function pretend(name: string, rows: string): Promise<void> {
  await farm.query(`drop function if exists aquaseed.${name}()`);
  await farm.query(`
    create function aquaseed.${name}() returns table (id text, measured double precision, detail text)
    language sql stable as $$ ${rows} $$`);
}

describe('the generated demo', () => {
  it('passes every check, and every metric has a range and every range a metric', async () => {
    const rows = await farm.query<Result & { verdict: string }>(
      'select r.* from aquaseed.verify((select run_id from aquaseed.run)) r',
    );
    expect(rows.filter((it) => it.verdict === 'FAIL')).toEqual([]);
    expect(rows.filter((it) => /not measured|no range/.test(it.detail))).toEqual([]);
    expect(rows.map((it) => it.id)).toEqual(bounds.checks.map((it) => it.id));
    for (const row of rows.filter((it) => it.verdict === 'n/a')) {
      expect(row.detail, row.id).toMatch(/^no |^not |fewer/);
    }
  });

  it('is verified the same way twice, the second time instead of the first', async () => {
    const read =
      'select id, round(measured::numeric, 6) as measured, verdict from aquaseed.check_report order by line';
    const verify = 'select aquaseed.verify(run_id) from aquaseed.run';
    await farm.query(verify);
    const first = await farm.query<Result>(read);
    await farm.query(verify);
    expect(await farm.query<Result>(read)).toEqual(first);
  });
});

describe('a check', () => {
  it('is listed in the order of its number, with what it says', async () => {
    const rows = await farm.query<{ number: number; description: string }>(
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
  it.each(FAULTS)('%s', async (_what, sql, check, metrics) => {
    expect(await failures(check)).toEqual([]);
    await change(sql);
    expect(await failures(check)).toEqual(metrics);
  });

  it('years and seasons of the sea, which a farm of a few batches cannot show', async () => {
    // 25 years of two areas in two geographies instead of the farm's own.
    const years = async (years: number, second: number) => {
      await farm.query(`
        create or replace function aquaseed._sea_temperature(p_by text)
        returns table (
          geography text, area_id bigint, series_id bigint, on_date date, temperature double precision,
          residual double precision
        )
        language sql stable as $$
          select g.name, g.no * 10 + a.no, g.no * 10 + a.no, date '1999-12-31' + d.no,
                 9 + 3 * (aquaseed.season(d.no, 235) + ${second} * aquaseed.season(2 * d.no, 80)) + 0.3 * a.no
                   + aquaseed.value_noise(g.no * 7919, d.no, 500, ${years})
                   + aquaseed.value_noise(g.no * 7907, d.no, 1700, ${years}), 0
          from (values (1::bigint, 'North'), (2, 'South')) g(no, name)
          cross join generate_series(1, 2) a(no)
          cross join generate_series(1, 25 * 365) d(no) $$`);
      const failed = await failures('check_50_sea_waters');
      return failed.filter((it) => ['50.annual', '50.warm_cold', '50.harmonic'].includes(it));
    };
    expect(await years(0.35, 0.16)).toEqual([]);
    expect(await years(0.05, 0.16)).toEqual(['50.annual', '50.warm_cold']);
    // The extent of wild years has a wide error.
    expect(await years(1.5, 0.16)).toEqual(['50.annual']);
    expect(await years(0.35, 0)).toEqual(['50.harmonic']);
    expect(await years(0.35, 0.5)).toEqual(['50.harmonic']);
  });

  it('a foreign key is not proven', async () => {
    const check = 'check_51_foreign_keys';
    expect(await failures(check)).toEqual([]);
    await farm.query(`
      alter table public.harvest_harvestlot
        add constraint later foreign key (event_id) references public.harvest_harvestevent not valid`);
    expect(await failures(check)).toEqual(['51.unproven']);
  });
});

describe('of all checks, exactly the right one fails', () => {
  it.each<[string, string, string, string[], string[]?]>([
    [
      'volume',
      'a batch is in another stage than planned',
      `update public.batch_batch set lifecycle_stage_id = (select id from public.batch_lifecyclestage where name = 'Fry')
       where status = 'ACTIVE' and lifecycle_stage_id <> (select id from public.batch_lifecyclestage where name = 'Fry')`,
      ['71.plan'],
    ],
    [
      'integrity',
      'a way of moving fish that AquaMind does not know',
      `update public.batch_transferaction set transfer_method = 'TELEPORT' where id = (select min(id) from public.batch_transferaction)`,
      ['56'],
    ],
    [
      'mass balance',
      'feed is stolen from a silo',
      `update public.inventory_feedcontainerstock set quantity_kg = quantity_kg - 0.5
       where id = (select min(id) from public.inventory_feedcontainerstock where quantity_kg > 1)`,
      ['46.balance'],
    ],
    [
      'mass balance',
      'a mortality event is gone',
      `delete from public.batch_mortalityevent where id = (select min(id) from public.batch_mortalityevent)`,
      ['1.assignment', '1.batch'],
    ],
    [
      'conflicts',
      'an assignment is there twice',
      `insert into public.batch_batchcontainerassignment
       select (jsonb_populate_record(a, jsonb_build_object('id', 100 * a.batch_id + 99, 'population_count', 0))).*
       from public.batch_batchcontainerassignment a
       where a.id = (select min(x.id) from public.batch_batchcontainerassignment x where not x.is_active)`,
      ['61'],
      ['83.missing'],
    ],
    [
      'growth',
      'fish eat and do not grow',
      `update aquaseed.assignment_day set weight_g = weight_start_g where life_stage_no = 2 and day % 10 = 0`,
      ['8.fry'],
    ],
    [
      'realism',
      'salinity is that of a brook',
      `update public.environmental_environmentalreading r set value = value - 4
       from public.environmental_environmentalparameter p
       where p.id = r.parameter_id and p.name = 'Salinity' and r.container_id in (select s.container_id from aquaseed._sample_stays('sea') s)`,
      ['23.faroe_islands_p1', '23.faroe_islands_p50', '23.scotland_p50'],
    ],
    [
      'utilisation',
      'fish came to a ring before it was theirs',
      `update public.batch_batchcontainerassignment set assignment_date = assignment_date - 1
       where id = (select max(a.id) from public.batch_batchcontainerassignment a
                   join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null)`,
      ['91.beyond'],
      ['83.missing'],
    ],
  ])('%s: %s', async (_group, _what, sql, metrics, ofStates = []) => {
    // Where the farm has daily states, an assignment's longer stay lacks some.
    const [states] = await farm.query<{ there: boolean }>(
      'select exists (select from public.batch_actualdailyassignmentstate) as there',
    );
    await change(sql);
    const expected = states?.there ? [...metrics, ...ofStates] : metrics;
    expect((await farm.allFailures()).sort()).toEqual([...expected].sort());
  });
});

describe('the values that AquaMind accepts', () => {
  it('are those of its schema', async () => {
    const rows = await farm.query<{ name: string; values: string[] }>(
      `select format('%s.%s', table_name, column_name) as name, array_agg(value order by value collate "C") as values
       from aquaseed.allowed_value group by 1 order by 1`,
    );
    const expected = enums
      .map(({ table, column, values }) => ({ name: `${table}.${column}`, values: [...values].sort() }))
      .filter(({ name }) => !stageNameColumns.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(rows).toEqual(expected);
  });
});

describe('the prediction of the plan', () => {
  // The demo farm has fewer batches than are asked for.
  beforeEach(() => change(`update aquaseed.check_bound set least = 12 where id = '72.predicted'`));
  const predict = (factor: number) =>
    change(`update aquaseed.run r set predicted = (
      select jsonb_object_agg(g.table_name, round(g.rows * ${factor})) from aquaseed.generated_rows(r.run_id) g)`);

  it('is met within eight percent', async () => {
    await predict(1.06);
    expect(await runCheck('check_72_rows')).toMatchObject([
      { pass: true },
      { id: '72.predicted', pass: true },
    ]);
    await predict(1.1);
    expect(await runCheck('check_72_rows')).toMatchObject([
      { pass: true },
      { id: '72.predicted', pass: false },
    ]);
  });

  it('cannot be judged when there is none', async () => {
    await change('update aquaseed.run set predicted = null');
    expect(await runCheck('check_72_rows')).toMatchObject([
      { pass: true },
      { id: '72.predicted', pass: null },
    ]);
  });
});

it('the occupancy by day adds up to the assignments', async () => {
  const rows = await farm.query<{ unit: string; days: number; recorded: number }>(
    `select o.unit, sum(o.used)::float8 as days, (
       select sum(x.days)::float8 from (
         select a.batch_id, max(coalesce(a.departure_date, r.as_of)) - min(a.assignment_date) as days
         from public.batch_batchcontainerassignment a
         join public.infrastructure_container c on c.id = a.container_id
         cross join aquaseed.run r
         where (c.area_id is not null) = (o.unit = 'rings')
         group by a.batch_id, a.lifecycle_stage_id, case when c.area_id is not null then c.id end) x) as recorded
     from aquaseed.list_occupancy() o group by o.unit order by o.unit`,
  );
  expect(rows.map((it) => it.unit)).toEqual(['halls', 'rings']);
  for (const { days, recorded } of rows) expect(days).toBe(recorded);
});

it('oxygen solubility is that of the tables', async () => {
  // Garcia and Gordon 1992 give 274.610 umol/kg, 6.315 ml/L, for 10 deg C and salinity 35.
  const [row] = await farm.query<{ sea: number; warm: number; fresh: number }>(
    `select round(aquaseed._oxygen_solubility(10, 35)::numeric / 1.42905, 3)::float8 as sea,
       round(aquaseed._oxygen_solubility(13.5, 33)::numeric, 2)::float8 as warm,
       round(aquaseed._oxygen_solubility(13, 0)::numeric, 2)::float8 as fresh`,
  );
  expect(row).toEqual({ sea: 6.315, warm: 8.49, fresh: 10.54 });
});

describe('verify --json', () => {
  it('prints every check with its range and the number that failed', async () => {
    const { code, json } = await runCli(['verify', '--json', '--database-url', farm.url()]);
    const result = json() as { failed: number; checks: Record<string, unknown>[] };
    expect(result.failed).toBe(0);
    expect(code).toBe(0);
    expect(result.checks.map((it) => it.id)).toEqual(bounds.checks.map((it) => it.id));
    for (const it of result.checks) {
      expect(Object.keys(it)).toEqual([
        ...['id', 'group', 'name', 'measured', 'low', 'high', 'pass', 'standard_error', 'units', 'unit'],
        ...['judged_low', 'judged_high'],
      ]);
      const { least: _, ...bound } = bounds.checks.find((one) => one.id === it.id) ?? {};
      expect(it).toMatchObject(bound);
    }
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

  it('refuses a sample of units that it does not know, and takes one that it does', () => {
    const file = { schema_version: 1, sampling: { standard_errors: 4, least: { batch: 2 } } };
    expect(checksSchema.safeParse({ ...file, checks: [{ ...check, unit: 'fish' }] }).success).toBe(false);
    expect(checksSchema.safeParse({ ...file, checks: [{ ...check, unit: 'batch' }] }).success).toBe(true);
    expect(checksSchema.safeParse({ ...file, checks: [{ ...check, least: 5 }] }).success).toBe(false);
  });

  it('refuses an id twice, takes an open end', () => {
    expect(checksSchema.safeParse({ schema_version: 1, checks: [check, check] }).success).toBe(false);
    const open = { ...check, high: null };
    expect(checksSchema.safeParse({ schema_version: 1, checks: [open] }).success).toBe(true);
  });
});
