import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { differences, digest, eventTables } from '../support/events.ts';
import { GENERATION_TIMEOUT, generatedDatabase, tinyFarm } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

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
      expect(await differences(a, b, earlier)).toEqual({});
    },
  );

  it('is compared in every event table', async () => {
    const tables = await eventTables(databases.get(whole)?.url ?? '');
    const filled = async (asOf: string): Promise<string[]> => {
      const url = databases.get(asOf)?.url ?? '';
      const found = [];
      for (const [table, time] of tables) if ((await digest(url, table, time)).rows > 0) found.push(table);
      return found;
    };
    expect(tables.length).toBeGreaterThan(30);
    expect(await filled(midHarvest)).toEqual(tables.map(([table]) => table));
    const [batch] = await rowsOf(
      databases.get(midHarvest)?.url ?? '',
      `select b.status from batch_batch b join harvest_harvestevent e on e.batch_id = b.id limit 1`,
    );
    expect(batch, 'half of the fish are still to be harvested').toEqual({ status: 'ACTIVE' });
  });

  it('has more of every kind of event after it', async () => {
    const tables = await eventTables(databases.get(whole)?.url ?? '');
    const count = async (asOf: string): Promise<{ rows: number }[]> => {
      const found = [];
      // One after the other: the server takes only so many connections.
      for (const [table, time] of tables)
        found.push(await digest(databases.get(asOf)?.url ?? '', table, time));
      return found;
    };
    const [first, last] = await Promise.all([count(day300), count(whole)]);
    for (const [index, { rows }] of first.entries()) {
      expect(last[index]?.rows, tables[index]?.[0]).toBeGreaterThan(rows);
    }
  });
});
