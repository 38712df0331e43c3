import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import type { TestDatabase } from '../support/database.ts';
import { demoDatabase, GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';
import { rowsOf, withClient } from '../support/run.ts';

const { masterData } = loadConfiguration();
const TEMPLATES = masterData.activity_templates.length;
const DAYS = masterData.scenario.profile_days;

let database: TestDatabase;
beforeAll(async () => {
  database = await generatedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

const query = (text: string): Promise<Record<string, unknown>[]> => rowsOf(database.url, text);

/** The value of a query of one column and one row. */
async function one(text: string): Promise<unknown> {
  return Object.values((await query(text))[0] ?? {})[0];
}

describe('scenarios', () => {
  it('are a baseline for every batch, and one from parr and one from sea entry once they are reached', async () => {
    expect(
      await query(`
        select b.batch_no, array_agg(s.scenario_id - b.batch_no * 10 order by s.scenario_id)::text as found,
               case when b.days > sea.start_day then '{1,2,3}' when b.days > parr.start_day then '{1,2}' else '{1}' end as expected
        from aquaseed.schedule_batch b
        join aquaseed.schedule_stay parr on parr.batch_no = b.batch_no and parr.life_stage_no = 3
        join aquaseed.schedule_stay sea on sea.batch_no = b.batch_no and sea.life_stage_no = 6
        left join scenario s on s.batch_id = b.batch_no
        where b.days > 0
        group by b.batch_no, b.days, sea.start_day, parr.start_day
        having array_agg(s.scenario_id - b.batch_no * 10 order by s.scenario_id)::text
               <> case when b.days > sea.start_day then '{1,2,3}' when b.days > parr.start_day then '{1,2}' else '{1}' end`),
    ).toEqual([]);
    expect(await one('select count(distinct scenario_id % 10)::int from scenario')).toBe(3);
  });

  it('start with the fish and weight that the records of that day have', async () => {
    const rows = await query(`
      select s.scenario_id, s.initial_count, s.initial_weight, d.fish, d.weight
      from scenario s
      join lateral (
        select sum(t.transferred_count)::int as fish,
               sum(t.transferred_biomass_kg) * 1000 / sum(t.transferred_count) as weight
        from batch_batchtransferworkflow w join batch_transferaction t on t.workflow_id = w.id
        where w.batch_id = s.batch_id and w.actual_start_date = s.start_date
      ) d on true
      where s.scenario_id % 10 > 1`);
    expect(rows.length).toBeGreaterThan(5);
    for (const it of rows) {
      expect(it.initial_count).toBe(it.fish);
      expect(Number(it.initial_weight) / Number(it.weight)).toBeCloseTo(1, 3);
    }
    expect(
      await query(`
        select s.scenario_id from scenario s join batch_creationworkflow w on w.batch_id = s.batch_id
        where s.scenario_id % 10 = 1 and (s.initial_count <> w.total_eggs_received or s.start_date <> w.actual_start_date
          or s.duration_days <> ${DAYS})`),
    ).toEqual([]);
  });

  it('use the models of the geography and of the season nearest to the arrival of the eggs', async () => {
    const rows = await query(`
      select g.name as geography, extract(month from b.start_date)::int as month, t.name as tgc, m.name as mortality
      from scenario s
      join aquaseed.schedule_batch b on b.batch_no = s.batch_id
      join aquaseed.geography g using (geography_id)
      join scenario_tgcmodel t on t.model_id = s.tgc_model_id
      join scenario_mortalitymodel m on m.model_id = s.mortality_model_id`);
    for (const { geography, month, tgc, mortality } of rows) {
      // Six months around 1 April and 1 October.
      expect(tgc).toBe(`${geography}, ${Number(month) <= 6 ? 'spring' : 'autumn'} start`);
      expect(mortality).toBe(`${geography}, standard mortality`);
    }
  });
});

describe('projections', () => {
  it(`are ${DAYS} days of the pinned run of every batch`, async () => {
    expect(
      await query(`
        select b.id, r.total_projections, p.n
        from batch_batch b
        left join scenario_projection_run r on r.run_id = b.pinned_projection_run_id
        left join scenario s on s.scenario_id = r.scenario_id
        left join lateral (
          select count(*)::int as n, min(x.day_number) as first, max(x.day_number) as last,
                 bool_and(x.projection_date = b.start_date + x.day_number - 1) as dated
          from scenario_scenarioprojection x where x.projection_run_id = r.run_id
        ) p on true
        where (s.batch_id, r.total_projections, p.n, p.first, p.last, p.dated)
          is distinct from (b.id, ${DAYS}, ${DAYS}, 1, ${DAYS}, true)`),
    ).toEqual([]);
    expect(await one('select count(*)::int from scenario_scenarioprojection')).toBe(DAYS * 6);
  });

  it('agree with themselves: biomass, feed so far, stage, the end of the run', async () => {
    expect(
      await query(`
        select p.projection_id
        from (
          select x.*, sum(x.daily_feed::numeric) over w as fed, lag(x.population) over w as before,
                 lag(x.average_weight) over w as lighter
          from scenario_scenarioprojection x window w as (partition by x.projection_run_id order by x.day_number)
        ) p
        where abs(p.biomass - p.population * p.average_weight / 1000) > 0.006 or p.cumulative_feed::numeric <> p.fed
           or p.population > p.before or p.average_weight < p.lighter`),
    ).toEqual([]);
    expect(
      await query(`
        select r.run_id from scenario_projection_run r
        join scenario_scenarioprojection p on p.projection_run_id = r.run_id and p.day_number = r.total_projections
        where (r.final_weight_g, r.final_biomass_kg) is distinct from (p.average_weight, p.biomass)`),
    ).toEqual([]);
    const stages = await query(`
      select l."order" as stage, min(p.day_number) as first, max(p.day_number) as last, count(distinct p.projection_run_id)::int as runs
      from scenario_scenarioprojection p join batch_lifecyclestage l on l.id = p.current_stage_id group by 1 order by 1`);
    expect(stages.map((it) => [it.first, it.last])).toEqual([
      [1, 90],
      [91, 180],
      [181, 270],
      [271, 360],
      [361, 450],
      [451, DAYS],
    ]);
    expect(stages.every((it) => it.runs === 6)).toBe(true);
  });

  it('take the temperature from the profile of the growth model', async () => {
    expect(
      await query(`
        select p.projection_id from scenario_scenarioprojection p
        join scenario_projection_run r on r.run_id = p.projection_run_id
        join scenario s on s.scenario_id = r.scenario_id
        join scenario_tgcmodel t on t.model_id = s.tgc_model_id
        join scenario_temperaturereading x on x.profile_id = t.profile_id and x.day_number = p.day_number
        where x.temperature <> p.temperature`),
    ).toEqual([]);
  });

  it('survive as the mortality model says', async () => {
    const [row] = await query(`
      select p.population / s.initial_count as survived,
             (select exp(sum(ln(1 - m.daily_rate_percent::float8 / 100) * f.duration_days))
              from scenario_mortality_model_stage m
              join batch_lifecyclestage l on l.name = m.lifecycle_stage
              join scenario_fcrmodelstage f on f.stage_id = l.id and f.model_id = s.fcr_model_id
              where m.mortality_model_id = s.mortality_model_id) as expected
      from scenario s join scenario_scenarioprojection p on p.projection_run_id = s.scenario_id
      where s.scenario_id = 11 and p.day_number = ${DAYS}`);
    expect(Number(row?.survived)).toBeCloseTo(Number(row?.expected), 6);
  });

  it('may be dated past the end of history, and their leaves are checked up to there', async () => {
    expect(
      await query(`
        select s.slice from aquaseed.slice s
        cross join lateral (
          select min(b.start_date) as first, max(b.start_date + ${DAYS}) as last
          from aquaseed.schedule_batch b where b.slice = s.slice
        ) d
        where not exists (
          select from pg_constraint c
          where c.conname = aquaseed.leaf_name('scenario_scenarioprojection', s.slice) || '_time'
            and position(d.first::text in pg_get_constraintdef(c.oid)) > 0
            and position(d.last::text in pg_get_constraintdef(c.oid)) > 0
        )`),
    ).toEqual([]);
    expect(
      await one(
        'select max(projection_date) > (select as_of from aquaseed.run) from scenario_scenarioprojection',
      ),
    ).toBe(true);
  });
});

describe('planned activities', () => {
  it(`are ${TEMPLATES} for each ACTIVE batch, done when due`, async () => {
    expect(
      await query(`
        select b.id, count(p.id)::int as n from batch_batch b left join planning_plannedactivity p on p.batch_id = b.id
        group by b.id, b.status
        having count(p.id) <> case b.status when 'ACTIVE' then ${TEMPLATES} else 0 end`),
    ).toEqual([]);
    expect(
      await query(`
        select p.id from planning_plannedactivity p, aquaseed.run r
        where (p.status = 'COMPLETED') <> (p.completed_at is not null) or p.scenario_id <> p.batch_id * 10 + 1
           or p.updated_at < p.created_at or p.completed_at <> p.updated_at
           or p.activity_type <> 'TRANSFER' and (
             p.status <> case when p.due_date < r.as_of then 'COMPLETED' else 'PENDING' end
             or p.completed_at::date <> p.due_date or extract(isodow from p.due_date) > 5)`),
    ).toEqual([]);
    expect(await one('select count(distinct status)::int from planning_plannedactivity')).toBe(2);
  });

  it('link transfers and their workflows both ways', async () => {
    expect(
      await query(`
        select w.id from batch_batchtransferworkflow w
        join batch_batch b on b.id = w.batch_id
        left join planning_plannedactivity p on p.id = w.planned_activity_id
        where (b.status = 'ACTIVE') <> (p.id is not null)
           or p.transfer_workflow_id <> w.id or p.activity_type <> 'TRANSFER' or p.batch_id <> w.batch_id`),
    ).toEqual([]);
    expect(
      await one(`select count(*)::int from planning_plannedactivity where status = 'COMPLETED' and activity_type = 'TRANSFER'
                 and transfer_workflow_id is null`),
    ).toBe(0);
  });

  it('slip and stay overdue where incidents say so', async () => {
    await withClient(database.url, async (client) => {
      await client.query('begin');
      try {
        await client.query(`
          update batch_batchtransferworkflow set planned_activity_id = null;
          delete from planning_plannedactivity;
          update aquaseed.setting set tree = 'true' where path = 'incidents.enabled';
          update aquaseed.setting set
            tree = jsonb_build_object('share', 0.5, 'days_mean', 4, 'days_sd', 6, 'overdue_share', 0.3)
          where path = 'incidents.plan_slips';
          select aquaseed._emit_activities(id::integer, 42) from batch_batch`);
        const { rows } = await client.query<Record<string, number>>(`
          select count(*)::int as n,
                 count(*) filter (where p.status = 'COMPLETED' and p.completed_at::date <> p.due_date)::int as slipped,
                 count(*) filter (where p.status = 'PENDING' and p.due_date < r.as_of)::int as overdue,
                 count(*) filter (where p.completed_at >= r.as_of)::int as future
          from planning_plannedactivity p, aquaseed.run r`);
        const [it] = rows;
        expect(it).toMatchObject({ n: 5 * TEMPLATES, future: 0 });
        expect(it?.slipped).toBeGreaterThan(3);
        expect(it?.overdue).toBeGreaterThan(3);
      } finally {
        await client.query('rollback');
      }
    });
  });
});

describe('feeding summaries', () => {
  it('of containers add up the meals of their period, to the gram', async () => {
    expect(
      await query(`
        select s.id from inventory_containerfeedingsummary s
        left join lateral (
          select sum(f.amount_kg) as kg from inventory_feedingevent f
          where f.batch_assignment_id = s.container_assignment_id and f.feeding_date between s.period_start and s.period_end
        ) f on true
        where s.total_feed_kg <> coalesce(f.kg, 0)`),
    ).toEqual([]);
  });

  it('of batches add up those of their containers, which leave no day and no meal out', async () => {
    expect(
      await query(`
        select b.id from inventory_batchfeedingsummary b
        cross join lateral (
          select sum(c.total_feed_kg) as feed, sum(c.growth_kg) as growth, count(*) as containers,
                 min(c.period_start) as first, max(c.period_end) as last
          from inventory_containerfeedingsummary c
          where c.batch_id = b.batch_id and c.period_start between b.period_start and b.period_end
        ) c
        where (b.total_feed_kg, b.total_feed_consumed_kg, b.total_growth_kg, b.container_count, b.period_start, b.period_end)
          is distinct from (c.feed, c.feed, c.growth, c.containers::int, c.first, c.last)`),
    ).toEqual([]);
    // Every meal is in a summary, but those of months that are not over.
    expect(
      await query(`
        select f.id from inventory_feedingevent f, aquaseed.run r
        where not exists (
            select from inventory_batchfeedingsummary b
            where b.batch_id = f.batch_id and f.feeding_date between b.period_start and b.period_end)
          and f.feeding_date < date_trunc('month', r.as_of)
        limit 5`),
    ).toEqual([]);
  });

  it('are of months that are over', async () => {
    for (const table of ['inventory_batchfeedingsummary', 'inventory_containerfeedingsummary']) {
      expect(
        await query(`
          select s.id from ${table} s, aquaseed.run r
          where s.period_end >= r.as_of or s.period_start > s.period_end
             or date_trunc('month', s.period_start) <> date_trunc('month', s.period_end)`),
      ).toEqual([]);
    }
    expect(
      await query(`
        select s.id from inventory_containerfeedingsummary s
        join batch_batchcontainerassignment a on a.id = s.container_assignment_id
        where a.is_active and s.period_end <> (date_trunc('month', s.period_end) + interval '1 month - 1 day')::date`),
    ).toEqual([]);
  });

  it('have the feed conversion that their own numbers give', async () => {
    expect(
      await query(`
        select id from inventory_containerfeedingsummary
        where fcr is distinct from case when total_feed_kg > 0 and growth_kg > 0 then round(total_feed_kg / growth_kg, 3) end
        union all
        select id from inventory_batchfeedingsummary
        where fcr is distinct from case when total_feed_kg > 0 and total_growth_kg > 0
          then round(total_feed_kg / total_growth_kg, 3) end or abs(fcr - weighted_avg_fcr) > 0.1`),
    ).toEqual([]);
    expect(
      Number(
        await one(
          'select percentile_cont(0.5) within group (order by fcr) from inventory_batchfeedingsummary',
        ),
      ),
    ).toBeCloseTo(1.1, 0);
  });

  it('continue: the biomass with which a month ends is that with which the next begins', async () => {
    expect(
      await query(`
        select s.id from inventory_batchfeedingsummary s
        join inventory_batchfeedingsummary n on n.id = s.id + 1 and n.batch_id = s.batch_id
        where n.period_start <> s.period_end + 1
           or abs(n.total_starting_biomass_kg - s.total_ending_biomass_kg) > 0.001 * s.total_ending_biomass_kg + 0.1`),
    ).toEqual([]);
  });

  it('count the growth samples taken in them, and entered by their end', async () => {
    expect(
      await query(`
        select s.id from inventory_containerfeedingsummary s
        where s.data_points <> (
          select count(*) from batch_growthsample g
          where g.assignment_id = s.container_assignment_id and g.sample_date between s.period_start and s.period_end and g.created_at::date <= s.period_end)`),
    ).toEqual([]);
  });
});

describe('weather and day length', () => {
  it('are one a day for every active area, from the first batch to the end of history', async () => {
    for (const [table, day] of [
      ['environmental_weatherdata', '"timestamp"::date'],
      ['environmental_photoperioddata', 'date'],
    ]) {
      expect(
        await query(`
          select a.id from infrastructure_area a
          left join lateral (
            select count(distinct ${day}) as days, count(*) as n, min(${day}) as first, max(${day}) as last
            from ${table} t where t.area_id = a.id
          ) t on true
          cross join lateral (select min(b.start_date) as first, max(r.as_of) as until from batch_batch b, aquaseed.run r) f
          where a.active and (t.days, t.n, t.first, t.last)
            is distinct from ((f.until - f.first)::bigint, (f.until - f.first)::bigint, f.first, f.until - 1)`),
      ).toEqual([]);
    }
    expect(await one('select count(distinct area_id)::int from environmental_weatherdata')).toBe(4);
  });

  it('blow a gale on every day that the fish at sea were not fed for weather', async () => {
    const rows = await query(`
      select w.wind_speed::float8 as wind, w.wave_height::float8 as wave, a.site
      from aquaseed.schedule_stay s
      join aquaseed.schedule_batch b using (batch_no)
      join aquaseed.area a on a.area_id = s.area_id
      join environmental_weatherdata w on w.area_id = s.area_id
      join aquaseed._calendar(s.batch_no, s.life_stage_no, 42) c on b.start_date + c.day = w."timestamp"::date
      where c.fasting and not exists (
        select from aquaseed._vaccination_days(s.batch_no) v where v.day - c.day between 1 and 2)`);
    expect(rows.length).toBeGreaterThan(5);
    for (const { wind, wave, site } of rows) {
      expect(wind).toBeGreaterThanOrEqual(17.2);
      expect(wave).toBeGreaterThan(site === 'loch' ? 0.7 : 2);
    }
  });

  it('are possible', async () => {
    expect(
      await query(`
        select id from environmental_weatherdata
        where wind_speed not between 0 and 30 or wind_direction not between 0 and 359 or wave_height not between 0 and 8
           or wave_direction not between 0 and 359 or wave_period not between 2 and 15 or cloud_cover not between 0 and 100
           or precipitation not between 0 and 150 or temperature not between -12 and 28`),
    ).toEqual([]);
    // Steepness: waves of this height need that period.
    expect(
      await one(
        'select count(*)::int from environmental_weatherdata where wave_height > 0.1 * 1.56 * wave_period ^ 2',
      ),
    ).toBe(0);
  });

  it('have the length of day of their latitude', async () => {
    const rows = await query(`
      select p.date::text, p.day_length_hours::float8 as hours, a.latitude::float8 as latitude
      from environmental_photoperioddata p join infrastructure_area a on a.id = p.area_id
      where extract(month from p.date) in (3, 6, 9, 12) and extract(day from p.date) = 21`);
    expect(rows.length).toBeGreaterThan(20);
    for (const { date, hours, latitude } of rows) {
      const month = Number(String(date).slice(5, 7));
      // Spencer's series for the declination, an independent formula.
      const gamma = (2 * Math.PI * ([0, 0, 79, 0, 0, 171, 0, 0, 263, 0, 0, 354][month - 1] ?? 0)) / 365;
      const declination =
        0.006918 -
        0.399912 * Math.cos(gamma) +
        0.070257 * Math.sin(gamma) -
        0.006758 * Math.cos(2 * gamma) +
        0.000907 * Math.sin(2 * gamma) -
        0.002697 * Math.cos(3 * gamma) +
        0.00148 * Math.sin(3 * gamma);
      const phi = (Number(latitude) * Math.PI) / 180;
      const angle = Math.acos(
        (Math.sin((-0.833 * Math.PI) / 180) - Math.sin(phi) * Math.sin(declination)) /
          (Math.cos(phi) * Math.cos(declination)),
      );
      expect(Math.abs(Number(hours) - (24 / Math.PI) * angle), `${date} at ${latitude}`).toBeLessThan(0.12);
    }
  });

  it('agree between neighbours, and have their seasons', async () => {
    const [row] = await query(`
      select corr(a.wind_speed, b.wind_speed) as wind, corr(a.temperature, b.temperature) as air,
             corr(a.wind_speed, a.wave_height) as waves,
             avg(a.temperature) filter (where extract(month from a."timestamp") in (7, 8))
               - avg(a.temperature) filter (where extract(month from a."timestamp") in (1, 2)) as summer,
             avg(a.wind_speed) filter (where extract(month from a."timestamp") in (12, 1, 2))
               - avg(a.wind_speed) filter (where extract(month from a."timestamp") in (6, 7, 8)) as winter
      from environmental_weatherdata a join environmental_weatherdata b using ("timestamp")
      where (a.area_id, b.area_id) = (select min(id), min(id) + 1 from infrastructure_area)`);
    expect(Number(row?.wind)).toBeGreaterThan(0.5);
    expect(Number(row?.air)).toBeGreaterThan(0.9);
    expect(Number(row?.waves)).toBeGreaterThan(0.8);
    expect(Number(row?.summer)).toBeGreaterThan(5);
    expect(Number(row?.winter)).toBeGreaterThan(1.5);
  });
});

describe('the water of a transition', () => {
  it('is one row a transfer workflow, near to what the sensors of the sources showed', async () => {
    const rows = await query(`
      select w.id, e.temperature::float8, e.oxygen::float8, e.ph::float8, e.salinity, w.is_intercompany, r.temperature as t, r.oxygen as o, r.ph as p
      from batch_batchtransferworkflow w
      left join environmental_stagetransitionenvironmental e on e.batch_transfer_workflow_id = w.id
      left join lateral (
        select avg(x.value) filter (where x.parameter = 'Temperature')::float8 as temperature,
               avg(x.value) filter (where x.parameter = 'Dissolved Oxygen')::float8 as oxygen,
               avg(x.value) filter (where x.parameter = 'pH')::float8 as ph
        from (
          select v.value, p.name as parameter
          from batch_transferaction t
          join environmental_environmentalreading v on v.batch_container_assignment_id = t.source_assignment_id
            and v.reading_time >= w.actual_start_date - 1 and v.reading_time < w.actual_start_date
          join environmental_environmentalparameter p on p.id = v.parameter_id
          where t.workflow_id = w.id
        ) x
      ) r on true`);
    expect(rows.length).toBeGreaterThan(10);
    for (const it of rows) {
      expect(Math.abs(Number(it.temperature) - Number(it.t))).toBeLessThan(0.5);
      expect(Math.abs(Number(it.oxygen) - Number(it.o))).toBeLessThan(3);
      expect(Math.abs(Number(it.ph) - Number(it.p))).toBeLessThan(0.2);
      expect(it.salinity !== null).toBe(it.is_intercompany);
    }
    expect(await one('select count(*)::int from environmental_stagetransitionenvironmental')).toBe(
      rows.length,
    );
  });
});

describe('money', () => {
  it('has a fact per harvest lot', async () => {
    expect(
      await query(`
        select l.id from harvest_harvestlot l
        join harvest_harvestevent e on e.id = l.event_id
        join batch_batchcontainerassignment a on a.id = e.assignment_id
        join infrastructure_container c on c.id = a.container_id
        left join finance_factharvest f on f.lot_id = l.id
        left join finance_dimsite s on s.site_id = f.dim_site_id
        left join finance_dimcompany d on d.company_id = f.dim_company_id
        where (f.quantity_kg, f.unit_count, f.event_id, f.event_date, f.dim_batch_id, f.product_grade_id, s.source_model,
               s.source_pk, s.company_id, d.subsidiary)
          is distinct from (l.live_weight_kg, l.unit_count, l.event_id, e.event_date, e.batch_id::int, l.product_grade_id,
               'area'::varchar, c.area_id::int, f.dim_company_id, 'FM'::varchar)`),
    ).toEqual([]);
    expect(
      await one(
        'select (select count(*) from finance_factharvest) = (select count(*) from harvest_harvestlot)',
      ),
    ).toBe(true);
  });

  it('has a transaction per harvest lot: weight, price and mark-up of its policy', async () => {
    expect(
      await query(`
        select l.id from harvest_harvestlot l
        join finance_factharvest f on f.lot_id = l.id
        left join finance_intercompanytransaction t on t.event_id = l.event_id and t.policy_id = (
          select p.policy_id from finance_intercompanypolicy p
          where p.from_company_id = f.dim_company_id and p.product_grade_id = l.product_grade_id)
        left join finance_intercompanypolicy p on p.policy_id = t.policy_id
        left join finance_dimcompany buyer on buyer.company_id = p.to_company_id
        left join django_content_type c on c.id = t.content_type_id
        where (t.amount, t.currency, t.object_id, c.model, buyer.subsidiary)
          is distinct from (round(l.live_weight_kg * p.price_per_kg * (1 + p.markup_percent / 100), 2), buyer.currency,
            l.event_id::int, 'harvestevent'::varchar, 'LG'::varchar)`),
    ).toEqual([]);
  });

  it('has a transaction per transfer to sea, which the workflow points to', async () => {
    expect(
      await query(`
        select w.id from batch_batchtransferworkflow w
        left join finance_intercompanytransaction t on t.tx_id = w.finance_transaction_id
        left join finance_intercompanypolicy p on p.policy_id = t.policy_id
        left join batch_lifecyclestage l on l.id = p.lifecycle_stage_id
        left join finance_dimcompany buyer on buyer.company_id = p.to_company_id
        left join django_content_type c on c.id = t.content_type_id
        where w.is_intercompany <> (t.tx_id is not null)
           or w.is_intercompany and (t.amount, t.object_id, c.model, l.name, buyer.subsidiary, buyer.currency)
             is distinct from (round(w.total_biomass_kg * p.price_per_kg * (1 + p.markup_percent / 100), 2), w.id::int,
               'batchtransferworkflow'::varchar, 'Post-Smolt'::varchar, 'FM'::varchar, t.currency)`),
    ).toEqual([]);
    expect(
      await one(`select count(*) - (select count(*) from harvest_harvestlot) - (
          select count(*) from batch_batchtransferworkflow where is_intercompany) from finance_intercompanytransaction`),
    ).toBe('0');
  });

  it('is pending, then posted, then exported, as it grows old', async () => {
    const state = (asOf: string): Promise<Record<string, unknown>[]> =>
      withClient(database.url, async (client) => {
        await client.query('begin');
        try {
          await client.query(`
            update batch_batchtransferworkflow set finance_transaction_id = null;
            delete from finance_intercompanytransaction`);
          await client.query(
            `select aquaseed._emit_transactions(batch_id::int, ${asOf}, 42) from harvest_harvestevent group by batch_id`,
          );
          const { rows } = await client.query(`
            select t.state, count(*) filter (where t.approval_date is null)::int as open, min(${asOf} - t.posting_date) as youngest,
                   max(${asOf} - t.posting_date) as oldest
            from finance_intercompanytransaction t where t.event_id is not null and t.posting_date < ${asOf}
            group by t.state order by min(${asOf} - t.posting_date)`);
          return rows;
        } finally {
          await client.query('rollback');
        }
      });
    const { posted_after_days: post, exported_after_days: exported } = masterData.finance;
    const late = await state(`(select max(event_date)::date + ${exported} from harvest_harvestevent)`);
    expect(late.map((it) => [it.state, it.open])).toEqual([['exported', 0]]);
    const early = await state(`(select min(event_date)::date + ${post} from harvest_harvestevent)`);
    expect(early.map((it) => it.state)).toEqual(['pending', 'posted']);
    expect(Number(early[0]?.oldest)).toBeLessThan(post);
    expect(early[1]).toMatchObject({ youngest: post, oldest: post, open: 0 });
  });

  it('can be referred to by an integer up to the batch at which the schedule is refused', async () => {
    expect(await query('select aquaseed._check_object_ids(21473)')).toHaveLength(1);
    await expect(query('select aquaseed._check_object_ids(21474)')).rejects.toMatchObject({
      code: 'AQ003',
      hint: 'At most 21473 batches fit into one schedule.',
    });
    expect(Number(await one('select max(object_id) from finance_intercompanytransaction'))).toBeLessThan(
      2 ** 31,
    );
  });

  it('is in the two views, row by row', async () => {
    expect(
      await query(`
        select column_name, table_name from information_schema.columns
        where table_schema = 'public' and table_name in ('vw_fact_harvest', 'vw_intercompany_transactions')
        order by table_name, ordinal_position`),
    ).toEqual([
      ...[
        'fact_id',
        'event_date',
        'quantity_kg',
        'unit_count',
        'product_grade_code',
        'company',
        'site_name',
        'batch_id',
      ].map((it) => ({ column_name: it, table_name: 'vw_fact_harvest' })),
      ...[
        'tx_id',
        'posting_date',
        'state',
        'from_company',
        'to_company',
        'product_grade_code',
        'amount',
        'currency',
      ].map((it) => ({ column_name: it, table_name: 'vw_intercompany_transactions' })),
    ]);
    const [facts] = await query(`
      select count(*) as n, sum(quantity_kg) as kg, bool_and(company like '% Farming') as farming from vw_fact_harvest`);
    expect(facts).toEqual(
      (
        await query(
          'select count(*) as n, sum(live_weight_kg) as kg, true as farming from harvest_harvestlot',
        )
      )[0],
    );
    const [sums] = await query(`
      select count(*) as n, sum(amount) as amount, count(*) filter (where product_grade_code is null) as smolt
      from vw_intercompany_transactions`);
    expect(sums).toEqual(
      (
        await query(`
          select count(*) as n, sum(amount) as amount, count(*) filter (where event_id is null) as smolt
          from finance_intercompanytransaction`)
      )[0],
    );
  });
});

describe('waste', () => {
  it('is three rows a harvest event: blood and viscera are live less gutted weight', async () => {
    expect(
      await query(`
        select e.id from harvest_harvestevent e
        cross join lateral (
          select sum(l.live_weight_kg) as live, sum(l.gutted_weight_kg) as gutted from harvest_harvestlot l where l.event_id = e.id
        ) l
        left join lateral (
          select count(*) as n, sum(w.weight_kg) filter (where w.category <> 'DEAD_ON_ARRIVAL') as kg,
                 sum(w.weight_kg) as all_kg, min(w.weight_kg) as least
          from harvest_harvestwaste w where w.event_id = e.id
        ) w on true
        where w.n <> 3 or w.kg is distinct from l.live - l.gutted or w.all_kg > l.live or w.least < 0`),
    ).toEqual([]);
    expect(
      (await query('select distinct category from harvest_harvestwaste order by 1')).map((it) => it.category),
    ).toEqual(['BLOOD_WATER', 'DEAD_ON_ARRIVAL', 'VISCERA']);
  });
});

describe('every row of these tables', () => {
  it('has a value that AquaMind accepts where it accepts a list', async () => {
    const allowed: [table: string, column: string, values: string[]][] = [
      ['planning_plannedactivity', 'status', ['PENDING', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED']],
      ['inventory_batchfeedingsummary', 'overall_confidence_level', ['VERY_HIGH', 'HIGH', 'MEDIUM', 'LOW']],
      ['inventory_batchfeedingsummary', 'estimation_method', ['MEASURED', 'MIXED', 'INTERPOLATED']],
      ['inventory_containerfeedingsummary', 'confidence_level', ['VERY_HIGH', 'HIGH', 'MEDIUM', 'LOW']],
      ['inventory_containerfeedingsummary', 'estimation_method', ['MEASURED', 'INTERPOLATED']],
      ['finance_intercompanytransaction', 'state', ['pending', 'posted', 'exported']],
    ];
    for (const [table, column, values] of allowed) {
      const found = await query(`select distinct ${column} as value from ${table}`);
      expect(found.length, `${table}.${column}`).toBeGreaterThan(0);
      for (const { value } of found) expect(values, `${table}.${column}`).toContain(value);
    }
  });

  it('has an id in the block of its batch or area, and a time within history', async () => {
    const owners = new Map([
      ['scenario', 'batch_id'],
      ['planning_plannedactivity', 'batch_id'],
      ['inventory_batchfeedingsummary', 'batch_id'],
      ['inventory_containerfeedingsummary', 'batch_id'],
      ['environmental_weatherdata', 'area_id'],
      ['environmental_photoperioddata', 'area_id'],
      ['finance_factharvest', 'dim_batch_id'],
      [
        'finance_intercompanytransaction',
        '(select e.batch_id from harvest_harvestevent e where e.id = t.event_id)',
      ],
      ['harvest_harvestwaste', '(select e.batch_id from harvest_harvestevent e where e.id = t.event_id)'],
    ]);
    for (const [table, owner] of owners) {
      const [row] = await query(`
        select count(*)::int as n, count(*) filter (where t.id / g.id_block <> t.owner)::int as strangers,
               count(*) filter (where greatest(t.created_at, t.updated_at) >= r.as_of)::int as late
        from (select to_jsonb(t) ->> g.id_column as id_text, (to_jsonb(t) ->> g.id_column)::bigint as id,
                     (to_jsonb(t) ->> 'created_at')::timestamptz as created_at,
                     (to_jsonb(t) ->> 'updated_at')::timestamptz as updated_at, ${owner} as owner
              from ${table} t, aquaseed.generated_table g where g.table_name = '${table}') t,
             aquaseed.generated_table g, aquaseed.run r
        where g.table_name = '${table}'`);
      expect(row?.n, table).toBeGreaterThan(0);
      expect({ table, strangers: row?.strangers, late: row?.late }).toEqual({ table, strangers: 0, late: 0 });
    }
  });
});

describe('the demo farm', () => {
  let demo: TestDatabase;
  beforeAll(async () => {
    demo = await demoDatabase();
  }, GENERATION_TIMEOUT);
  afterAll(() => demo.drop());

  it('grows as its scenarios project', async () => {
    // The truth knows the harvest of every batch, also of those that have not come so far.
    const rows = await rowsOf<{ ratio: number }>(
      demo.url,
      `select p.average_weight / h.weight as ratio
       from (
         select batch_no, round(sum(day * harvested) / sum(harvested)::float8)::int as day,
                sum(harvested * weight_g) / sum(harvested) as weight
         from aquaseed.assignment_day where harvested > 0 group by batch_no
       ) h
       join scenario_scenarioprojection p on p.projection_run_id = h.batch_no * 10 + 1 and p.day_number = h.day + 1
       order by 1`,
    );
    expect(rows).toHaveLength(12);
    const median = ((rows[5]?.ratio ?? 0) + (rows[6]?.ratio ?? 0)) / 2;
    expect(median).toBeGreaterThan(0.88);
    expect(median).toBeLessThan(1.12);
  });

  it('grades and guts its harvest as it should', async () => {
    const [row] = await rowsOf<{ superior: number; gutted: number; events: number; shares: number }>(
      demo.url,
      `select sum(l.unit_count) filter (where g.code = 'SUPERIOR') / sum(l.unit_count)::float8 as superior,
              (sum(l.gutted_weight_kg) / sum(l.live_weight_kg))::float8 as gutted,
              count(distinct l.event_id)::int as events,
              count(distinct round(l.unit_count / e.fish, 3)) filter (where g.code = 'SUPERIOR')::int as shares
       from harvest_harvestlot l join harvest_productgrade g on g.id = l.product_grade_id
       join (select event_id, sum(unit_count)::numeric as fish from harvest_harvestlot group by 1) e using (event_id)`,
    );
    expect(row?.superior).toBeGreaterThan(0.84);
    expect(row?.superior).toBeLessThan(0.96);
    expect(row?.gutted).toBeGreaterThan(0.81);
    expect(row?.gutted).toBeLessThan(0.85);
    expect(row?.shares).toBeGreaterThan((row?.events ?? 0) / 4);
  });
});
