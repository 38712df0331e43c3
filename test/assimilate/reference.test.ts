import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { demoDatabase, GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';
import { rowsOf, withClient } from '../support/run.ts';
import { Records } from '../support/state-mutations.ts';
import { referenceStates, type StateRow, storedStates } from '../support/state-reference.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await generatedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

/** The first rows that differ, as pairs; empty when there are none. */
function differences(stored: StateRow[], expected: StateRow[]): unknown[] {
  const byId = new Map(stored.map((row) => [row.id, row]));
  const found: unknown[] = [];
  for (const row of expected) {
    const other = byId.get(row.id ?? null);
    byId.delete(row.id ?? null);
    if (JSON.stringify(entries(other)) !== JSON.stringify(entries(row)))
      found.push({ stored: other, expected: row });
  }
  found.push(...[...byId.values()].map((row) => ({ stored: row, expected: undefined })));
  return found.slice(0, 3);
}

function entries(row: StateRow | undefined): unknown {
  return row === undefined ? undefined : Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
}

async function batchesOf(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>('select id::int as id from batch_batch order by id');
  return rows.map((it) => it.id);
}

/** Does the work in a transaction that is rolled back. */
async function undone<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    return await work();
  } finally {
    await client.query('rollback');
  }
}

describe('the states of a batch are those of the day-by-day reference', () => {
  it('on every batch of the tiny farm', async () => {
    await withClient(database.url, async (client) => {
      const batches = await batchesOf(client);
      expect(batches).toHaveLength(6);
      for (const batch of batches) {
        const expected = await referenceStates(client, batch);
        expect(expected.length, `batch ${batch}`).toBeGreaterThan(0);
        expect(differences(await storedStates(client, batch), expected), `batch ${batch}`).toEqual([]);
      }
    });
  });

  it('on every batch of the demo farm', { timeout: GENERATION_TIMEOUT }, async () => {
    const demo = await demoDatabase();
    try {
      await withClient(demo.url, async (client) => {
        const batches = await batchesOf(client);
        expect(batches).toHaveLength(12);
        for (const batch of batches) {
          const expected = await referenceStates(client, batch);
          expect(differences(await storedStates(client, batch), expected), `batch ${batch}`).toEqual([]);
        }
      });
    } finally {
      await demo.drop();
    }
  });

  const VARIANTS = 72;
  it(`on ${VARIANTS} batches whose records were changed at random`, {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const met = new Set<string>();
    let changed = 0;
    await withClient(database.url, async (client) => {
      const batches = await batchesOf(client);
      for (let variant = 0; variant < VARIANTS; variant++) {
        const batch = batches[variant % batches.length] ?? 0;
        await undone(client, async () => {
          const before = await storedStates(client, batch);
          const records = new Records(client, batch, `variant ${variant}`);
          const mutations = await records.mutate();
          await client.query('select aquaseed.assimilate_batch(1, $1)', [batch]);
          const stored = await storedStates(client, batch);
          const story = `variant ${variant}, batch ${batch}: ${mutations.join('; ')}`;
          expect(differences(stored, await referenceStates(client, batch)), story).toEqual([]);
          if (JSON.stringify(stored) !== JSON.stringify(before)) changed += 1;
          for (const row of stored) {
            met.add(`${row.anchor_type} ${row.sources}`);
            if (Number(row.population) === 0) met.add('no fish');
            if (Number(row.avg_weight_g) === 0) met.add('no weight');
          }
        });
      }
    });
    // The variants are variants, and meet every kind of state.
    expect(changed).toBeGreaterThan(VARIANTS * 0.8);
    for (const kind of ['growth_sample', 'transfer', 'vaccination', 'null', 'no fish', 'no weight']) {
      expect(
        [...met].some((it) => it.startsWith(kind)),
        kind,
      ).toBe(true);
    }
    expect([...met].some((it) => it.includes('"temp":"profile"'))).toBe(true);
  });
});

describe('days computed alone', () => {
  it('are those of a full run, also when events of these days have changed', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await withClient(database.url, async (client) => {
      for (const batch of await batchesOf(client)) {
        for (const share of [0.1, 0.5, 0.9]) {
          await undone(client, async () => {
            const [life] = (
              await client.query<{ from: string }>(
                `select (min(date) + ((max(date) - min(date)) * $2::float8)::int)::text as from
                 from batch_actualdailyassignmentstate where batch_id = $1`,
                [batch, share],
              )
            ).rows;
            const from = life?.from ?? '';
            for (const [table, date] of [
              ['batch_mortalityevent', 'event_date'],
              ['inventory_feedingevent', 'feeding_date'],
              ['environmental_environmentalreading', 'reading_time'],
            ]) {
              await client.query(
                `delete from ${table} where batch_id = $1 and ${date} >= $2 and id % 3 = 0`,
                [batch, from],
              );
            }
            await client.query(
              `update batch_growthsample set avg_weight_g = avg_weight_g * 1.1
               where assignment_id between $1::int * 100 and $1::int * 100 + 99 and sample_date >= $2 and id % 2 = 0`,
              [batch, from],
            );
            await client.query(`select aquaseed.assimilate_batch(1, $1, daterange($2, null))`, [batch, from]);
            const part = await storedStates(client, batch);
            await client.query(`select aquaseed.assimilate_batch(1, $1)`, [batch]);
            const all = await storedStates(client, batch);
            expect(differences(part, all), `batch ${batch} from ${from}`).toEqual([]);
          });
        }
      }
    });
  });

  it('leave the other days alone', async () => {
    await withClient(database.url, (client) =>
      undone(client, async () => {
        const before = await storedStates(client, 1);
        await client.query('delete from batch_mortalityevent where batch_id = 1');
        await client.query(`select aquaseed.assimilate_batch(1, 1, daterange($1, $2))`, [
          before[100]?.date,
          before[130]?.date,
        ]);
        const after = await storedStates(client, 1);
        const changed = after
          .filter((row, n) => row.population !== before[n]?.population)
          .map((row) => row.date ?? '');
        expect(changed.length).toBeGreaterThan(0);
        expect(changed.every((it) => it >= (before[100]?.date ?? '') && it < (before[130]?.date ?? ''))).toBe(
          true,
        );
        expect(after).toHaveLength(before.length);
      }),
    );
  });

  it('are computed from the readings where states of earlier days are missing', async () => {
    await withClient(database.url, (client) =>
      undone(client, async () => {
        const before = await storedStates(client, 2);
        await client.query('delete from batch_actualdailyassignmentstate where batch_id = 2');
        await client.query(`select aquaseed.assimilate_batch(1, 2, daterange($1, null))`, [
          before[300]?.date,
        ]);
        const after = await storedStates(client, 2);
        expect(after.length).toBeGreaterThan(0);
        expect(after).toEqual(before.filter((row) => (row.date ?? '') >= (before[300]?.date ?? '')));
      }),
    );
  });
});

describe('the states', () => {
  it('come from the records alone, not from the truth', async () => {
    await withClient(database.url, (client) =>
      undone(client, async () => {
        const before = await storedStates(client, 3);
        await client.query('delete from aquaseed.assignment_day');
        await client.query('delete from aquaseed.transfer');
        await client.query('select aquaseed.assimilate_batch(1, 3)');
        expect(await storedStates(client, 3)).toEqual(before);
      }),
    );
  });

  it('are there for every day of every assignment, once', async () => {
    expect(
      await rowsOf(
        database.url,
        `select a.id from batch_batchcontainerassignment a cross join aquaseed.run r
         left join batch_actualdailyassignmentstate s on s.assignment_id = a.id
         group by a.id, a.assignment_date, a.departure_date, r.as_of
         having count(distinct s.date) <> coalesce(a.departure_date, r.as_of) - a.assignment_date
           or count(s.id) <> count(distinct s.date)
           or min(s.date) <> a.assignment_date or max(s.date) <> coalesce(a.departure_date, r.as_of) - 1`,
      ),
    ).toEqual([]);
  });

  it('have the population of the active assignments on their last day', async () => {
    const wrong = await rowsOf(
      database.url,
      `select a.id from batch_batchcontainerassignment a cross join aquaseed.run r
       join batch_actualdailyassignmentstate s on s.assignment_id = a.id and s.date = r.as_of - 1
       where a.is_active and s.population <> a.population_count`,
    );
    expect(wrong).toEqual([]);
  });
});

describe('against the truth of the demo farm', () => {
  it('population and deaths are exact, the median error of the weight is below 3 %', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const demo = await demoDatabase();
    try {
      const stages = await rowsOf<{ stage: number; wrong: number; error: number; rows: number }>(
        demo.url,
        `select d.life_stage_no as stage, count(*)::int as rows,
                (count(*) filter (where s.population <> d.fish_end or s.mortality_count <> d.deaths
                                    or s.feed_kg <> (d.feed_1_g + d.feed_2_g) / 1000.0))::int as wrong,
                percentile_cont(0.5) within group (order by abs(s.avg_weight_g - d.weight_g) / d.weight_g) as error
         from batch_actualdailyassignmentstate s
         join aquaseed.assignment_day d on d.batch_no = s.batch_id
           and d.assignment_no = s.assignment_id - s.batch_id * 100 and d.day = s.day_number - 1
         group by 1 order by 1`,
      );
      expect(stages).toHaveLength(6);
      for (const { stage, wrong, error, rows } of stages) {
        expect(rows, `stage ${stage}`).toBeGreaterThan(5000);
        expect(wrong, `stage ${stage}`).toBe(0);
        expect(error, `stage ${stage}`).toBeLessThan(0.03);
      }
    } finally {
      await demo.drop();
    }
  });
});
