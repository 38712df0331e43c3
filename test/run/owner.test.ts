import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun, runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generateArguments } from '../support/generated.ts';
import { migratedDatabase, rowsOf } from '../support/run.ts';

/** Who owns the scenarios of a run, and who may see which places. */

const AS_OF = '2023-06-14';
const OWNERS = `
  select r.owner, array_agg(distinct s.username::text) as scenarios, array_agg(distinct p.username::text) as runs
  from aquaseed.run r
  cross join lateral (select u.username from scenario x join auth_user u on u.id = x.created_by_id) s
  cross join lateral (
    select u.username from scenario_projection_run x join auth_user u on u.id = x.created_by_id) p
  group by r.owner`;
const ownedBy = (name: string) => [{ owner: name, scenarios: [name], runs: [name] }];

let database: TestDatabase;
const generate = (...more: string[]) =>
  runCli([...generateArguments(database.url, { asOf: AS_OF, workers: 2 }), ...more]);
const wipe = () => mustRun(['wipe', '--confirm', 'DELETE', '--database-url', database.url]);
const addUser = (name: string, password: string, superuser: boolean): Promise<unknown> =>
  rowsOf(
    database.url,
    `insert into auth_user (username, password, is_superuser, is_staff, is_active, first_name, last_name, email,
                            date_joined)
     values ($1, $2, $3, $3, true, '', '', '', now())`,
    [name, password, superuser],
  );

beforeAll(async () => {
  database = await migratedDatabase();
  // The sequences of master data are moved when a run ends; those of an application go on from there.
  await rowsOf(database.url, `select setval(pg_get_serial_sequence('auth_user', 'id'), 100)`);
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

describe.sequential('the owner', () => {
  it('is the manager in a database of our own', { timeout: GENERATION_TIMEOUT }, async () => {
    const { code, stderr } = await generate();
    expect(code, stderr).toBe(0);
    expect(await rowsOf(database.url, OWNERS)).toEqual(ownedBy('manager_01'));
    expect(stderr).not.toContain('sees no batches');
    await wipe();
  });

  it('is refused when there is no such user, before anything is written', async () => {
    const empty = await createTestDatabase();
    try {
      const args = [...generateArguments(empty.url, { asOf: AS_OF }), '--owner', 'nobody'];
      const { code, stderr } = await runCli(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /^error: there is no user "nobody": nothing was changed\nUsers: system_admin, /m,
      );
      expect(
        await rowsOf(empty.url, `select from pg_namespace where nspname = 'aquaseed'`),
        'not even the schema',
      ).toEqual([]);
    } finally {
      await empty.drop();
    }
    await expect(rowsOf(database.url, `select aquaseed._resolve_owner('nobody')`)).rejects.toThrow(
      'there is no user "nobody"',
    );
  });

  it('may be named, and resuming keeps to it', { timeout: GENERATION_TIMEOUT }, async () => {
    const { code, stderr } = await generate('--owner', 'vet_01');
    expect(code, stderr).toBe(0);
    expect(await rowsOf(database.url, OWNERS)).toEqual(ownedBy('vet_01'));
    const other = await generate('--owner', 'admin', '--resume');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('was begun with --owner vet_01');
    expect((await generate('--resume')).code).toBe(0);
    await wipe();
  });

  it('may be a user of others, whose rights are not touched', { timeout: GENERATION_TIMEOUT }, async () => {
    await addUser('analyst', '!', false);
    const { code, stderr } = await generate('--owner', 'analyst');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('notice: analyst owns the scenarios and sees no batches');
    expect(await rowsOf(database.url, OWNERS)).toEqual(ownedBy('analyst'));
    expect(
      await rowsOf(
        database.url,
        `select from users_userprofile p join auth_user u on u.id = p.user_id where u.username = 'analyst'`,
      ),
    ).toEqual([]);
    await wipe();
  });

  it('is the first superuser who can log in', { timeout: GENERATION_TIMEOUT }, async () => {
    await addUser('boss', 'pbkdf2_sha256$1$a$b', true);
    const { code, stderr } = await generate();
    expect(code, stderr).toBe(0);
    expect(await rowsOf(database.url, OWNERS)).toEqual(ownedBy('boss'));
  });
});

describe('the allowed places', () => {
  const counts = () =>
    rowsOf(
      database.url,
      `select u.username,
         (select count(*)::int from users_userprofile_allowed_areas a where a.userprofile_id = p.id) as areas,
         (select count(*)::int from users_userprofile_allowed_stations s where s.userprofile_id = p.id) as stations,
         (select count(*)::int from users_userprofile_allowed_containers c where c.userprofile_id = p.id) as containers
       from users_userprofile p join auth_user u on u.id = p.user_id
       where u.email like '%@aquamind.example' and p.geography = 'ALL' order by u.id`,
    );

  it('are all of production for profiles of all geographies and subsidiaries', async () => {
    const [all] = await rowsOf<Record<string, number>>(
      database.url,
      `select (select count(*)::int from infrastructure_area where active) as areas,
              (select count(*)::int from infrastructure_freshwaterstation where active) as stations,
              (select count(*)::int from infrastructure_container where active) as containers`,
    );
    const rows = await counts();
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row).toMatchObject({ ...all });
  });

  it('are those of the geography and subsidiary of a profile', async () => {
    const [master] = await rowsOf<{ user: string; joined: string }>(
      database.url,
      `select username as user, date_joined::text as joined from auth_user where username = 'operator_01'`,
    );
    const users = [{ username: 'operator_01', email: 'operator_01@aquamind.example' }];
    const load = (geography: string, subsidiary: string) =>
      rowsOf<{ table_name: string; rows: string }>(
        database.url,
        `with cleared as (
           delete from users_userprofile_allowed_areas where userprofile_id = 2 returning 1
         ), tanks as (
           delete from users_userprofile_allowed_containers where userprofile_id = 2 returning 1
         ), stations as (
           delete from users_userprofile_allowed_stations where userprofile_id = 2 returning 1
         )
         update users_userprofile set geography = '${geography}', subsidiary = '${subsidiary}' where id = 2`,
      ).then(() =>
        rowsOf<{ table_name: string; rows: string }>(
          database.url,
          'select table_name, rows::int from aquaseed._load_allowed_places($1)',
          [
            JSON.stringify({
              users,
              installed_on: master?.joined,
              profile_geographies: { FO: 'Faroe Islands', SC: 'Scotland' },
              finance: { sites: { station: 'FW', area: 'FM' } },
            }),
          ],
        ),
      );
    const rowsBy = async (geography: string, subsidiary: string) =>
      (await load(geography, subsidiary)).map((it) => Number(it.rows));
    const [allAreas = 0, allStations = 0, allContainers = 0] = await rowsBy('ALL', 'ALL');
    expect(Math.min(allAreas, allStations, allContainers)).toBeGreaterThan(0);
    const [areas, none, rings = 0] = await rowsBy('ALL', 'FM');
    expect([areas, none]).toEqual([allAreas, 0]);
    const [, stations, tanks = 0] = await rowsBy('ALL', 'FW');
    expect([stations, rings + tanks]).toEqual([allStations, allContainers]);
    expect(await rowsBy('ALL', 'LG')).toEqual([0, 0, 0]);
    const [faroe = 0] = await rowsBy('FO', 'ALL');
    const [scotland = 0] = await rowsBy('SC', 'ALL');
    expect(faroe + scotland).toBe(allAreas);
  });
});
