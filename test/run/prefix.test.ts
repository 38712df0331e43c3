import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, tinyFarm } from '../support/generated.ts';
import { rowsOf, withClient } from './support.ts';

/** Event tables and the column that says when a row came to be. */
const EVENTS: [table: string, time: string][] = [
  ['batch_creationworkflow', 'actual_start_date'],
  ['batch_creationaction', 'actual_delivery_date'],
  ['batch_batchtransferworkflow', 'actual_start_date'],
  ['batch_transferaction', 'actual_execution_date'],
  ['environmental_environmentalreading', 'reading_time'],
  ['inventory_feedpurchase', 'purchase_date'],
  ['inventory_feedingevent', 'feeding_date'],
  ['batch_mortalityevent', 'event_date'],
  ['batch_growthsample', 'sample_date'],
  ['batch_individualgrowthobservation', 'created_at'],
  ['batch_actualdailyassignmentstate', 'date'],
  ['harvest_harvestevent', 'event_date'],
  ['harvest_harvestlot', 'created_at'],
  ['harvest_harvestwaste', 'created_at'],
  ['finance_factharvest', 'event_date'],
  ['finance_intercompanytransaction', 'posting_date'],
  ['scenario', 'created_at'],
  ['scenario_projection_run', 'run_date'],
  ['scenario_scenarioprojection', 'created_at'],
  ['inventory_containerfeedingsummary', 'period_end'],
  ['inventory_batchfeedingsummary', 'period_end'],
  ['environmental_weatherdata', '"timestamp"'],
  ['environmental_photoperioddata', 'date'],
  ['environmental_stagetransitionenvironmental', 'created_at'],
  // Of the assignments those that have ended.
  ['batch_batchcontainerassignment', 'departure_date'],
];

/** Columns that say how things stand at as_of: the plan of an ACTIVE batch, how far the books are. */
const STATE: Record<string, string[]> = {
  batch_batchtransferworkflow: ['planned_activity_id'],
  finance_intercompanytransaction: ['state', 'updated_at', 'approved_by_id', 'approval_date'],
};

const BATCH = 'FAR-2024-002';

function dayOf(batch: string, day: number): string {
  const start = tinyFarm().schedule.batches.find((it) => it.batch_id === batch)?.start_date;
  return new Date(Date.parse(`${start}T00:00:00Z`) + day * 86_400_000).toISOString().slice(0, 10);
}

describe('the same schedule generated up to a later day', () => {
  const databases = new Map<string, TestDatabase>();
  const day300 = dayOf(BATCH, 300);
  const day500 = dayOf(BATCH, 500);
  const whole = tinyFarm().schedule.metadata.as_of;
  let midHarvest: string;

  beforeAll(async () => {
    const all = await generatedDatabase();
    databases.set(whole, all);
    const [harvest] = await rowsOf<{ day: string }>(
      all.url,
      `select ((min(event_date) at time zone 'UTC')::date
               + (max(event_date)::date - min(event_date)::date) / 2)::text as day from harvest_harvestevent`,
    );
    midHarvest = harvest?.day ?? '';
    await Promise.all(
      [day300, midHarvest, day500].map(async (asOf) => {
        databases.set(asOf, await generatedDatabase({ asOf, workers: 1 }));
      }),
    );
  }, GENERATION_TIMEOUT);
  afterAll(() => Promise.all([...databases.values()].map((it) => it.drop())));

  it.each([
    [`day 300 of ${BATCH}`, 'day 500', () => [day300, day500]],
    ['the middle of a harvest', `day 500 of ${BATCH}`, () => [midHarvest, day500]],
    [`day 500 of ${BATCH}`, 'the end of the schedule', () => [day500, whole]],
  ] as const)(
    'from %s to %s has the same events before the earlier day, ids included',
    async (_from, _to, days) => {
      const [earlier = '', later = ''] = days();
      expect(earlier < later, `${earlier} before ${later}`).toBe(true);
      const a = databases.get(earlier)?.url ?? '';
      const b = databases.get(later)?.url ?? '';
      const found: Record<string, unknown> = {};
      for (const [table, time] of EVENTS) {
        const [was, is] = await Promise.all([digest(a, table, time), digest(b, table, time, earlier)]);
        if (was.digest !== is.digest) found[table] = await firstDifferences(a, b, table, time, earlier);
      }
      expect(found).toEqual({});
    },
  );

  it('is compared in every event table', async () => {
    const filled = async (asOf: string): Promise<string[]> => {
      const url = databases.get(asOf)?.url ?? '';
      const counts = await Promise.all(
        EVENTS.map(async ([table, time]) => ((await digest(url, table, time)).rows > 0 ? [table] : [])),
      );
      return counts.flat();
    };
    expect(await filled(midHarvest)).toEqual(EVENTS.map(([table]) => table));
    const [batch] = await rowsOf(
      databases.get(midHarvest)?.url ?? '',
      `select b.status from batch_batch b join harvest_harvestevent e on e.batch_id = b.id limit 1`,
    );
    expect(batch, 'half of the fish are still to be harvested').toEqual({ status: 'ACTIVE' });
  });

  it('has more of every kind of event after it', async () => {
    const count = (asOf: string): Promise<{ rows: number }[]> =>
      Promise.all(EVENTS.map(([table, time]) => digest(databases.get(asOf)?.url ?? '', table, time)));
    const [first, last] = await Promise.all([count(day300), count(whole)]);
    for (const [index, { rows }] of first.entries()) {
      expect(last[index]?.rows, EVENTS[index]?.[0]).toBeGreaterThan(rows);
    }
  });
});

/** The rows that have a time, before the day if one is given. */
function selection(table: string, time: string, before?: string): string {
  const until = before === undefined ? '' : ` and t.${time} < '${before}'`;
  return `from public.${table} t where t.${time} is not null${until}`;
}

async function digest(
  url: string,
  table: string,
  time: string,
  before?: string,
): Promise<{ rows: number; digest: string }> {
  return await withClient(url, async (client) => {
    await client.query("set timezone = 'UTC'");
    const { rows } = await client.query<{ rows: number; digest: string }>(
      `select count(*)::int as rows,
              count(*) || ' ' || coalesce(sum(hashtextextended((to_jsonb(t) - $1::text[])::text, 0)), 0) as digest
       ${selection(table, time, before)}`,
      [STATE[table] ?? []],
    );
    return rows[0] ?? { rows: 0, digest: '' };
  });
}

/** Some rows that only one of the two has, for the message. */
async function firstDifferences(
  a: string,
  b: string,
  table: string,
  time: string,
  before: string,
): Promise<string[]> {
  const read = (url: string, day?: string): Promise<string[]> =>
    withClient(url, async (client) => {
      await client.query("set timezone = 'UTC'");
      const { rows } = await client.query<{ row: string }>(
        `select (to_jsonb(t) - $1::text[])::text as row ${selection(table, time, day)} order by 1`,
        [STATE[table] ?? []],
      );
      return rows.map((it) => it.row);
    });
  const [was, is] = await Promise.all([read(a), read(b, before)]);
  const [inA, inB] = [new Set(was), new Set(is)];
  return [
    ...was
      .filter((it) => !inB.has(it))
      .map((it) => `only in the earlier: ${it}`)
      .slice(0, 3),
    ...is
      .filter((it) => !inA.has(it))
      .map((it) => `only in the later: ${it}`)
      .slice(0, 3),
  ];
}
