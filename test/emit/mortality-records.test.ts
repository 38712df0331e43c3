import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

/** The weekly mortality records of fish health, against the events of which they are made. */

let database: TestDatabase;
beforeAll(async () => {
  database = await generatedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

const WEEK = (column: string): string => `date_trunc('week', ${column})`;
const RECORDS = `
  select r.*, ${WEEK("r.event_date at time zone 'UTC'")} as week, n.name as reason
  from health_mortalityrecord r join health_mortalityreason n on n.id = r.reason_id`;
const EVENTS = `
  select m.assignment_id, ${WEEK('m.event_date::timestamp')} as week, sum(m.count) as dead
  from batch_mortalityevent m group by 1, 2`;

describe('mortality records', () => {
  it('count the dead of their events, to the fish', async () => {
    const off = await rowsOf(
      database.url,
      `select r.id from (${RECORDS}) r full join (${EVENTS}) e on e.assignment_id = r.assignment_id and e.week = r.week
       where r.id is not null and r.count is distinct from e.dead`,
    );
    expect(off).toEqual([]);
    const [total] = await rowsOf<{ records: number; open: number }>(
      database.url,
      `select (select count(*)::int from health_mortalityrecord) as records,
              (select count(*)::int from (${EVENTS}) e
               where not exists (
                 select from (${RECORDS}) r where r.assignment_id = e.assignment_id and r.week = e.week)
                 and e.week + interval '7 days' <= (select as_of from aquaseed.run)) as open`,
    );
    expect(total?.records).toBeGreaterThan(500);
    // Every week that has ended has its record.
    expect(total?.open).toBe(0);
  });

  it('are of a container that held the batch, and none is of a week that goes on', async () => {
    expect(
      await rowsOf(
        database.url,
        `select r.id from (${RECORDS}) r
         join batch_batchcontainerassignment a on a.id = r.assignment_id
         where a.container_id <> r.container_id or a.batch_id <> r.batch_id
           or (r.event_date at time zone 'UTC')::date not between a.assignment_date
              and coalesce(a.departure_date, (select as_of - 1 from aquaseed.run))
           or (extract(isodow from r.event_date at time zone 'UTC') < 7
               and a.departure_date is distinct from (r.event_date at time zone 'UTC')::date
               and a.departure_date is distinct from (r.event_date at time zone 'UTC')::date + 1)`,
      ),
    ).toEqual([]);
  });

  it('go by the cause of most deaths, and name all', async () => {
    const [counts] = await rowsOf<{ wrong: number; reasons: number }>(
      database.url,
      `select count(*) filter (where r.reason <> c.reason or r.notes not like '%: ' || lower(c.cause) || ' %')::int as wrong,
              count(distinct r.reason)::int as reasons
       from (${RECORDS}) r
       cross join lateral (
         select m.cause, case m.cause when 'UNKNOWN' then 'UNKNOWN' when 'OTHER' then 'Natural Death'
                         else initcap(m.cause) end as reason
         from batch_mortalityevent m
         where m.assignment_id = r.assignment_id and ${WEEK('m.event_date::timestamp')} = r.week
         group by m.cause order by sum(m.count) desc, m.cause collate "C" limit 1) c`,
    );
    expect(counts?.wrong).toBe(0);
    expect(counts?.reasons).toBeGreaterThan(3);
  });
});
