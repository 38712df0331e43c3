import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { demoDatabase, GENERATION_TIMEOUT } from '../support/generated.ts';
import { rowsOf } from '../support/run.ts';

/** What goes wrong on a farm as it is on most days: the demo, without a profile. */

let database: TestDatabase;
beforeAll(async () => {
  database = await demoDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database?.drop());

const query = (text: string): Promise<Record<string, unknown>[]> => rowsOf(database.url, text);

describe('a standard farm', () => {
  it('has outages and thinning harvests, no disasters, and no reading by hand', async () => {
    const kinds = await query('select distinct kind from aquaseed.incident order by kind');
    expect(kinds.map((it) => it.kind)).toEqual(['sensor_outage', 'thinning_harvest']);
    expect(
      await query(`select kind from aquaseed.list_incident_kinds() where not is_disaster order by kind`),
    ).toEqual(kinds);
    expect(await query('select id from environmental_environmentalreading where is_manual limit 1')).toEqual(
      [],
    );
  });

  it('has sites that are dark for days: no reading of any of their sensors', async () => {
    const [dark] = await query(`
      select count(*)::int as outages, max(i.to_day - i.from_day + 1)::int as longest, sum(n.readings)::int as readings
      from aquaseed.incident i
      join aquaseed.schedule_batch b using (batch_no)
      cross join lateral (
        select count(*) as readings
        from aquaseed.schedule_container c
        join environmental_environmentalreading r
          on r.batch_container_assignment_id = c.batch_no * 100 + c.assignment_no
        where c.batch_no = i.batch_no and c.life_stage_no = i.life_stage_no
          and (r.reading_time at time zone 'UTC')::date between b.start_date + i.from_day and b.start_date + i.to_day
      ) n
      where i.kind = 'sensor_outage' and i.assignment_no is null`);
    expect(dark?.readings).toBe(0);
    expect(dark?.outages).toBeGreaterThan(5);
    expect(dark?.longest).toBeGreaterThan(5);
  });

  it('is dark as often by its sites as by its sensors, for as long as the numbers say', async () => {
    const [days] = await query(`
      select percentile_cont(0.5) within group (order by d.days) as median, avg(d.days)::float8 as mean,
             percentile_cont(0.99) within group (order by d.days) as p99, max(d.days) as longest
      from (
        select greatest(1, round(aquaseed.pareto(p.days, (u + 0.5) / 20000))) as days
        from (select aquaseed.settings('incidents.sensor_outage.days', null::aquaseed.pareto) as days) p,
             generate_series(0, 19999) u) d`);
    expect(days?.median).toBe(2);
    expect(days?.mean).toBeCloseTo(7, 0);
    expect(Number(days?.p99)).toBeGreaterThan(120);
    expect(Number(days?.p99)).toBeLessThan(140);
    expect(days?.longest).toBe(200);
    // Outages a sensor and year, of itself and of its site.
    const [rates] = await query(`
      with sensor as (
        select count(*) * 1.0 * avg(s.end_day - s.start_day) / 365 as years
        from aquaseed.schedule_container c
        join aquaseed.schedule_stay s using (batch_no, life_stage_no)
        join aquaseed.sensor x on x.container_id = c.container_id
      )
      select (select count(*) from aquaseed.incident i where i.kind = 'sensor_outage' and i.assignment_no is not null)
               / max(years)::float8 as own from sensor`);
    // Those that began before the stay are among them.
    expect(Number(rates?.own)).toBeGreaterThan(0.6);
    expect(Number(rates?.own)).toBeLessThan(1.3);
  });
});
