import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';

// Samples, journal and laboratory as people do and write them: on working days, by rounds, entered late, in their words.

type Row = Record<string, unknown>;

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await generatedDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("set timezone = 'UTC'");
}, GENERATION_TIMEOUT);
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

async function query(text: string): Promise<Row[]> {
  return (await client.query<Row>(text)).rows;
}
const none = async (text: string) => expect(await query(text)).toEqual([]);

/** What is planned for a day: when it was done, in which country and place, when it was written down. */
const DONE = `
  with done as (
    select 'growth' as kind, assignment_id, sample_date as on_date, created_at from batch_growthsample
    union all
    select 'health', assignment_id, sampling_date, created_at from health_healthsamplingevent
    union all
    select 'laboratory', batch_container_assignment_id, sample_date, created_at from health_healthlabsample
    union all
    select 'journal', a.id, j.entry_date::date, j.created_at
    from health_journalentry j
    join batch_batchcontainerassignment a
      on a.batch_id = j.batch_id and a.container_id = j.container_id
        and j.entry_date::date between a.assignment_date and coalesce(a.departure_date, 'infinity')
    where j.id % 10000 < 1000
  ),
  placed as (
    select d.*, a.batch_id, b.geography_id, coalesce('hall ' || c.hall_id, 'area ' || c.area_id) as site
    from done d
    join batch_batchcontainerassignment a on a.id = d.assignment_id
    join infrastructure_container c on c.id = a.container_id
    join aquaseed.schedule_batch b on b.batch_no = a.batch_id
  )`;

describe('rounds', () => {
  it('are on working days', async () => {
    const kinds = await query(`${DONE} select kind, count(*)::int as n from placed group by 1 order by 1`);
    expect(kinds.map((it) => it.kind)).toEqual(['growth', 'health', 'journal', 'laboratory']);
    await none(`${DONE}
      select p.* from placed p join aquaseed.work_day w on w.geography_id = p.geography_id and w.on_date = p.on_date
      where not w.is_working`);
  });

  it('visit all containers of a site on one day of a week, the day of the site', async () => {
    await none(`${DONE}
      select site, batch_id, date_trunc('week', on_date) from placed where kind = 'growth' group by 1, 2, 3
      having count(distinct on_date) > 1`);
    await none(`${DONE},
      day as (select distinct site, batch_id, on_date from placed where kind = 'growth')
      select d.*
      from day d
      join aquaseed.assignment_day x on x.batch_no = d.batch_id and x.fish_end > 0
      join aquaseed.schedule_batch b on b.batch_no = x.batch_no and b.start_date + x.day = d.on_date
      join infrastructure_container c on c.id = x.container_id
        and coalesce('hall ' || c.hall_id, 'area ' || c.area_id) = d.site
      left join batch_growthsample s
        on s.assignment_id = x.batch_no * 100 + x.assignment_no and s.sample_date = d.on_date
      where s.id is null`);
    const [found] = await query(`${DONE}
      select min(share)::float as share, count(*)::int as sites
      from (
        select site, max(n) / sum(n) as share
        from (select site, extract(isodow from on_date) as weekday, count(distinct on_date) as n
              from placed where kind = 'growth' group by 1, 2) x group by 1 having sum(n) > 8
      ) s`);
    expect(found?.sites).toBeGreaterThan(5);
    // Others were moved from a day off or, at sea, from a storm.
    expect(found?.share).toBeGreaterThan(0.6);
  });

  it('are left out now and then, and weigh about 30 fish', async () => {
    const [weeks] = await query(`
      select count(*)::int as weeks, count(*) filter (where r.day is null)::int as missing
      from aquaseed.schedule_batch b
      join aquaseed.schedule_stay s on s.batch_no = b.batch_no and s.life_stage_no >= 2
      cross join lateral generate_series(s.start_day + 7, s.end_day - 8, 7) d(day)
      left join lateral (
        select x.day from aquaseed._growth_rounds(b.batch_no, (select seed from aquaseed.run)) x
        where x.life_stage_no = s.life_stage_no
          and date_trunc('week', (b.start_date + x.day)::timestamp) = date_trunc('week', (b.start_date + d.day)::timestamp)
      ) r on true`);
    const share = Number(weeks?.missing) / Number(weeks?.weeks);
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.14);
    const [size] = await query(`
      select avg(sample_size)::float as mean, stddev(sample_size)::float as sd from batch_growthsample`);
    expect(size?.mean).toBeGreaterThan(29.5);
    expect(size?.mean).toBeLessThan(30.5);
    expect(size?.sd).toBeGreaterThan(3.5);
    expect(size?.sd).toBeLessThan(4.5);
  });
});

describe('entries', () => {
  it('are late by the shares of the configuration, and not there before', async () => {
    await none(`${DONE} select p.* from placed p, aquaseed.run r
                where p.created_at >= r.as_of or p.created_at::date - p.on_date not between 0 and 7`);
    // One draw for a site and day; those of the last week are not all there.
    const rows = await query(`${DONE}
      select case when late < 2 then late when late < 4 then 2 else 4 end as late, count(*)::int as n
      from (select distinct p.kind, p.site, p.on_date, p.created_at::date - p.on_date as late
            from placed p, aquaseed.run r where p.on_date < r.as_of - 8) x group by 1 order by 1`);
    const n = rows.reduce((sum, it) => sum + Number(it.n), 0);
    expect(n).toBeGreaterThan(300);
    for (const [index, share] of [0.5, 0.4, 0.07, 0.03].entries()) {
      const error = Math.sqrt((share * (1 - share)) / n);
      expect(Math.abs(Number(rows[index]?.n) / n - share), `${index}`).toBeLessThan(4 * error);
    }
  });

  it('have hours of their own, and the names of people of the country', async () => {
    const [times] = await query(`${DONE}
      select count(distinct created_at::time)::float / count(distinct (site, on_date, assignment_id)) as different,
             min(extract(hour from created_at))::int as first, max(extract(hour from created_at))::int as last
      from placed`);
    expect(times?.different).toBeGreaterThan(0.5);
    expect(times?.first).toBeGreaterThanOrEqual(8);
    expect(times?.last).toBeLessThanOrEqual(20);
    const [people] = await query(`
      select count(distinct j.user_id)::int as people,
             count(*) filter (where p.user_id is null and g.people > 0)::int as others
      from health_journalentry j
      join aquaseed.schedule_batch b on b.batch_no = j.batch_id
      left join (select distinct user_id, geography_id from aquaseed.person) p
        on p.user_id = j.user_id and p.geography_id = b.geography_id
      cross join lateral (select count(*) as people from aquaseed.person x where x.geography_id = b.geography_id) g`);
    expect(people?.others).toBe(0);
    expect(people?.people).toBeGreaterThan(8);
  });
});

describe('measures', () => {
  it.each(['batch_individualgrowthobservation', 'health_individualfishobservation'])(
    'of %s are in the steps of scale and board',
    async (table) => {
      const { measuring } = loadConfiguration().biology.sampling;
      const step = (steps: number[]) =>
        `(array[${steps}]::numeric[])[1 + width_bucket(weight_g::float8, array[${measuring.from_g}]::float8[])]`;
      // A fish at a limit may have been rounded up to it, in the finer step.
      const isInside = measuring.from_g.map((it) => `weight_g <> ${it}`).join(' and ');
      await none(`select weight_g, length_cm from ${table}
                  where ${isInside} and (weight_g % ${step(measuring.weight_g)} <> 0
                    or length_cm % ${step(measuring.length_cm)} <> 0) limit 5`);
      const [found] = await query(`select count(*)::int as n, min(weight_g)::float as least from ${table}`);
      expect(found?.n).toBeGreaterThan(1000);
    },
  );
});

describe('words', () => {
  it.each([
    ['health_journalentry', 'description', 0.9],
    ['health_treatment', 'description', 0.6],
    ['batch_growthsample', 'notes', 0.6],
    ['health_healthsamplingevent', 'notes', 0.6],
  ] as const)('of %s differ, without placeholders', async (table, column, least) => {
    const [found] = await query(`
      select count(distinct ${column})::float / count(*) as different, count(*) filter (where ${column} ~ '[{}]')::int as open
      from ${table} where ${column} <> ''`);
    expect(found?.open).toBe(0);
    expect(found?.different).toBeGreaterThanOrEqual(least);
  });

  it('are left out by habit of the site', async () => {
    const [found] = await query(`
      select count(*)::int as sites, min(share)::float as least, max(share)::float as most
      from (
        select coalesce('hall ' || c.hall_id, 'area ' || c.area_id) as site, avg((s.notes is null)::int) as share
        from batch_growthsample s
        join batch_batchcontainerassignment a on a.id = s.assignment_id
        join infrastructure_container c on c.id = a.container_id
        group by 1 having count(*) > 15
      ) x`);
    expect(found?.sites).toBeGreaterThan(5);
    expect(found?.least).toBeLessThan(0.7);
    expect(found?.most).toBeGreaterThan(0.7);
  });
});
