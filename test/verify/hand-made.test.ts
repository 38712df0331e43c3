import { beforeEach, describe, expect, it } from 'vitest';
import { useDemoFarm } from '../support/checks.ts';

// Checks of what happens to the fish, on rows made by hand: what is measured is known beforehand. What the
// generator itself has put into these tables is taken out first.

const farm = useDemoFarm();
const { change, failures, measured, runCheck, query } = farm;

/** Rings of completed batches, numbered from 1: the first ring of every batch, then the second, and so on. */
const RING = `(
  select r.*, row_number() over (order by r.in_batch, r.id) as no
  from (
    select a.*, row_number() over (partition by a.batch_id order by a.id) as in_batch
    from public.batch_batchcontainerassignment a
    join public.batch_batch b on b.id = a.batch_id and b.status = 'COMPLETED'
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null) r)`;

const USER = `(select min(id) from public.auth_user)`;

async function empty(...tables: string[]): Promise<void> {
  for (const table of tables) await query(`truncate public.${table} cascade`);
}

/**
 * Counts of lice on 20 fish: ring, day at sea, adult females and chalimus. A count of null is no row; of nothing at
 * all there is a row of 0 adult females.
 */
async function countLice(rows: string): Promise<void> {
  await change(`
    insert into public.health_licecount (count_date, adult_female_count, adult_male_count, juvenile_count, fish_sampled, notes,
      batch_id, container_id, assignment_id, user_id, lice_type_id, count_value)
    select (a.assignment_date + r.day + time '10:00') at time zone 'UTC', 0, 0, 0, 20, '', a.batch_id, a.container_id, a.id,
           ${USER}, t.id, n.lice
    from (${rows}) r(ring, day, adult_females, chalimus)
    join ${RING} a on a.no = r.ring
    cross join lateral (values ('adult', r.adult_females), ('chalimus', r.chalimus)) n(stage, lice)
    join public.health_licetype t
      on t.species = 'Lepeophtheirus salmonis' and t.gender = 'female' and t.development_stage = n.stage
    where n.lice is not null`);
}

/** Treatments of rings: ring, day at sea, type, description. */
async function treat(rows: string): Promise<void> {
  await change(`
    insert into public.health_treatment (treatment_date, treatment_type, description, dosage, duration_days,
      withholding_period_days, outcome, batch_id, batch_assignment_id, container_id, user_id, includes_weighing)
    select (a.assignment_date + r.day + time '09:00') at time zone 'UTC', r.type, r.description, '', 1, 21, 'successful',
           a.batch_id, a.id, a.container_id, ${USER}, false
    from (${rows}) r(ring, day, type, description)
    join ${RING} a on a.no = r.ring`);
}

describe('lice', () => {
  beforeEach(async () => {
    await empty('health_licecount', 'health_treatment');
  });

  it('cannot be judged without counts', async () => {
    for (const check of [
      'check_32_delousing_deaths',
      'check_35_lice_level',
      'check_36_delousing_effect',
      'check_37_lice_season',
      'check_38_lice_lag',
      'check_39_delousings',
    ]) {
      for (const it of await runCheck(check)) expect(it, it.id).toMatchObject({ measured: null, pass: null });
    }
    const references = await runCheck('check_52_references');
    expect(references.find((it) => it.id === '52.lice')).toMatchObject({ pass: null });
    expect(references.find((it) => it.id === '52.treatments')).toMatchObject({ pass: null });
  });

  it('are adult females per fish of a sample; no row of a type is none of it', async () => {
    // Ten samples: three with none (one of them with chalimus only), six with 0.3, one with 1.5.
    await countLice(`values (1, 50, 0, null::integer), (1, 57, 0, null), (1, 64, null, 12),
      (2, 50, 6, null), (2, 57, 6, 3), (2, 64, 6, null), (2, 71, 6, null), (2, 78, 6, null), (2, 85, 6, null),
      (3, 50, 30, null)`);
    expect(await measured('check_35_lice_level')).toEqual({
      '35.mean': 0.33,
      '35.none': 0.3,
      '35.high': 0.1,
    });
    expect(await failures('check_35_lice_level, check_52_references')).toEqual([]);
    // Four on every fish wherever there are any.
    await change(`update public.health_licecount set count_value = 80`);
    expect(await failures('check_35_lice_level')).toEqual(['35.high', '35.mean']);
  });

  it('must be of a ring, of its batch and of a type', async () => {
    await countLice('values (1, 50, 3, 4), (2, 50, 3, 4)');
    expect(await failures('check_52_references')).toEqual([]);
    await change(
      `update public.health_licecount set lice_type_id = null where id = (select min(id) from public.health_licecount)`,
    );
    expect(await failures('check_52_references')).toEqual(['52.lice']);
  });

  it('become fewer by delousing, in the samples of the same ring', async () => {
    // A day of treatment is neither before nor after; ring 3 has no sample after.
    await countLice(`values (1, 93, 20, null::integer), (1, 100, 40, null), (1, 107, 2, null), (1, 114, 4, null),
      (2, 94, 20, null), (2, 101, 3, null), (2, 108, 3, null), (3, 95, 90, null)`);
    await treat(`values (1, 100, 'physical', 'Thermal delousing'), (2, 100, 'medication', 'Medicinal bath'),
      (3, 100, 'physical', 'Mechanical delousing'), (1, 300, 'medication', 'Antibiotics in feed')`);
    // Ring 1: (0.1 + 0.2) / 2 of 1.0; ring 2: day 101 is too early, 0.15 of 1.0.
    expect(await measured('check_36_delousing_effect')).toEqual({ '36': 0.15 });
    expect(await failures('check_36_delousing_effect, check_52_references')).toEqual([]);
    await change(`update public.health_licecount set count_value = 15 where count_value < 10`);
    expect(await failures('check_36_delousing_effect')).toEqual(['36']);
  });

  it('are more in autumn than in spring, not counting the first 60 days at sea', async () => {
    const seasons = (autumn: number) => `
      select a.no, d.day, case when d.day <= 60 then 400
          when extract(month from a.assignment_date + d.day) between 8 and 11 then ${autumn}
          when extract(month from a.assignment_date + d.day) between 2 and 5 then 5 else 8 end, null::integer
      from ${RING} a cross join generate_series(3, 340, 7) d(day)`;
    await change(`update public.batch_batch set status = 'COMPLETED'`);
    await countLice(seasons(10));
    expect(await measured('check_37_lice_season')).toEqual({ '37': 2 });
    await query('delete from public.health_licecount');
    await countLice(seasons(4));
    expect(await failures('check_37_lice_season')).toEqual(['37']);
    await change(
      `delete from public.health_licecount where batch_id > (select min(batch_id) from public.health_licecount)`,
    );
    expect(await runCheck('check_37_lice_season')).toMatchObject([{ pass: null }]);
  });

  it('grow up: adult females follow chalimus', async () => {
    // Judged from 5 batches on; here are fewer.
    await query(`update aquaseed.check_bound set least = 2 where id = '38'`);
    // Adult females of week w and chalimus of week w - lag from one hash.
    const generations = (lag: number) => `
      select a.no, 7 * w.week, abs(hashint4(w.week)) % 20, abs(hashint4(w.week + ${lag})) % 20
      from ${RING} a cross join generate_series(0, 45) w(week) where a.in_batch = 1`;
    await countLice(generations(6));
    expect(await measured('check_38_lice_lag')).toEqual({ '38': 42 });
    expect(await failures('check_38_lice_lag')).toEqual([]);
    await query('delete from public.health_licecount');
    await countLice(generations(1));
    expect(await failures('check_38_lice_lag')).toEqual(['38']);
  });

  it('are shared by neighbours', async () => {
    // Three years of counts in one ring of each area: some lice of the week, and some of its own.
    const count = async (own: string) => {
      await query('delete from public.health_licecount');
      await change(`
        insert into public.health_licecount (count_date, adult_female_count, adult_male_count, juvenile_count, fish_sampled,
          notes, batch_id, container_id, assignment_id, user_id, lice_type_id, count_value)
        select timestamptz '2024-01-02 10:00Z' + interval '7 days' * w.n, 0, 0, 0, 20, '', x.batch_id, x.container_id, x.id,
               ${USER}, t.id, 2 + abs(hashint4(w.n)) % 20 + ${own}
        from (
          select distinct on (k.area_id) a.*, k.area_id
          from public.batch_batchcontainerassignment a
          join public.infrastructure_container k on k.id = a.container_id and k.area_id is not null
          order by k.area_id, a.id
        ) x
        cross join generate_series(0, 159) w(n)
        join public.health_licetype t on t.species = 'Lepeophtheirus salmonis' and t.gender = 'female'
          and t.development_stage = 'adult'`);
      return (await runCheck('check_58_lice_counts')).find((it) => it.id === '58.neighbours');
    };
    const random = 'abs(hashint8(w.n * 100 + x.area_id))';
    expect(await count(`${random} % 20`)).toMatchObject({ pass: true });
    expect(await count('0')).toMatchObject({ pass: false });
    expect(await count(`${random} % 2000`)).toMatchObject({ pass: false });
  });

  it('are treated about twice a batch, every ring', async () => {
    const twice = `select a.no, d.day, 'physical', 'Freshwater delousing' from ${RING} a cross join (values (150), (270)) d(day)`;
    expect(await runCheck('check_39_delousings')).toMatchObject([{ pass: null }, { pass: null }]);
    await change(`update public.batch_batch set status = 'COMPLETED'`);
    await treat(twice);
    expect(await measured('check_39_delousings')).toEqual({ '39.mean': 2, '39.few': 1 });
    expect(await failures('check_39_delousings')).toEqual([]);
    await treat(twice);
    await treat(twice);
    expect(await failures('check_39_delousings')).toEqual(['39.few', '39.mean']);
  });

  it('cost deaths when treated with warm water', async () => {
    // 10 a day in the 14 days before, 50 on the 4 days of and after: 5. Freshwater does not count, nor does a
    // thermal treatment that follows another one closely.
    await change(`
      delete from public.batch_mortalityevent m using ${RING} a
      where a.id = m.assignment_id and a.no <= 2 and m.event_date - a.assignment_date between 86 and 103`);
    await change(`
      insert into public.batch_mortalityevent
        (event_date, count, biomass_kg, cause, description, created_at, updated_at, batch_id, assignment_id)
      select a.assignment_date + d.day, case when d.day < 100 then 10 else 50 end, 1, 'UNKNOWN', '', now(), now(),
             a.batch_id, a.id
      from ${RING} a cross join generate_series(86, 103) d(day) where a.no <= 2`);
    await treat(`values (1, 100, 'physical', 'Thermal delousing, Thermolicer'), (2, 100, 'physical', 'Thermal delousing'),
      (3, 100, 'physical', 'Freshwater delousing'), (1, 110, 'physical', 'Thermal delousing')`);
    expect(await measured('check_32_delousing_deaths')).toEqual({ '32': 5 });
    expect(await failures('check_32_delousing_deaths')).toEqual([]);
    await change(`
      update public.batch_mortalityevent m set count = 10
      from ${RING} a where a.id = m.assignment_id and a.no <= 2 and m.event_date - a.assignment_date between 100 and 103`);
    expect(await failures('check_32_delousing_deaths')).toEqual(['32']);
  });

  it('treatments must be of a ring or tank, of its batch, and vaccinations of a vaccine', async () => {
    await treat(`values (1, 100, 'physical', 'Thermal delousing')`);
    expect(await failures('check_52_references')).toEqual([]);
    await treat(`values (1, 10, 'vaccination', 'Injection')`);
    expect(await failures('check_52_references')).toEqual(['52.treatments']);
  });
});

describe('health scores', () => {
  // Fish of 12 samplings of ring 1, one every 30 days at sea, delousing on day 90. A score is cut from a normal draw
  // of the fish and one of the parameter; gills are worse in autumn, wounds after the delousing.
  const score = `
    with event as (
      insert into public.health_healthsamplingevent (sampling_date, number_of_fish_sampled, notes, created_at, updated_at, assignment_id)
      select a.assignment_date + 5 + 30 * n.no, 60, '', a.created_at, a.created_at, a.id
      from ${RING} a cross join generate_series(0, 11) n(no) where a.no <= 4
      returning id, sampling_date, assignment_id
    ),
    fish as (
      insert into public.health_individualfishobservation (fish_identifier, created_at, updated_at, sampling_event_id)
      select f.no::text, e.sampling_date, e.sampling_date, e.id from event e cross join generate_series(1, 60) f(no)
      returning id, sampling_event_id
    )
    insert into public.health_fishparameterscore (score, created_at, updated_at, individual_fish_observation_id, parameter_id)
    select (z.eta > 0.41)::integer + (z.eta > 2.2)::integer + (z.eta > 3.9)::integer, e.sampling_date, e.sampling_date, f.id, p.id
    from fish f
    join event e on e.id = f.sampling_event_id
    join public.batch_batchcontainerassignment a on a.id = e.assignment_id
    join public.health_healthparameter p on p.is_active
    cross join lateral (
      select aquaseed.z(1, f.id) + 1.2 * aquaseed.z(2, f.id * 100 + p.id)
        + case when p.name = 'Gill Health' then 0.9 * aquaseed.season(extract(doy from e.sampling_date)::integer, 280::double precision) else 0 end
        + case when p.name = 'Wounds and Skin Condition' and e.sampling_date - a.assignment_date between 90 and 111 then 1.5 else 0 end
        as eta
    ) z`;

  beforeEach(async () => {
    await empty('health_healthsamplingevent', 'health_treatment');
  });

  it('cannot be judged without samplings', async () => {
    for (const it of await runCheck('check_42_health_scores'))
      expect(it, it.id).toMatchObject({ pass: null });
  });

  it('follow the season, the delousing and the fish', async () => {
    await change(score);
    await treat(`select a.no, 90, 'physical', 'Thermal delousing' from ${RING} a where a.no <= 4`);
    expect(await failures('check_42_health_scores')).toEqual([]);
    for (const it of await runCheck('check_42_health_scores'))
      expect(it, it.id).toMatchObject({ pass: true });

    // Wounds of the same fish in other weeks.
    await query('savepoint treated');
    await change(`update public.health_treatment set treatment_date = treatment_date + interval '60 days'`);
    expect(await failures('check_42_health_scores')).toEqual(['42.wounds']);
    await query('rollback to savepoint treated');

    // Gills as in the other half of the year.
    await change(`
      update public.health_fishparameterscore s set score = greatest(0, s.score - 1)
      from public.health_healthparameter p, public.health_individualfishobservation o, public.health_healthsamplingevent e
      where p.id = s.parameter_id and p.name = 'Gill Health' and o.id = s.individual_fish_observation_id
        and e.id = o.sampling_event_id and extract(month from e.sampling_date) between 8 and 12`);
    expect(await failures('check_42_health_scores')).toEqual(['42.gill']);
    await query('rollback to savepoint treated');

    // Scores dealt out to the fish anew, each parameter on its own.
    await change(`
      update public.health_fishparameterscore s set score = x.dealt
      from (
        select n.id, d.score as dealt
        from (select y.id, y.parameter_id, row_number() over (partition by o.sampling_event_id, y.parameter_id order by y.id) as no, o.sampling_event_id
              from public.health_fishparameterscore y join public.health_individualfishobservation o on o.id = y.individual_fish_observation_id) n
        join (select y.score, y.parameter_id, row_number() over (partition by o.sampling_event_id, y.parameter_id order by hashint8(y.id)) as no, o.sampling_event_id
              from public.health_fishparameterscore y join public.health_individualfishobservation o on o.id = y.individual_fish_observation_id) d
          using (sampling_event_id, parameter_id, no)
      ) x where x.id = s.id`);
    expect(await failures('check_42_health_scores')).toEqual(['42.fish']);
  });
});

describe('projections', () => {
  // A projection of every completed batch that ends on its last day of harvest, at a share of the harvested weight.
  const project = `
    with model as (
      select (select min(model_id) from public.scenario_fcrmodel) as fcr, (select min(model_id) from public.scenario_mortalitymodel) as mortality,
             (select min(model_id) from public.scenario_tgcmodel) as tgc
    ),
    made as (
      insert into public.scenario (name, start_date, duration_days, initial_count, genotype, supplier, initial_weight, created_at,
        updated_at, batch_id, fcr_model_id, mortality_model_id, tgc_model_id)
      select 'Baseline ' || b.batch_number, b.start_date, 900, 1, '', '', 0.1, b.created_at, b.created_at, b.id, m.fcr, m.mortality, m.tgc
      from public.batch_batch b cross join model m where b.status = 'COMPLETED'
      returning scenario_id, batch_id, start_date, created_at
    ),
    run as (
      insert into public.scenario_projection_run (run_date, run_number, label, parameters_snapshot, notes, total_projections,
        created_at, updated_at, scenario_id)
      select m.created_at, 1, 'Baseline', '{}', '', 900, m.created_at, m.created_at, m.scenario_id from made m
      returning run_id, scenario_id
    ),
    day as (
      insert into public.scenario_scenarioprojection (projection_date, day_number, average_weight, population, biomass, daily_feed,
        cumulative_feed, temperature, created_at, updated_at, current_stage_id, projection_run_id)
      select m.start_date + n.day, n.day, 1.05 * h.weight_g, 1, 1, 0, 0, 8, m.created_at, m.created_at,
             (select max(id) from public.batch_lifecyclestage), r.run_id
      from run r
      join made m on m.scenario_id = r.scenario_id
      cross join generate_series(0, 899) n(day)
      cross join lateral (
        select 1000 * sum(l.live_weight_kg) / sum(l.unit_count) as weight_g
        from public.harvest_harvestevent e join public.harvest_harvestlot l on l.event_id = e.id where e.batch_id = m.batch_id
      ) h
      returning projection_run_id
    )
    update public.batch_batch b set pinned_projection_run_id = r.run_id
    from run r join made m on m.scenario_id = r.scenario_id where b.id = m.batch_id`;

  it('come near the weight at harvest', async () => {
    await query('update public.batch_batch set pinned_projection_run_id = null');
    expect(await runCheck('check_47_projection')).toMatchObject([{ measured: null, pass: null }]);
    // As if five more batches had been slaughtered like those that were.
    await change(`
      with more as (
        select b.id, row_number() over (order by b.id) as n from public.batch_batch b
        where not exists (select from public.harvest_harvestevent e where e.batch_id = b.id) order by b.id limit 5
      ),
      event as (
        insert into public.harvest_harvestevent
        select x.* from more m
        cross join (select e.* from public.harvest_harvestevent e order by e.id limit 1) e
        cross join lateral jsonb_populate_record(null::public.harvest_harvestevent,
          to_jsonb(e) || jsonb_build_object('id', 1000000000 + m.n, 'batch_id', m.id)) x
        returning id
      ),
      lot as (
        insert into public.harvest_harvestlot
        select x.* from more m
        cross join (select l.* from public.harvest_harvestlot l order by l.event_id, l.id limit 1) l
        cross join lateral jsonb_populate_record(null::public.harvest_harvestlot,
          to_jsonb(l) || jsonb_build_object('id', 1000000000 + m.n, 'event_id', 1000000000 + m.n)) x
      )
      update public.batch_batch b
      set status = 'COMPLETED',
          start_date = (select (min(e.event_date) at time zone 'UTC')::date - 800 from public.harvest_harvestevent e)
      from more m where b.id = m.id`);
    await change(project);
    expect(await measured('check_47_projection')).toEqual({ '47': 1.05 });
    expect(await failures('check_47_projection')).toEqual([]);
    await change('update public.scenario_scenarioprojection set average_weight = average_weight * 1.1');
    expect(await failures('check_47_projection')).toEqual(['47']);
  });
});

describe('daily states', () => {
  // The simulated truth as states: complete, and continuous in weight.
  const states = `
    insert into public.batch_actualdailyassignmentstate (date, day_number, avg_weight_g, population, biomass_kg, mortality_count,
      feed_kg, sources, confidence_scores, last_computed_at, assignment_id, batch_id, container_id, lifecycle_stage_id)
    select b.start_date + d.day, d.day + 1, round(d.weight_start_g::numeric, 2), d.fish_end, 0, d.deaths, 0, '{}', '{}', a.created_at,
           a.id, a.batch_id, a.container_id, a.lifecycle_stage_id
    from aquaseed.assignment_day d
    join public.batch_batch b on b.id = d.batch_no
    join public.batch_batchcontainerassignment a on a.id = 100 * d.batch_no + d.assignment_no
    cross join aquaseed.run r
    where b.start_date + d.day < coalesce(a.departure_date, r.as_of)`;
  const checks =
    'check_02_first_move, check_81_state_population, check_82_state_weight, check_83_states_complete, check_52_references';
  const firstFry = `(select s.id from public.batch_actualdailyassignmentstate s
    join aquaseed._first_moves() m on m.batch_id = s.batch_id and m.moved_on = s.date)`;

  beforeEach(async () => {
    await empty('batch_actualdailyassignmentstate');
  });

  it('cannot be judged when there are none', async () => {
    for (const check of checks.split(', ').slice(0, 4)) {
      for (const it of await runCheck(check)) expect(it, it.id).toMatchObject({ measured: null, pass: null });
    }
  });

  const broken: [string, string, string[]][] = [
    [
      'fish are doubled by the move to Fry',
      `update public.batch_actualdailyassignmentstate set population = population * 2 where id in ${firstFry}`,
      ['2.max', '2.min', '81.doubling', '81.least', '81.most'],
    ],
    [
      'a batch starts Fry with no fish',
      `update public.batch_actualdailyassignmentstate set population = 0
       where id in ${firstFry} and batch_id = (select min(id) from public.batch_batch)`,
      ['2.min', '81.least'],
    ],
    [
      'weights spike by a factor of 7 in the move to Fry',
      `update public.batch_actualdailyassignmentstate set avg_weight_g = avg_weight_g * 7 where id in ${firstFry}`,
      ['82.fry'],
    ],
    [
      'a day is missing',
      `delete from public.batch_actualdailyassignmentstate where id = (select min(id) from public.batch_actualdailyassignmentstate)`,
      ['83.missing'],
    ],
    [
      'a state is of the day after the harvest',
      `update public.batch_actualdailyassignmentstate set date = date + 1000
       where id = (select max(id) from public.batch_actualdailyassignmentstate)`,
      ['83.beyond', '83.missing'],
    ],
  ];

  it('neither double fish nor spike in weight, and are complete', async () => {
    await change(states);
    await query('analyze public.batch_actualdailyassignmentstate');
    expect(await failures(checks)).toEqual([]);
    await query('savepoint made');
    for (const [what, sql, metrics] of broken) {
      await change(sql);
      expect((await failures(checks)).sort(), what).toEqual(metrics);
      await query('rollback to savepoint made');
    }
  });
});

describe('survival at sea', () => {
  it('is judged from 20 completed batches of a geography on', async () => {
    expect(await runCheck('check_06_adult_survival')).toMatchObject([{ pass: null }]);
    // Instead of the farm: 20 batches of each geography, Faroe Islands 98 %, Scotland 97 %.
    await query(`
      create or replace function aquaseed._assignment_flows() returns table (
        assignment_id bigint, batch_id bigint, stage text, life_stage_no integer, is_active boolean, is_completed boolean,
        geography text, alive bigint, fish_in bigint, dead bigint, moved bigint, harvested bigint,
        in_kg double precision, dead_kg double precision, moved_kg double precision, harvested_kg double precision
      ) language sql stable as $$
        select n, n, 'Adult', 6, false, true, case n % 2 when 0 then 'Faroe Islands' else 'Scotland' end,
               0, 1000, 20 + n % 2 * 10, 0, 970, 0, 0, 0, 0 from generate_series(1::bigint, 40) n $$`);
    expect(await measured('check_06_adult_survival')).toEqual({ '6': 1 });
    expect(await failures('check_06_adult_survival')).toEqual([]);
  });
});
