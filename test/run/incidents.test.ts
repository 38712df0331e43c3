import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { differences } from '../support/events.ts';
import { eventfulFarm, GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';
import { digestsOf, rowsOf } from '../support/run.ts';

let database: TestDatabase;
let earlier: TestDatabase;
/** A day on which the fish of a batch are half-way between two stages. */
let between = '';

const generate = (options: { workers?: number; asOf?: string } = {}): Promise<TestDatabase> => {
  const { config, file } = eventfulFarm();
  return generatedDatabase({ config, schedule: file, ...options });
};
const query = (text: string, url = database.url): Promise<Record<string, unknown>[]> => rowsOf(url, text);

beforeAll(async () => {
  database = await generate({ workers: 2 });
  const [move] = await rowsOf<{ day: string }>(
    database.url,
    `select (min(planned_start_date) + 1)::text as day from batch_batchtransferworkflow
     where actual_completion_date > actual_start_date + 1 and batch_id > 2`,
  );
  between = move?.day ?? '';
  earlier = await generate({ workers: 1, asOf: between });
}, GENERATION_TIMEOUT);
afterAll(() => Promise.all([database?.drop(), earlier?.drop()]));

describe('with incidents', () => {
  it('the rows do not depend on the number of workers', { timeout: GENERATION_TIMEOUT }, async () => {
    const other = await generate({ workers: 4 });
    try {
      expect(await digestsOf(other.url)).toEqual(await digestsOf(database.url));
    } finally {
      await other.drop();
    }
  });

  it('a later end of history adds rows and changes none', async () => {
    expect(between).toMatch(/^20/);
    expect(await differences(earlier.url, database.url, between)).toEqual({});
  });

  it('no fish is lost or invented, in any container', async () => {
    for (const { url } of [database, earlier]) {
      const wrong = await query(
        `with eggs as (select dest_assignment_id as id, sum(egg_count_actual) as n from batch_creationaction group by 1),
           action as (select * from batch_transferaction where status = 'COMPLETED'),
           arrived as (select dest_assignment_id as id, sum(transferred_count) as n from action group by 1),
           moved as (select source_assignment_id as id, sum(transferred_count) as n from action group by 1),
           died as (select assignment_id as id, sum(count) as n from batch_mortalityevent group by 1),
           harvested as (
             select e.assignment_id as id, sum(l.unit_count) as n
             from harvest_harvestevent e join harvest_harvestlot l on l.event_id = e.id group by 1)
         select a.id from batch_batchcontainerassignment a
         left join eggs using (id) left join arrived using (id) left join moved using (id) left join died using (id)
         left join harvested using (id)
         where coalesce(eggs.n, 0) + coalesce(arrived.n, 0) = 0
           or coalesce(eggs.n, 0) + coalesce(arrived.n, 0) <> coalesce(moved.n, 0) + coalesce(died.n, 0)
             + coalesce(harvested.n, 0) + case when a.is_active then a.population_count else 0 end`,
        url,
      );
      expect(wrong).toEqual([]);
    }
  });

  it('no container holds two batches on a day', async () => {
    expect(
      await query(`
        select a.id from batch_batchcontainerassignment a
        join batch_batchcontainerassignment b on b.container_id = a.container_id and b.id > a.id
          and daterange(a.assignment_date, coalesce(a.departure_date, 'infinity'))
            && daterange(b.assignment_date, coalesce(b.departure_date, 'infinity'))`),
    ).toEqual([]);
  });

  it('every kind occurs, and the truth of each is where a batch was', async () => {
    expect(await query('select distinct kind from aquaseed.incident order by kind')).toEqual(
      await query('select kind from aquaseed.list_incident_kinds() order by kind'),
    );
    expect(
      await query(`
        select k.kind from jsonb_object_keys(aquaseed.setting_tree('health.journal.incident_severity')) k(kind)
        where k.kind not in (select l.kind from aquaseed.list_incident_kinds() l)`),
      'kinds of the journal that there are not',
    ).toEqual([]);
    expect(
      await query(`
        select i.* from aquaseed.incident i
        where not exists (
          select from aquaseed.assignment a
          join aquaseed.schedule_container c using (batch_no, assignment_no)
          where a.batch_no = i.batch_no and coalesce(i.assignment_no, a.assignment_no) = a.assignment_no
            and (c.life_stage_no = i.life_stage_no or i.kind in ('staggered_transfer', 'grading'))
            and a.first_day <= i.to_day and a.last_day >= i.from_day - 1)`),
    ).toEqual([]);
  });
});

describe('a transfer that takes days', () => {
  it('is in progress until its last move, with the rest pending', async () => {
    const workflows = await query(
      `select w.status, w.total_actions_planned > w.actions_completed as unfinished, w.actual_completion_date as finished,
         count(a.id)::int = w.total_actions_planned as complete,
         count(a.id) filter (where a.status = 'COMPLETED')::int = w.actions_completed as counted,
         count(a.id) filter (where a.status = 'PENDING')::int > 0 as waiting
       from batch_batchtransferworkflow w join batch_transferaction a on a.workflow_id = w.id
       group by w.id having w.status = 'IN_PROGRESS'`,
      earlier.url,
    );
    expect(workflows.length).toBeGreaterThan(0);
    for (const it of workflows) {
      expect(it).toEqual({
        status: 'IN_PROGRESS',
        unfinished: true,
        finished: null,
        complete: true,
        counted: true,
        waiting: true,
      });
    }
  });

  it('fills each container on the day of its move, and empties its source', async () => {
    expect(
      await query(`
        select a.id from batch_transferaction a
        join batch_batchcontainerassignment d on d.id = a.dest_assignment_id
        where a.status = 'COMPLETED' and d.assignment_date <> a.actual_execution_date`),
    ).toEqual([]);
    expect(
      await query(`
        select s.id from batch_batchcontainerassignment s
        join batch_transferaction a on a.source_assignment_id = s.id
        group by s.id, s.departure_date
        having bool_and(a.status = 'COMPLETED') and max(a.actual_execution_date) is distinct from s.departure_date`),
    ).toEqual([]);
  });
});

describe('traces of incidents', () => {
  const during = `(b.start_date + i.from_day)::timestamp at time zone 'UTC' <= r.reading_time
    and r.reading_time < (b.start_date + i.to_day + 1)::timestamp at time zone 'UTC'`;
  const faulty = (kind: string): string => `
    from aquaseed.incident i
    join aquaseed.schedule_batch b using (batch_no)
    join aquaseed.parameter p using (parameter_no)
    join environmental_environmentalreading r
      on r.batch_container_assignment_id = i.batch_no * 100 + i.assignment_no and r.parameter_id = p.parameter_id
    where i.kind = '${kind}' and ${during}`;

  it('a failed sensor has no readings', async () => {
    expect(await query(`select r.id ${faulty('sensor_outage')}`)).toEqual([]);
  });

  it('a stuck sensor shows one value, a spike the one that the truth says', async () => {
    const stuck = await query(
      `select count(*) filter (where n > 1)::int as moving, count(*)::int as stuck from (
         select count(distinct r.value) as n ${faulty('sensor_stuck')}
           and not exists (
             select from aquaseed.incident x where x.batch_no = i.batch_no and x.assignment_no = i.assignment_no
               and x.parameter_no = i.parameter_no and x.incident_no <> i.incident_no and x.from_day <= i.to_day
               and x.to_day >= i.from_day)
           and not r.is_manual
         group by i.batch_no, i.incident_no) x`,
    );
    expect(stuck).toEqual([{ moving: 0, stuck: expect.any(Number) }]);
    expect(stuck[0]?.stuck).toBeGreaterThan(5);
    const spikes = await query(
      `select count(*)::int as n, count(*) filter (where r.value = i.size)::int as shown ${faulty('sensor_spike')}
         and extract(hour from r.reading_time at time zone 'UTC')
           = (select h.hour from aquaseed.reading_hour h where h.slot = i.slot)`,
    );
    expect(spikes[0]?.n).toBeGreaterThan(5);
    expect(spikes[0]?.shown).toBe(spikes[0]?.n);
  });

  it('a bloom and a stopped pump take the oxygen, a failed biofilter brings nitrite', async () => {
    const [bloom] = await query(`
      select count(*)::int as n, avg(r.value)::float8 as oxygen, min(i.level)::float8 as level
      from aquaseed.incident i
      join aquaseed.schedule_batch b using (batch_no)
      join environmental_environmentalparameter p on p.name = 'Dissolved Oxygen'
      join environmental_environmentalreading r on r.batch_id = i.batch_no and r.parameter_id = p.id
      join aquaseed.schedule_container c
        on c.batch_no = i.batch_no and c.life_stage_no = i.life_stage_no
          and r.batch_container_assignment_id = c.batch_no * 100 + c.assignment_no
      where i.kind in ('algae', 'jellyfish') and ${during}`);
    expect(bloom?.n).toBeGreaterThan(50);
    expect(bloom?.oxygen).toBeLessThan(75);
    const [nitrite] = await query(`
      select count(*)::int as n, min(r.value)::float8 as least
      from aquaseed.incident i
      join aquaseed.schedule_batch b using (batch_no)
      join environmental_environmentalparameter p on p.name = 'NO2'
      join environmental_environmentalreading r on r.batch_id = i.batch_no and r.parameter_id = p.id
      join aquaseed.schedule_container c
        on c.batch_no = i.batch_no and c.life_stage_no = i.life_stage_no
          and r.batch_container_assignment_id = c.batch_no * 100 + c.assignment_no
      where i.kind = 'water_treatment' and ${during} and r.value > 0.25`);
    expect(nitrite?.n).toBeGreaterThan(50);
    const [pump] = await query(`
      select count(*)::int as n, max(r.value)::float8 as most
      from aquaseed.incident i
      join aquaseed.schedule_batch b using (batch_no)
      join aquaseed.parameter p using (parameter_no)
      join aquaseed.reading_hour h using (slot)
      join environmental_environmentalreading r on r.batch_id = i.batch_no and r.parameter_id = p.parameter_id
        and r.reading_time = (b.start_date + i.from_day + make_interval(hours => h.hour)) at time zone 'UTC'
      join aquaseed.schedule_container c
        on c.batch_no = i.batch_no and c.life_stage_no = i.life_stage_no
          and r.batch_container_assignment_id = c.batch_no * 100 + c.assignment_no
      where i.kind = 'low_oxygen'`);
    expect(pump?.n).toBeGreaterThan(0);
    expect(pump?.most).toBeLessThanOrEqual(50);
  });

  it('what kills is in the causes of death', async () => {
    // Deaths a container and day by cause, on days of the kind and on others at sea.
    const rate = async (kinds: string, cause: string, inside: boolean): Promise<number> => {
      const [found] = await query(`
        select coalesce(sum(m.count) filter (where m.cause = '${cause}'), 0)::float8
          / count(distinct (d.batch_no, d.assignment_no, d.day)) as deaths
        from aquaseed.assignment_day d
        join aquaseed.schedule_batch b using (batch_no)
        left join batch_mortalityevent m
          on m.assignment_id = d.batch_no * 100 + d.assignment_no and m.event_date = b.start_date + d.day
        where d.life_stage_no = 6 and d.day < b.days and ${inside ? '' : 'not'} exists (
          select from aquaseed.incident i
          where i.batch_no = d.batch_no and i.life_stage_no = 6 and i.kind in (${kinds})
            and coalesce(i.assignment_no, d.assignment_no) = d.assignment_no and d.day between i.from_day and i.to_day)`);
      return Number(found?.deaths);
    };
    expect(await rate("'disease'", 'DISEASE', true)).toBeGreaterThan(
      1.5 * (await rate("'disease'", 'DISEASE', false)),
    );
    const bloom = "'algae', 'jellyfish'";
    expect(await rate(bloom, 'ENVIRONMENTAL', true)).toBeGreaterThan(
      5 * (await rate(bloom, 'ENVIRONMENTAL', false)),
    );
    expect(await rate("'predator'", 'PREDATION', true)).toBeGreaterThan(
      2 * (await rate("'predator'", 'PREDATION', false)),
    );
  });

  it('a thinning harvest takes its share of a ring before the harvest', async () => {
    const thinned = await query(`
      select l.fish::float8 / (d.fish_start - d.deaths) as taken, i.size
      from aquaseed.incident i
      join aquaseed.schedule_batch b using (batch_no)
      join aquaseed.assignment_day d using (batch_no, assignment_no)
      join lateral (
        select sum(x.unit_count) as fish from harvest_harvestevent e join harvest_harvestlot x on x.event_id = e.id
        where e.assignment_id = i.batch_no * 100 + i.assignment_no
          and (e.event_date at time zone 'UTC')::date = b.start_date + i.from_day) l on true
      where i.kind = 'thinning_harvest' and d.day = i.from_day and d.day < b.days`);
    expect(thinned.length).toBeGreaterThan(0);
    for (const { taken, size } of thinned) expect(taken).toBeCloseTo(Number(size), 3);
  });

  it('what leaves no feed leaves days without meals', async () => {
    expect(
      await query(`
        select f.id from aquaseed.incident i
        join aquaseed.schedule_batch b using (batch_no)
        join aquaseed.schedule_container c using (batch_no, life_stage_no)
        join inventory_feedingevent f on f.batch_assignment_id = c.batch_no * 100 + c.assignment_no
          and f.feeding_date between b.start_date + i.from_day and b.start_date + i.to_day
        join aquaseed.list_incident_kinds() k using (kind)
        where k.effect = 'gale' or k.effect = 'short_feed' and i.size = 1`),
    ).toEqual([]);
  });

  it('a storm is in the weather', async () => {
    const [gale] = await query(`
      select count(*)::int as days, min(w.wind_speed)::float8 as least
      from aquaseed.incident i
      join aquaseed.schedule_batch b using (batch_no)
      join aquaseed.schedule_stay s using (batch_no, life_stage_no)
      join environmental_weatherdata w on w.area_id = s.area_id
        and (w."timestamp" at time zone 'UTC')::date between b.start_date + i.from_day and b.start_date + i.to_day
      where i.kind = 'storm'`);
    expect(gale?.days).toBeGreaterThan(0);
    expect(gale?.least).toBeGreaterThan(17);
  });

  it('readings by hand are rounded and come in later', async () => {
    const [manual] = await query(`
      select count(*) filter (where is_manual)::float8 / count(*) as share,
             count(*) filter (where is_manual and recorded_by_id is null)::int as unsigned,
             count(*) filter (where is_manual and created_at > reading_time + interval '1 day')::int as late,
             count(*) filter (where not is_manual and created_at > reading_time + interval '1 hour')::int as odd,
             count(*) filter (where sensor_id is null)::int as without_sensor
      from environmental_environmentalreading`);
    expect(manual?.share).toBeGreaterThan(0.015);
    expect(manual?.share).toBeLessThan(0.025);
    expect(manual).toMatchObject({ unsigned: 0, odd: 0, without_sensor: 0 });
    expect(manual?.late).toBeGreaterThan(100);
    const [future] = await query(
      `select count(*)::int as n from environmental_environmentalreading where created_at >= '${between}'`,
      earlier.url,
    );
    expect(future).toEqual({ n: 0 });
  });

  it('each is in the journal where people would write it down', async () => {
    expect(
      await query(`
        select i.batch_no, i.incident_no, i.kind from aquaseed.incident i
        join aquaseed.schedule_batch b using (batch_no)
        join lateral (
          select min(d.day) as first_day from aquaseed.assignment_day d
          where d.batch_no = i.batch_no and d.life_stage_no = i.life_stage_no and d.fish_start > 0
            and coalesce(i.assignment_no, d.assignment_no) = d.assignment_no
            and d.day between i.from_day and i.to_day and d.day < b.days) w on w.first_day is not null
        where aquaseed.setting_tree('health.journal.incident_severity') ? i.kind
          and not exists (
            select from health_journalentry j
            where j.batch_id = i.batch_no and (j.entry_date at time zone 'UTC')::date = b.start_date + w.first_day)`),
    ).toEqual([]);
  });
});
