import { describe, expect, it } from 'vitest';
import { useDemoFarm } from '../support/checks.ts';

// How a metric is judged: the range of its population, widened by the sampling error of the farm.

const farm = useDemoFarm();

/** The verdict of a check of its own on a sample: range 10 to 20, four standard errors, from three batches on. */
async function judge(measured: number, error: number | null, units: number | null, bound = {}) {
  const { unit = 'batch', high = 20 } = bound as { unit?: string | null; high?: number | null };
  await farm.query(`delete from aquaseed.check_bound where id = '99'`);
  await farm.query(
    `insert into aquaseed.check_bound (id, position, check_group, name, low, high, unit, least, standard_errors)
     values ('99', 1, 'realism', 'a metric', 10, $1, $2, 3, 4)`,
    [high, unit],
  );
  await farm.query('drop function if exists aquaseed.check_99_sample()');
  await farm.query(`
    create function aquaseed.check_99_sample()
    returns table (id text, measured double precision, detail text, standard_error double precision, units integer)
    language sql stable as $$ select '99', ${measured}::double precision, '', ${error}::double precision, ${units}::integer $$`);
  const [result] = await farm.runCheck('check_99_sample');
  return result;
}

describe('a sample', () => {
  it('passes within four standard errors of its range, and only there', async () => {
    expect(await judge(21.9, 0.5, 3)).toMatchObject({ pass: true });
    expect(await judge(22.1, 0.5, 3)).toMatchObject({ pass: false });
    expect(await judge(7.9, 0.5, 3)).toMatchObject({ pass: false });
    expect(await judge(20.1, 0, 3)).toMatchObject({ pass: false });
  });

  it('is not judged below its least number of units', async () => {
    expect(await judge(15, 0.5, 2)).toMatchObject({
      pass: null,
      detail: expect.stringMatching(/^fewer than 3/),
    });
    expect(await judge(99, 0.5, 2)).toMatchObject({ pass: null });
  });

  it('is not passed where its error is wider than the range, but fails outside of that', async () => {
    expect(await judge(15, 2.4, 3)).toMatchObject({ pass: true });
    expect(await judge(15, 2.6, 3)).toMatchObject({
      pass: null,
      detail: expect.stringMatching(/^not enough/),
    });
    expect(await judge(31, 2.6, 3)).toMatchObject({ pass: false });
    expect(await judge(15, 2.6, 3, { high: null })).toMatchObject({ pass: true });
  });

  it('with no number is a failure, whatever its error', async () => {
    const nan = "'NaN'" as unknown as number;
    expect(await judge(nan, 0.5, 3)).toMatchObject({ pass: false });
    expect(await judge(15, nan, 3)).toMatchObject({ pass: false });
  });
});

it('an exact metric is never widened, nor does it need a number of units', async () => {
  expect(await judge(20.1, 5, 100, { unit: null })).toMatchObject({ pass: false });
  expect(await judge(20, null, null, { unit: null })).toMatchObject({ pass: true });
});

it('what must be exact has no unit: mass balance, integrity, conflicts, whatever allows one number only', async () => {
  const rows = await farm.query<{ id: string }>(
    `select id from aquaseed.check_bound
     where unit is not null and (low = high or check_group in ('mass_balance', 'integrity', 'conflicts', 'volume'))
       -- The plan's prediction is of mean fish; eggs are culled under the profile for it, which has a range.
       and id not in ('72.predicted', '60')`,
  );
  expect(rows).toEqual([]);
});

describe('the standard error', () => {
  const number = async (sql: string) =>
    (await farm.query<{ n: number | null }>(`select (${sql})::float8 as n`))[0]?.n ?? null;

  it('of a mean and a median follows from the spread of the units', async () => {
    expect(await number('aquaseed._standard_error(3, 9)')).toBeCloseTo(1);
    expect(await number('aquaseed._standard_error(3, 9, true)')).toBeCloseTo(1.2533);
    expect(await number('aquaseed._standard_error(0, 1)')).toBeNull();
  });

  it('of a ratio is none where all units agree, and that of the mean where all weigh the same', async () => {
    expect(await number(`aquaseed._ratio_error('{2,4,6}', '{1,2,3}')`)).toBeCloseTo(0);
    // Mean of 1, 2, 3: deviation 1, divided by the root of 3.
    expect(await number(`aquaseed._ratio_error('{1,2,3}', '{1,1,1}')`)).toBeCloseTo(1 / Math.sqrt(3));
    expect(await number(`aquaseed._ratio_error('{1}', '{1}')`)).toBeNull();
  });

  it('by leaving one out is that of the mean', async () => {
    // Means of 1, 2, 3 without each: 2.5, 2, 1.5.
    expect(await number(`aquaseed._jackknife_error('{2.5,2,1.5}')`)).toBeCloseTo(1 / Math.sqrt(3));
  });

  it('of a correlation is that of its stretches of 60 days', async () => {
    expect(await number('aquaseed._correlation_error(0, 360)')).toBeCloseTo(1 / Math.sqrt(6));
    expect(await number('aquaseed._correlation_error(0.9, 360)')).toBeCloseTo(0.19 / Math.sqrt(6));
    expect(await number('aquaseed._correlation_error(0.5, 100)')).toBeNull();
  });
});
