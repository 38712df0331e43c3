import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import { columns, enums, masterData as facts, stageNameColumns } from '../support/facts.ts';
import { smallFarm } from '../support/farm.ts';
import { type SchemaDatabase, servers } from '../support/schema.ts';

type Loaded = { table_name: string; rows: string };

const { biology, climate, farm: wholeFarm, masterData: master } = loadConfiguration();

async function loadFarm(client: pg.Client, farm: object = smallFarm(), catalogue: object = master) {
  const result = await client.query<Loaded>('select * from aquaseed.load_infrastructure($1, $2)', [
    JSON.stringify(farm),
    JSON.stringify(catalogue),
  ]);
  return Object.fromEntries(result.rows.map((row) => [row.table_name, Number(row.rows)]));
}

async function loadMasterData(client: pg.Client, catalogue: object = master) {
  const result = await client.query<Loaded>('select * from aquaseed.load_master_data($1, $2, $3)', [
    JSON.stringify(catalogue),
    JSON.stringify(biology),
    JSON.stringify(climate),
  ]);
  return Object.fromEntries(result.rows.map((row) => [row.table_name, Number(row.rows)]));
}

/** Everything in schema public, table by table. */
async function contents(client: pg.Client): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const table of new Set(columns.map((column) => column.table))) {
    const result = await client.query<{ rows: string | null }>(
      `select string_agg(to_jsonb(t)::text, ' ' order by to_jsonb(t)::text) as rows from public.${table} t`,
    );
    const rows = result.rows[0]?.rows;
    if (rows) found[table] = rows;
  }
  return found;
}

async function numbers(client: pg.Client, sql: string): Promise<number[]> {
  const result = await client.query<{ value: string }>(`select value::text from (${sql}) as q (value)`);
  return result.rows.map((row) => Number(row.value));
}

describe.each(servers)('infrastructure and master data on $server', ({ open }) => {
  let database: SchemaDatabase | null = null;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => {
    await database?.close();
  });
  // Each test leaves the database empty.
  beforeEach(async (context) => {
    const { client } = database ?? context.skip('this version is not installed');
    await client.query('begin');
    return async () => {
      await client.query('rollback');
    };
  });

  function check(name: string, body: (client: pg.Client) => Promise<void>): void {
    test(name, async () => {
      if (database !== null) await body(database.client);
    });
  }

  check('loads the counts that the specification names', async (client) => {
    expect(await loadFarm(client)).toEqual({
      infrastructure_containertype: 8,
      infrastructure_geography: 3,
      infrastructure_freshwaterstation: 3,
      infrastructure_hall: 3,
      infrastructure_area: 2,
      infrastructure_container: 5,
      infrastructure_sensor: 30,
      infrastructure_feedcontainer: 2,
    });
    expect(await loadMasterData(client)).toEqual({
      django_content_type: 2,
      batch_species: 1,
      environmental_environmentalparameter: 8,
      inventory_feed: 6,
      health_healthparameter: 9,
      health_licetype: 15,
      health_mortalityreason: 8,
      health_sampletype: 5,
      health_vaccinationtype: 3,
      harvest_productgrade: 5,
      broodstock_eggsupplier: 5,
      health_parameterscoredefinition: 36,
      auth_user: 45,
      users_userprofile: 45,
      users_userprofile_allowed_areas: 32,
      users_userprofile_allowed_containers: 64,
      users_userprofile_allowed_stations: 32,
      batch_lifecyclestage: 6,
      planning_activitytemplate: 20,
      scenario_temperatureprofile: 4,
      scenario_temperaturereading: 4 * 900,
      scenario_tgcmodel: 4,
      scenario_tgc_model_stage: 24,
      scenario_mortalitymodel: 2,
      scenario_mortality_model_stage: 12,
      scenario_fcrmodel: 1,
      scenario_fcrmodelstage: 6,
      scenario_biological_constraints: 1,
      scenario_stage_constraint: 6,
      finance_dimcompany: 9,
      finance_dimsite: 5,
      finance_intercompanypolicy: 18,
    });
    // Foreign keys are deferred: this checks them all.
    await client.query('set constraints all immediate');
  });

  check('inserts nothing the second time', async (client) => {
    await loadFarm(client);
    await loadMasterData(client);
    const before = await contents(client);
    expect(Object.values(await loadFarm(client)).every((rows) => rows === 0)).toBe(true);
    expect(Object.values(await loadMasterData(client)).every((rows) => rows === 0)).toBe(true);
    expect(await contents(client)).toEqual(before);
  });

  check('does not depend on the clock or the time zone of the session', async (client) => {
    await client.query("set local timezone = 'UTC'");
    await loadFarm(client);
    await loadMasterData(client);
    const before = await contents(client);
    await client.query('rollback');
    await client.query('begin');
    await client.query("set local timezone = 'Pacific/Auckland'");
    await loadFarm(client);
    await loadMasterData(client);
    await client.query("set local timezone = 'UTC'");
    expect(await contents(client)).toEqual(before);
    const stamps = columns.filter(({ column }) =>
      ['created_at', 'updated_at', 'date_joined'].includes(column),
    );
    for (const { table, column } of stamps) {
      const others = await client.query(`select from public.${table} where ${column} <> $1`, [
        master.installed_on,
      ]);
      expect(others.rowCount, `${table}.${column}`).toBe(0);
    }
  });

  check('writes only values that the application accepts', async (client) => {
    await loadFarm(client);
    await loadMasterData(client);
    const stageNames = biology.stages.map((stage) => stage.name);
    let seen = 0;
    for (const { table, column, values } of enums) {
      const accepted = stageNameColumns.has(`${table}.${column}`) ? stageNames : values;
      const found = await client.query<{ value: string }>(
        `select distinct ${column} as value from public.${table} where ${column} is not null`,
      );
      seen += found.rows.length;
      for (const { value } of found.rows) expect(accepted, `${table}.${column}`).toContain(value);
    }
    expect(seen).toBeGreaterThan(30);
  });

  check('agrees with the natural keys and numbers of the application', async (client) => {
    await loadFarm(client);
    await loadMasterData(client);
    const keys: Record<string, string> = {
      health_licetype: "species || ' / ' || gender || ' / ' || development_stage",
      harvest_productgrade: 'code',
      auth_user: 'username',
    };
    // Where the specification's own numbers win: silos are OTHER, tanks and rings are larger, and the
    // scenario models carry the constants of the simulation.
    const ours = (table: string, column: string, key: string) =>
      (table === 'infrastructure_containertype' && (column === 'max_volume_m3' || key.startsWith('Feed '))) ||
      table === 'scenario_fcrmodelstage' ||
      table === 'finance_dimcompany';
    let compared = 0;
    for (const { table, key, facts: wanted } of facts) {
      if (table === 'scenario_fcrmodelstage' || table === 'finance_dimcompany') continue;
      const found = await client.query<{ row: Record<string, unknown> }>(
        `select to_jsonb(t) as row from public.${table} t where ${keys[table] ?? 'name'} = $1`,
        [key],
      );
      expect(found.rows, `${table} ${key}`).toHaveLength(1);
      const row = found.rows[0]?.row ?? {};
      for (const [column, value] of Object.entries(wanted)) {
        if (!(column in row) || ours(table, column, key)) continue;
        const expected = value.replace(/ \(missing.*/, '');
        const actual = row[column];
        if (typeof actual === 'number') expect(actual, `${key} ${column}`).toBe(Number(expected));
        else expect(actual, `${key} ${column}`).toBe(expected);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(120);
  });

  check('gives ids in the order of the file', async (client) => {
    await loadFarm(client);
    await loadMasterData(client);
    const names = async (table: string, column = 'name') =>
      (
        await client.query<{ name: string }>(`select ${column} as name from public.${table} order by id`)
      ).rows.map((row) => row.name);
    expect(await names('batch_lifecyclestage')).toEqual(biology.stages.map((stage) => stage.name));
    expect(await names('environmental_environmentalparameter')).toEqual(
      master.environmental_parameters.map((parameter) => parameter.name),
    );
    expect(await names('inventory_feed')).toEqual(master.feeds.map((feed) => feed.name));
    expect(await names('harvest_productgrade', 'code')).toEqual(
      master.product_grades.map((grade) => grade.code),
    );
    expect(await numbers(client, 'select id from public.batch_lifecyclestage order by id')).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  check('spans every scenario with its temperature profiles', async (client) => {
    await loadFarm(client);
    await loadMasterData(client);
    const profiles = await client.query<{ name: string; first: number; last: number; days: string }>(
      `select p.name, min(r.day_number) as first, max(r.day_number) as last, count(*) as days
       from public.scenario_temperatureprofile p join public.scenario_temperaturereading r using (profile_id)
       group by p.profile_id order by p.profile_id`,
    );
    expect(profiles.rows).toEqual(
      [
        'Faroe Islands, spring start',
        'Faroe Islands, autumn start',
        'Scotland, spring start',
        'Scotland, autumn start',
      ].map((name) => ({ name, first: 1, last: 900, days: 900 })),
    );
    const temperature = (profile: number, days: number[]) =>
      numbers(
        client,
        `select temperature from public.scenario_temperaturereading
         where profile_id = ${profile} and day_number in (${days.join(', ')}) order by day_number`,
      );
    // Trays, first feeding (8 to 13 degrees in 10 days), parr, smolt, post-smolt.
    expect(await temperature(1, [1, 90, 91, 96, 101, 180, 181, 271, 450])).toEqual([
      6, 6, 8, 10.5, 13, 13, 13.5, 12.5, 12.5,
    ]);
    // At sea from day 451, here 25 June; Scotland is the mean of its open and sheltered sites.
    const wave = (mean: number, amplitude: number, phi: number, doy: number) =>
      mean +
      amplitude *
        (Math.cos((2 * Math.PI * (doy - phi)) / 365.25) +
          0.16 * Math.cos((4 * Math.PI * (doy - 40)) / 365.25));
    expect((await temperature(1, [451]))[0]).toBeCloseTo(wave(8.4, 2.4, 238, 91 + 450), 1);
    expect((await temperature(3, [451]))[0]).toBeCloseTo(wave(10.2, 3.4, 230, 91 + 450), 1);
    const [coldest, warmest] = await numbers(
      client,
      `select unnest(array[min(temperature), max(temperature)]) from public.scenario_temperaturereading
       where profile_id <= 2 and day_number > 450`,
    );
    const year = Array.from({ length: 365 }, (_, doy) => wave(8.4, 2.4, 238, doy));
    expect(coldest).toBeCloseTo(Math.min(...year), 1);
    expect(warmest).toBeCloseTo(Math.max(...year), 1);
  });

  check('carries the constants of the simulation into the scenario models', async (client) => {
    await loadFarm(client);
    await loadMasterData(client);
    expect(
      await numbers(
        client,
        'select tgc_value from public.scenario_tgc_model_stage where tgc_model_id in (1, 3) order by id',
      ),
    ).toEqual([0, 1.13, 1.69, 1.54, 2.04, 3.1, 0, 1.13, 1.69, 1.54, 2.04, 2.7]);
    expect(await numbers(client, 'select fcr_value from public.scenario_fcrmodelstage order by id')).toEqual([
      0, 1, 1, 1, 1.05, 1.15,
    ]);
    expect(
      await numbers(client, 'select duration_days from public.scenario_fcrmodelstage order by id'),
    ).toEqual([90, 90, 90, 90, 90, 450]);
    const survival = await numbers(
      client,
      `select exp(sum(ln(1 - s.daily_rate_percent / 100) * l.typical_duration_days))
       from public.scenario_mortality_model_stage s
       join public.batch_lifecyclestage l on l.name = s.lifecycle_stage
       group by s.mortality_model_id order by s.mortality_model_id`,
    );
    expect(survival[0]).toBeCloseTo(0.85, 2);
    expect(survival[1]).toBeCloseTo(0.842, 2);
  });

  check('creates users who cannot log in', async (client) => {
    await loadFarm(client);
    await loadMasterData(client);
    const users = await client.query<{ password: string }>('select password from public.auth_user');
    for (const { password } of users.rows) expect(password).toMatch(/^!/);
    expect(await numbers(client, 'select user_id from public.users_userprofile order by id')).toEqual(
      Array.from({ length: 45 }, (_, index) => index + 1),
    );
  });

  check('writes prices between companies: smolt by stage, harvest by grade', async (client) => {
    await loadFarm(client);
    await loadMasterData(client);
    const found = await client.query<{ line: string }>(
      `select format('%s to %s: %s %s %s%%', f.display_name, t.display_name, p.pricing_basis,
         coalesce(l.name, g.code), p.markup_percent) as line
       from public.finance_intercompanypolicy p
       join public.finance_dimcompany f on f.company_id = p.from_company_id
       join public.finance_dimcompany t on t.company_id = p.to_company_id
       left join public.batch_lifecyclestage l on l.id = p.lifecycle_stage_id
       left join public.harvest_productgrade g on g.id = p.product_grade_id
       where f.geography_id = 2 order by p.policy_id`,
    );
    expect(found.rows.map((row) => row.line)).toEqual([
      'Scotland Freshwater to Scotland Farming: lifecycle Post-Smolt 15.000%',
      ...master.product_grades.map(
        (grade) => `Scotland Farming to Scotland Logistics: grade ${grade.code} 10.000%`,
      ),
    ]);
    const currencies = await client.query<{ currency: string }>(
      'select currency from public.finance_dimcompany order by company_id',
    );
    expect(currencies.rows.map((row) => row.currency).slice(0, 6)).toEqual([
      'EUR',
      'EUR',
      'EUR',
      'GBP',
      'GBP',
      'GBP',
    ]);
    const sites = await client.query<{ line: string }>(
      `select format('%s %s %s %s', s.source_model, s.source_pk, s.site_name, c.subsidiary) as line
       from public.finance_dimsite s join public.finance_dimcompany c using (company_id) order by s.site_id`,
    );
    expect(sites.rows.map((row) => row.line)).toEqual([
      'station 1 FI-FW-01 FW',
      'station 2 S-FW-01 FW',
      'station 3 Old Station FW',
      'area 1 FI-SEA-01 FM',
      'area 2 S-SEA-01 FM',
    ]);
  });

  check('loads the farm of the configuration', async (client) => {
    expect(await loadFarm(client, wholeFarm)).toEqual({
      infrastructure_containertype: 8,
      infrastructure_geography: 3,
      infrastructure_freshwaterstation: 25,
      infrastructure_hall: 120,
      infrastructure_area: 43,
      infrastructure_container: 2017,
      infrastructure_sensor: 11060,
      infrastructure_feedcontainer: wholeFarm.feedContainers.length,
    });
    const loaded = await loadMasterData(client);
    expect(loaded.finance_dimsite).toBe(68);
    expect(loaded.finance_intercompanypolicy).toBe(18);
    const ours = await client.query(
      `select from public.infrastructure_container c
       join public.infrastructure_containertype t on t.id = c.container_type_id
       where c.volume_m3 > t.max_volume_m3`,
    );
    expect(ours.rowCount).toBe(0);
    await client.query('set constraints all immediate');
  });

  check('lets a container type grow with the farm', async (client) => {
    await loadFarm(client);
    const found = await client.query(
      `select from public.infrastructure_container c
       join public.infrastructure_containertype t on t.id = c.container_type_id
       where c.volume_m3 > t.max_volume_m3`,
    );
    expect(found.rowCount).toBe(0);
    expect(
      await numbers(
        client,
        "select max_volume_m3 from public.infrastructure_containertype where name = 'Sea Rings'",
      ),
    ).toEqual([120_000]);
  });

  check('makes legacy places inactive', async (client) => {
    await loadFarm(client);
    const inactive = await client.query<{ name: string }>(
      `select name from public.infrastructure_container where not active
       union all select name from public.infrastructure_hall where not active
       union all select name from public.infrastructure_freshwaterstation where not active`,
    );
    expect(inactive.rows.map((row) => row.name).sort()).toEqual(['Container 3', 'Old Hall', 'Old Station']);
    const sensors = await client.query('select from public.infrastructure_sensor where not active');
    expect(sensors.rowCount).toBe(6);
  });

  check('refuses a farm whose ids belong to other places', async (client) => {
    await loadFarm(client);
    const other = smallFarm();
    other.areas = other.areas.map((area) => (area.id === 2 ? { ...area, name: "Loch d'Or" } : area));
    await expect(loadFarm(client, other)).rejects.toMatchObject({
      code: 'AQ001',
      message: "infrastructure_area 2 is 'S-SEA-01', not 'Loch d''Or' as in the configuration",
      hint: expect.stringContaining('another farm'),
    });
  });

  check('refuses containers of an unknown type', async (client) => {
    const farm = smallFarm();
    farm.containers = farm.containers.map((container) => ({ ...container, type: 'Bathtub' }));
    await expect(loadFarm(client, farm)).rejects.toMatchObject({
      code: 'AQ002',
      message: "containers of unknown type: 'Bathtub'",
    });
  });

  check('refuses stages that the master data does not describe', async (client) => {
    await loadFarm(client);
    const lifecycle_stages = master.lifecycle_stages.filter((stage) => stage.key !== 'parr');
    await expect(loadMasterData(client, { ...master, lifecycle_stages })).rejects.toMatchObject({
      code: 'AQ002',
      message: 'stages without master data: parr',
    });
  });

  check('uses what the application has already, and moves out of the way of its ids', async (client) => {
    const stamp = '2024-03-01T00:00:00Z';
    await client.query(
      `insert into public.inventory_feed (id, name, brand, size_category, description, is_active, created_at, updated_at)
       values (1, 'Home-made', 'None', 'SMALL', '', true, $1, $1), (40, 'Grower Feed 2.0mm', 'Own', 'SMALL', '', true, $1, $1)`,
      [stamp],
    );
    await client.query(
      `insert into public.harvest_productgrade (id, code, name, description, created_at, updated_at)
       values (7, 'GRADE_B', 'Second', '', $1, $1)`,
      [stamp],
    );
    await loadFarm(client);
    const loaded = await loadMasterData(client);
    expect(loaded.inventory_feed).toBe(5);
    const feeds = await client.query<{ line: string }>(
      "select format('%s %s %s', id, name, brand) as line from public.inventory_feed order by id",
    );
    expect(feeds.rows.map((row) => row.line)).toEqual([
      '1 Home-made None',
      '40 Grower Feed 2.0mm Own',
      '41 Starter Feed 0.5mm BioMar',
      '42 Starter Feed 1.0mm BioMar',
      '43 Grower Feed 3.0mm BioMar',
      '44 Finisher Feed 4.5mm BioMar',
      '45 Finisher Feed 6.0mm BioMar',
    ]);
    // Free ids are taken as wanted, and references follow the row that is there.
    expect(await numbers(client, 'select id from public.harvest_productgrade order by id')).toEqual([
      1, 2, 4, 5, 7,
    ]);
    expect(
      await numbers(
        client,
        'select product_grade_id from public.finance_intercompanypolicy where policy_id between 2 and 6 order by policy_id',
      ),
    ).toEqual([1, 2, 7, 4, 5]);
    await client.query('set constraints all immediate');
  });
});
