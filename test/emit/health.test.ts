import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { STATE } from '../support/events.ts';
import { GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';

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

async function query(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await client.query<Row>(text, values)).rows;
}

async function one(text: string, values: unknown[] = []): Promise<Row> {
  const rows = await query(text, values);
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

/** Rows of a query that must have none. */
const none = async (text: string) => expect(await query(text)).toEqual([]);

/** What the work does to the database is undone. */
async function undone(work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
  } finally {
    await client.query('rollback');
  }
}

const TABLES = [
  'health_treatment',
  'health_journalentry',
  'health_healthlabsample',
  'health_fishparameterscore',
  'health_individualfishobservation',
  'health_healthsamplingevent',
  'health_licecount',
];

/** Writes the health events of one batch again, from the truth as it is now. */
async function emitAgain(batch: number): Promise<void> {
  for (const table of TABLES) await client.query(`delete from ${table}`);
  await client.query('update aquaseed.schedule_batch set emitted_days = 0 where batch_no = $1', [batch]);
  const [batchRow] = await query('select slice from aquaseed.schedule_batch where batch_no = $1', [batch]);
  const leaf = (table: string) => `aquaseed.leaf_name('${table}', ${batchRow?.slice})`;
  const call = (name: string, ...leaves: string[]) =>
    client.query(
      `select aquaseed.${name}(${[batch, 's.seed', ...leaves.map(leaf)].join(', ')}) from (select seed from aquaseed.run) s`,
    );
  await call('_emit_lice_counts', 'health_licecount');
  await call('_emit_health_samples', 'health_individualfishobservation', 'health_fishparameterscore');
  await call('_emit_journal');
  await call('_emit_treatments');
  await call('_emit_lab_samples');
}

/** The completed batch, whose whole life is there. */
const COMPLETED = `(select b.id from batch_batch b where b.status = 'COMPLETED' order by b.id limit 1)`;

describe('lice counts', () => {
  /** What the truth expects of a type in every sample of every ring. */
  const EXPECTED = `
    with sea as materialized (
      select g.batch_no, g.start_day, p.r, p.s
      from aquaseed.schedule_stay g
      join aquaseed.life_stage t on t.life_stage_no = g.life_stage_no and t.habitat = 'sea'
      cross join aquaseed.run u
      cross join lateral aquaseed._lice_path(g.batch_no, g.life_stage_no, u.seed) p
    ),
    expected as materialized (
      select l.batch_no * 100 + l.assignment_no as assignment_id, b.start_date + l.day as on_date, l.day, d.fish_end,
             l.adult_female, p.days as days_since,
             -- Chalimus: what would be adult in 48 days without a treatment, fewer after one.
             0.3 * coalesce(1 - 0.5 * exp(-p.days / 20.0), 1) * exp(x.r[x.no + 48])
               * (l.adult_female * exp(-x.r[x.no])
                  + exp(-0.08 + 0.4 * aquaseed.z(aquaseed.stream(u.seed, 'lice of a ring') # c.assignment_key, 0))
                    * (x.s[x.no + 48] - x.s[x.no])) as chalimus
      from aquaseed.lice_day l
      cross join aquaseed.run u
      join aquaseed.schedule_batch b on b.batch_no = l.batch_no and l.day < b.days
      join aquaseed.schedule_container c on c.batch_no = l.batch_no and c.assignment_no = l.assignment_no
      join aquaseed.assignment_day d on d.batch_no = l.batch_no and d.assignment_no = l.assignment_no and d.day = l.day
      cross join lateral (select s.r, s.s, l.day - s.start_day + 1 as no from sea s where s.batch_no = l.batch_no) x
      cross join lateral (
        select l.day - max(q.day) as days from aquaseed.procedure q
        where q.batch_no = l.batch_no and q.kind = 'delousing' and q.assignment_no = l.assignment_no and q.day < l.day
      ) p
      where d.fish_end > 0
    ),
    counted as materialized (
      select c.assignment_id, c.count_date::date as on_date, min(c.fish_sampled) as fish, count(*) as rows,
             max(c.fish_sampled) as most_fish,
             coalesce(sum(c.count_value) filter (where t.species = 'Lepeophtheirus salmonis' and t.gender = 'female'
                                                   and t.development_stage = 'adult'), 0) as adult_females,
             coalesce(sum(c.count_value) filter (where t.species = 'Lepeophtheirus salmonis'
                                                   and t.development_stage = 'chalimus'), 0) as chalimus
      from health_licecount c join health_licetype t on t.id = c.lice_type_id
      group by 1, 2
    )`;

  it('are taken on one or two working days a week of a site, most weeks, and always around a delousing', async () => {
    const { rings, fish, least, most } = await one(`${EXPECTED}
      select count(distinct c.assignment_id)::int as rings, bool_and(c.fish <= e.fish_end and c.fish = c.most_fish) as fish,
             min(c.fish)::int as least, max(c.fish)::int as most
      from counted c left join expected e using (assignment_id, on_date)`);
    expect(fish).toBe(true);
    expect(rings).toBeGreaterThanOrEqual(6);
    expect(least).toBeGreaterThan(12);
    expect(most).toBeLessThan(28);
    const counted = `
      select a.assignment_date, c.count_date, c.assignment_id, k.area_id, r.geography_id,
             c.count_date::date as on_date, date_trunc('week', c.count_date)::date as week
      from health_licecount c
      join batch_batchcontainerassignment a on a.id = c.assignment_id
      join infrastructure_container k on k.id = c.container_id
      join infrastructure_area r on r.id = k.area_id`;
    await none(`
      select x.on_date from (${counted}) x
      left join aquaseed.work_day w on w.geography_id = x.geography_id and w.on_date = x.on_date and w.is_working
      where w.on_date is null or x.on_date < x.assignment_date + 7
         or extract(hour from x.count_date) not between 8 and 15`);
    await none(`
      select area_id, week from (${counted}) x group by 1, 2
      having count(distinct on_date) > 2 or count(distinct (assignment_id, on_date)) > count(distinct assignment_id)`);
    const { times, usual } = await one(`
      select count(distinct count_date::time)::int as times,
             (select max(n)::float / sum(n) from (select count(distinct week) as n from (${counted}) y
              group by area_id, extract(isodow from on_date)) d) as usual
      from (${counted}) x`);
    expect(times, 'different times of day').toBeGreaterThan(20);
    expect(usual).toBeGreaterThan(0.1);
    const { missed } = await one(`${EXPECTED},
      week as (
        select assignment_id, date_trunc('week', on_date)::date as week from expected e
        where on_date >= (select assignment_date + 7 from batch_batchcontainerassignment a where a.id = e.assignment_id)
        group by 1, 2 having count(*) = 7
      )
      select avg((not exists (select from counted c where c.assignment_id = w.assignment_id
                              and date_trunc('week', c.on_date)::date = w.week))::int)::float as missed from week w`);
    expect(missed).toBeGreaterThan(0.05);
    expect(missed).toBeLessThan(0.35);
    // Fish that stay for two weeks after a delousing are counted in them.
    await none(`${EXPECTED}
      select p.* from (
        select e.assignment_id, e.on_date - e.days_since as on_date from expected e where e.days_since = 14
      ) p
      where not exists (
        select from counted c where c.assignment_id = p.assignment_id and c.on_date - p.on_date between 1 and 14)`);
  });

  it('have one row for each type found, and one of the adult female when nothing is found', async () => {
    await none(
      `select assignment_id, count_date, lice_type_id from health_licecount group by 1, 2, 3 having count(*) > 1`,
    );
    await none(`
      select c.* from health_licecount c join health_licetype t on t.id = c.lice_type_id
      where c.count_value = 0
        and ((t.species, t.gender, t.development_stage) <> ('Lepeophtheirus salmonis', 'female', 'adult')
             or exists (select from health_licecount o
                        where o.assignment_id = c.assignment_id and o.count_date = c.count_date and o.id <> c.id))`);
    const { empty } = await one(`select count(*)::int as empty from health_licecount where count_value = 0`);
    expect(empty, 'samples without a louse').toBeGreaterThan(0);
    expect((await query('select distinct lice_type_id from health_licecount')).length).toBe(15);
  });

  it('refer to everything, in one of the two formats of AquaMind', async () => {
    await none(`
      select c.* from health_licecount c
      left join batch_batchcontainerassignment a on a.id = c.assignment_id
      where a.batch_id is distinct from c.batch_id or a.container_id is distinct from c.container_id
         or c.detection_method not in ('automated', 'manual', 'visual', 'camera') or c.detection_method is null
         or c.confidence_level is null or c.confidence_level not between 0.5 and 1
         or c.adult_female_count + c.adult_male_count + c.juvenile_count <> 0
         or c.count_value is null or c.lice_type_id is null`);
  });

  it('follow the adult females of the truth, and chalimus those of 48 days later if nobody treats', async () => {
    const found = await one(`${EXPECTED}
      select sum(c.adult_females)::float / sum(c.fish * e.adult_female) as adult_females,
             sum(c.chalimus)::float / sum(c.fish * e.chalimus) as chalimus,
             corr(c.adult_females, c.fish * e.adult_female) as together,
             avg(power(c.adult_females - m.mean, 2) / (m.mean + m.mean ^ 2 / 20)) filter (where m.mean > 1) as spread,
             count(*) filter (where m.mean > 1)::int as samples
      from counted c join expected e using (assignment_id, on_date)
      cross join lateral (select c.fish * e.adult_female as mean) m`);
    expect(found.samples).toBeGreaterThan(50);
    expect(found.adult_females).toBeGreaterThan(0.85);
    expect(found.adult_females).toBeLessThan(1.15);
    expect(found.chalimus).toBeGreaterThan(0.85);
    expect(found.chalimus).toBeLessThan(1.15);
    expect(found.together).toBeGreaterThan(0.85);
    expect(found.spread, 'variance against that of a negative binomial').toBeGreaterThan(0.7);
    expect(found.spread).toBeLessThan(1.4);
    await none(`${EXPECTED} select * from counted c join expected e using (assignment_id, on_date)
                where e.adult_female = 0 and c.adult_females > 0`);
  });

  it('draw from the right distribution', async () => {
    // Mean and variance of a Poisson draw over an even grid of u.
    for (const mean of [0, 0.05, 1, 7.5, 60]) {
      const drawn = await one(
        `select avg(n)::float as mean, var_pop(n)::float as variance, min(n) as least
         from (select aquaseed.poisson($1, (i - 0.5) / 4000) as n from generate_series(1, 4000) i) x`,
        [mean],
      );
      expect(drawn.mean).toBeCloseTo(mean, 1);
      expect(Math.abs(Number(drawn.variance) - mean)).toBeLessThanOrEqual(0.01 + 0.02 * mean);
    }
    expect(await one('select aquaseed.poisson(3, 0.9999999999999999) as n')).toMatchObject({
      n: expect.any(Number),
    });
    expect(await one('select aquaseed.poisson(1000, 0.5) as n')).toEqual({ n: 1000 });
  });
});

describe('health samplings', () => {
  it('are every 30 days or the next working day in post-smolt and at sea, each in one container with about 75 fish', async () => {
    await none(`
      select * from (
        select a.batch_id, e.sampling_date, count(*) as containers, min(e.number_of_fish_sampled) as fish,
               max(e.number_of_fish_sampled) as most
        from health_healthsamplingevent e join batch_batchcontainerassignment a on a.id = e.assignment_id group by 1, 2
      ) x where containers <> 1 or fish < 75 - 4 * 5 or most > 75 + 4 * 5`);
    const { events, containers, shortest, longest } = await one(`
      select count(*)::int as events, count(distinct assignment_id)::int as containers, min(gap)::int as shortest,
             max(gap)::int as longest
      from (
        select e.*, e.sampling_date - lag(e.sampling_date) over (order by e.sampling_date) as gap
        from health_healthsamplingevent e where e.id / 100000 = ${COMPLETED}
      ) x`);
    expect(events).toBeGreaterThanOrEqual(12);
    expect(events).toBeLessThanOrEqual(18);
    expect(containers).toBe(4);
    expect(shortest).toBeGreaterThanOrEqual(20);
    // One that fell on the last days of a stage is left out.
    expect(longest).toBeLessThanOrEqual(72);
  });

  it('have aggregates that are exactly those of their fish', async () => {
    await none(`
      select e.id, e.avg_weight_g, o.*
      from health_healthsamplingevent e
      join (
        select sampling_event_id, count(*) as fish, round(avg(weight_g), 2) as avg_weight, round(avg(length_cm), 2) as avg_length,
               round(stddev_samp(weight_g), 2) as sd_weight, round(stddev_samp(length_cm), 2) as sd_length,
               min(weight_g) as min_weight, max(weight_g) as max_weight, min(length_cm) as min_length,
               max(length_cm) as max_length, round(avg(100 * weight_g / length_cm ^ 3), 4) as k
        from health_individualfishobservation group by 1
      ) o on o.sampling_event_id = e.id
      where (e.number_of_fish_sampled, e.calculated_sample_size, e.avg_weight_g, e.avg_length_cm, e.std_dev_weight_g,
             e.std_dev_length_cm, e.min_weight_g, e.max_weight_g, e.min_length_cm, e.max_length_cm, e.avg_k_factor)
        is distinct from (o.fish, o.fish, o.avg_weight, o.avg_length, o.sd_weight, o.sd_length, o.min_weight, o.max_weight,
             o.min_length, o.max_length, o.k)`);
    const { events, with_fish, k, error } = await one(`
      select count(*)::int as events, count(o.n)::int as with_fish, avg(e.avg_k_factor)::float as k,
             avg(abs(e.avg_weight_g / d.weight_g - 1))::float as error
      from health_healthsamplingevent e
      left join (select sampling_event_id, count(*) as n from health_individualfishobservation group by 1) o
        on o.sampling_event_id = e.id
      join aquaseed.assignment_day d
        on d.batch_no = e.id / 100000 and d.assignment_no = e.id % 100000 / 1000 and d.day = e.id % 1000`);
    expect(events).toBeGreaterThan(20);
    expect(with_fish).toBe(events);
    expect(k).toBeGreaterThan(1.05);
    expect(k).toBeLessThan(1.35);
    expect(error, 'mean weight of the sample against that of the container').toBeLessThan(0.04);
  });

  it('score every fish 0 to 3 for every parameter, most of them well', async () => {
    await none(`
      select o.id, count(distinct s.parameter_id) from health_individualfishobservation o
      left join health_fishparameterscore s on s.individual_fish_observation_id = o.id
      group by o.id having count(s.id) <> 9 or count(distinct s.parameter_id) <> 9 or min(s.score) < 0 or max(s.score) > 3`);
    const shares = await one(`
      select avg((score = 0)::int)::float as great, avg((score = 1)::int)::float as fair, avg((score = 2)::int)::float as poor,
             avg((score = 3)::int)::float as critical from health_fishparameterscore`);
    for (const [name, low, high] of [
      ['great', 0.5, 0.7],
      ['fair', 0.22, 0.36],
      ['poor', 0.05, 0.13],
      ['critical', 0.01, 0.05],
    ] as const) {
      expect(shares[name], name).toBeGreaterThan(low);
      expect(shares[name], name).toBeLessThan(high);
    }
  });
});

describe('treatments', () => {
  it('are one for each procedure before as_of', async () => {
    await none(`
      select p.*, t.id
      from (select p.*, p.batch_no * 10000 + p.procedure_no as id, b.start_date + p.day as on_date
            from aquaseed.procedure p join aquaseed.schedule_batch b on b.batch_no = p.batch_no and p.day < b.days) p
      full join health_treatment t on t.id = p.id
      -- They are written down within a week.
      where (t.id is null and p.on_date < (select as_of - 7 from aquaseed.run)) or p.id is null
         or t.treatment_date::date <> p.on_date
         or t.batch_assignment_id <> p.batch_no * 100 + p.assignment_no`);
    const { vaccinations, delousings } = await one(`
      select count(*) filter (where treatment_type = 'vaccination')::int as vaccinations,
             count(*) filter (where treatment_type <> 'vaccination')::int as delousings from health_treatment`);
    expect(vaccinations).toBeGreaterThan(20);
    expect(delousings).toBeGreaterThan(0);
  });

  it('have types, withholding and references of their kind', async () => {
    await none(`
      select t.*
      from health_treatment t
      join aquaseed.procedure p on p.batch_no = t.id / 10000 and p.procedure_no = t.id % 10000
      left join batch_batchcontainerassignment a on a.id = t.batch_assignment_id
      left join health_journalentry j on j.id = t.journal_entry_id
      where a.batch_id is distinct from t.batch_id or a.container_id is distinct from t.container_id
         or j.batch_id is distinct from t.batch_id or j.entry_date > t.treatment_date or t.dosage = ''
         or t.outcome not in ('pending', 'successful', 'partial', 'unsuccessful')
         or case p.kind
              when 'vaccination' then t.treatment_type <> 'vaccination' or t.vaccination_type_id is null
                or t.withholding_period_days <> 42 or j.category <> 'vaccination'
              else t.treatment_type <> case p.method when 'medicinal' then 'medication' else 'physical' end
                or t.vaccination_type_id is not null or t.withholding_period_days <> 21 or t.includes_weighing
                or t.description not ilike p.method || ' delousing%' or j.category <> 'treatment' end`);
    const types = await query(
      `select distinct vaccination_type_id from health_treatment where vaccination_type_id is not null`,
    );
    expect(types).toHaveLength(3);
    await none(`
      select t.* from health_treatment t join health_healthsamplingevent e on e.id = t.sampling_event_id
      where e.assignment_id <> t.batch_assignment_id or t.treatment_date::date - e.sampling_date not between 0 and 7`);
  });

  it('come out as the lice that came off', () =>
    undone(async () => {
      const { batch } = await one(`select ${COMPLETED} as batch`);
      await client.query(`delete from aquaseed.procedure where batch_no = $1 and kind = 'delousing'`, [
        batch,
      ]);
      await client.query(
        `insert into aquaseed.procedure
           (batch_no, procedure_no, kind, method, round_no, assignment_no, day, lice_before, lice_after)
         select $1, 5000 + x.n, 'delousing', 'freshwater', 1, d.assignment_no, d.day, x.lice_before, x.lice_after
         from (select assignment_no, b.days - 1 as last_day from aquaseed.schedule_container
               join aquaseed.schedule_batch b using (batch_no) where batch_no = $1 order by assignment_no desc limit 1) r
         cross join (values (0, 1.0, 0.10, 7), (1, 1.0, 0.1001, 7), (2, 1.0, 0.5, 30), (3, 1.0, 0.6, 31), (4, 0.0, 0.0, 32),
                            (5, 1.0, 0.01, 6)) x(n, lice_before, lice_after, age)
         cross join lateral (select r.assignment_no, r.last_day - x.age as day) d`,
        [batch],
      );
      await emitAgain(Number(batch));
      const rows = await query(`select outcome from health_treatment where id % 10000 >= 5000 order by id`);
      expect(rows.map((it) => it.outcome)).toEqual([
        'successful',
        'partial',
        'partial',
        'unsuccessful',
        'successful',
        'pending',
      ]);
    }));
});

describe('the journal', () => {
  it('has an entry every 30 days of the life of a batch, or on the next working day', async () => {
    const { days } = await one(`select days from aquaseed.schedule_batch where batch_no = ${COMPLETED}`);
    const rows = await query(`
      select (id % 10000)::int as day, container_id from health_journalentry
      where batch_id = ${COMPLETED} and id % 10000 < 1000 order by id`);
    const { last_day } = await one(`
      select max(day) as last_day from aquaseed.assignment_day where batch_no = ${COMPLETED} and fish_end > 0`);
    const count = Math.floor(Math.min(Number(last_day), Number(days) - 1) / 30);
    expect(rows.length).toBeGreaterThanOrEqual(count - 1);
    expect(rows.map((it) => Math.floor(Number(it.day) / 30))).toEqual(rows.map((_, index) => index + 1));
    expect(rows.every((it) => Number(it.day) % 30 <= 12)).toBe(true);
    expect(new Set(rows.map((it) => it.container_id)).size).toBeGreaterThan(6);
  });

  it('has texts without placeholders, allowed words, and notes for what is closed', async () => {
    await none(`
      select * from health_journalentry
      where description ~ '[{}]' or category not in ('observation', 'issue', 'action', 'diagnosis', 'treatment', 'vaccination', 'sample')
         or severity not in ('low', 'medium', 'high') or severity is null
         or (resolution_notes <> '' and not resolution_status) or created_at < entry_date
         or created_at >= entry_date + interval '8 days' or updated_at < created_at
         or (container_id is null and id % 10000 < 1000)`);
    const { texts, open } = await one(`
      select count(distinct regexp_replace(description, '[0-9]+', '', 'g'))::int as texts,
             count(*) filter (where not resolution_status)::int as open from health_journalentry`);
    expect(texts).toBeGreaterThan(20);
    expect(open).toBeGreaterThan(0);
  });
});

describe('laboratory samples', () => {
  it('are one a year, with results once they have come in', async () => {
    await none(`
      select s.* from health_healthlabsample s join aquaseed.run r on true
      where s.date_sent_to_lab < s.sample_date or s.date_results_received < s.date_sent_to_lab
         or s.sample_date >= r.as_of or s.date_sent_to_lab >= r.as_of or s.date_results_received >= r.as_of
         or num_nonnulls(s.date_results_received, s.findings_summary, s.quantitative_results) not in (0, 3)
         or s.lab_reference_id is null`);
    await none('select lab_reference_id from health_healthlabsample group by 1 having count(*) > 1');
    const rows = await query(`
      select s.sample_date - b.start_date as day from health_healthlabsample s
      join batch_batchcontainerassignment a on a.id = s.batch_container_assignment_id
      join batch_batch b on b.id = a.batch_id
      where b.id = ${COMPLETED} order by 1`);
    expect(rows).toHaveLength(2);
    for (const [index, day] of [200, 565].entries()) {
      expect(rows[index]?.day).toBeGreaterThanOrEqual(day);
      expect(rows[index]?.day).toBeLessThan(day + 12);
    }
  });
});

describe('an incident', () => {
  it('is in the journal, an outbreak also in samples and scores', () =>
    undone(async () => {
      const { batch } = await one(`select ${COMPLETED} as batch`);
      await client.query(`delete from aquaseed.incident`);
      await emitAgain(Number(batch));
      const before = await one(
        `select avg(score)::float as score, count(*)::int as scores from health_fishparameterscore`,
      );
      // The outbreak began before the fish came to sea, and lasts; the predator came to a ring that is empty by then.
      await client.query(
        `insert into aquaseed.incident
           (batch_no, incident_no, kind, life_stage_no, assignment_no, from_day, to_day, size, place, incident_key, detail)
         select $1, x.n, x.kind, 6, case when x.kind = 'predator' then e.assignment_no end, x.from_day, x.to_day, x.size,
                x.place, x.n, x.detail
         from (select s.assignment_no, b.days - 1 as last_day from aquaseed.schedule_container s
               join aquaseed.schedule_batch b using (batch_no) where batch_no = $1 order by assignment_no limit 1 offset 10) e
         cross join lateral (values
           (1, 'disease', 440, 1000, 5.5, 'Area', 'Outbreak of disease'),
           (2, 'storm', 500, 502, 0.0, 'Area', 'Storm'),
           (3, 'low_oxygen', 510, 510, 39, 'Area', 'Pump stopped'),
           (4, 'sensor_stuck', 520, 522, 1, 'Sensor', 'Stuck'),
           (5, 'predator', e.last_day, e.last_day, 0.002, 'Ring', 'Seals'),
           (6, 'feed_stock_out', 530, 1200, 1, 'Area', 'Feed late')) x(n, kind, from_day, to_day, size, place, detail)`,
        [batch],
      );
      await emitAgain(Number(batch));
      const after = await one(
        `select avg(score)::float as score, count(*)::int as scores from health_fishparameterscore`,
      );
      expect(after.scores).toBe(before.scores);
      expect(Number(after.score)).toBeGreaterThan(Number(before.score) + 0.15);
      const entries = () =>
        query(`
        select (j.id % 10000)::int as n, (j.entry_date::date - b.start_date) as day, j.severity, j.category, j.resolution_status as over
        from health_journalentry j join batch_batch b on b.id = j.batch_id where j.id % 10000 >= 3000 order by j.id`);
      expect(await entries()).toEqual([
        { n: 3000, day: 450, severity: 'high', category: 'issue', over: true },
        { n: 3001, day: 500, severity: 'low', category: 'issue', over: true },
        { n: 3002, day: 510, severity: 'high', category: 'issue', over: true },
        { n: 3004, day: 530, severity: 'high', category: 'issue', over: true },
      ]);
      const samples = await query(`
        select (s.id % 100000)::int as n, t.name from health_healthlabsample s join health_sampletype t on t.id = s.sample_type_id
        where s.id % 100000 >= 1000 order by 1`);
      expect(samples).toEqual([
        { n: 1000, name: 'Kidney Sample' },
        { n: 1001, name: 'Tissue Sample' },
        { n: 1002, name: 'Gill Sample' },
      ]);
      await client.query('update aquaseed.schedule_batch set days = 503 where batch_no = $1', [batch]);
      await emitAgain(Number(batch));
      expect(await entries()).toEqual([
        { n: 3000, day: 450, severity: 'high', category: 'issue', over: false },
        { n: 3001, day: 500, severity: 'low', category: 'issue', over: true },
      ]);
    }));
});

describe('an earlier as_of', () => {
  const TIME: Record<string, string> = {
    // They have no column that says when they were written down: up to a week later.
    health_treatment: "treatment_date + interval '8 days'",
    health_journalentry: 'created_at',
    health_healthlabsample: 'created_at',
    health_fishparameterscore: 'created_at',
    health_individualfishobservation: 'created_at',
    health_healthsamplingevent: 'created_at',
    health_licecount: 'count_date',
  };

  it.each([1, 40, 41, 251])('%i days before has the same rows', (earlier) =>
    undone(async () => {
      const { batch } = await one(`select ${COMPLETED} as batch`);
      const contents = async () => {
        const found: Record<string, Row[]> = {};
        for (const table of TABLES) {
          const [cut] = await query(
            `select (b.start_date + b.days - $2::int)::text as day from aquaseed.schedule_batch b where b.batch_no = $1`,
            [batch, kept],
          );
          found[table] = await query(
            `select to_jsonb(t) - $1::text[] as row from ${table} t where t.${TIME[table]} < '${cut?.day}' order by t.id`,
            [STATE[table] ?? []],
          );
        }
        return found;
      };
      let kept = earlier;
      await emitAgain(Number(batch));
      const later = await contents();
      await client.query('update aquaseed.schedule_batch set days = days - $2 where batch_no = $1', [
        batch,
        earlier,
      ]);
      kept = 0;
      await emitAgain(Number(batch));
      const then = await contents();
      for (const table of TABLES) expect(then[table], table).toEqual(later[table]);
      for (const table of TABLES) expect(later[table]?.length, table).toBeGreaterThan(0);
    }),
  );
});
