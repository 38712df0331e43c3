import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_DIR, loadConfiguration } from '../../src/config/index.ts';
import { openPool } from '../../src/driver/database/pool.ts';
import { TOOL_VERSION } from '../../src/driver/invocation.ts';
import { sqlFiles } from '../../src/driver/psql/sql-files.ts';
import { load } from '../../src/driver/stages/load.ts';
import { predictRows, readSchedule } from '../../src/planner/index.ts';
import { mustRun } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, scratchDirectory, tinyFarm } from '../support/generated.ts';
import { HAS_PSQL, runPsql } from '../support/psql.ts';
import { type Digests, digestsOf, miscountedTables, rowsOf, unitsNotDoneOnce } from '../support/run.ts';
import { startDebianServer, type TestServer } from '../support/servers.ts';

/**
 * Everything with psql alone, on Debian's PostgreSQL 15 where it is there. The preset files themselves are
 * compared with what the driver loads; whole runs are of the tiny farm.
 */
describe.skipIf(!HAS_PSQL)('psql alone', () => {
  let server: TestServer | null;
  let tiny: string;
  let undisturbed: Digests;
  const databases: TestDatabase[] = [];

  beforeAll(async () => {
    server = await startDebianServer(15);
    const finished = await generatedDatabase();
    undisturbed = await digestsOf(finished.url);
    await finished.drop();
    const { config, file } = tinyFarm();
    tiny = path.join(scratchDirectory(), 'tiny.sql');
    await mustRun(['plan', '--from', file, '--format', 'sql', '--out', tiny, '--config', config]);
  }, GENERATION_TIMEOUT);
  afterAll(async () => {
    for (const it of databases) await it.drop();
    await server?.remove();
  });

  /** An empty database; its URL. */
  async function emptyDatabase(name: string): Promise<string> {
    if (server === null) {
      const database = await createTestDatabase();
      databases.push(database);
      return database.url;
    }
    await rowsOf(server.url('postgres'), `create database ${name}`);
    return server.url(name);
  }
  const install = (url: string, ...more: string[]) => runPsql(url, [...more, '-f', 'sql/install.sql']);

  it('installs what the driver takes for its own, as often as one likes', async () => {
    const url = await emptyDatabase('installed');
    for (let i = 0; i < 2; i++) {
      const { code, stderr, stdout } = await install(url);
      expect(code, stderr).toBe(0);
      expect(stderr).toBe('');
      expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^installed: /);
      expect(/^migration 1 of \d+$/m.test(stdout)).toBe(i === 0);
    }
    const { json } = await mustRun(['migrate', '--database-url', url, '--json']);
    expect(json()).toMatchObject({ migrations: [], functionsLoaded: true });
    // The other way round, too.
    expect((await install(url)).code).toBe(0);
  });

  it('takes the owner of the scenarios, and refuses one that there is not', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const url = await emptyDatabase('owned');
    await install(url);
    const seed = (...more: string[]) =>
      runPsql(url, [...more, '-v', 'verify=off', '-v', `schedule=${tiny}`, '-f', 'sql/seed.sql']);
    const refused = await seed('-v', 'owner=nobody');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('there is no user "nobody"');
    expect(await rowsOf(url, 'select from auth_user')).toEqual([]);
    const made = await seed('-v', 'owner=vet_01');
    expect(made.code, made.stderr).toBe(0);
    expect(
      await rowsOf(
        url,
        `select distinct r.owner, u.username from aquaseed.run r, scenario s join auth_user u on u.id = s.created_by_id`,
      ),
    ).toEqual([{ owner: 'vet_01', username: 'vet_01' }]);
  });

  it('refuses a database of somebody else and a copy that is not named, and writes nothing', async () => {
    const url = await emptyDatabase('foreign_one');
    await rowsOf(url, 'create table invoice (id int)');
    for (const file of ['sql/install.sql', 'sql/seed.sql']) {
      const refused = await runPsql(url, ['-f', file]);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain('is not empty and was not made by aquaseed');
    }
    expect(await rowsOf(url, `select nspname from pg_namespace where nspname = 'aquaseed'`)).toEqual([]);

    const copy = await emptyDatabase('a_copy');
    await install(copy);
    await rowsOf(copy, `update aquaseed.ownership set database_name = 'production'`);
    const unnamed = await install(copy);
    expect(unnamed.code).toBe(3);
    expect(unnamed.stderr).toMatch(/was made by aquaseed as "production", so it is a copy or was renamed/);
    const name = new URL(copy).pathname.slice(1);
    expect((await install(copy, '-v', `database=${name}`)).code).toBe(0);
  });

  it('generates the rows of the driver, shared by two sessions, after a session that was cancelled', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const url = await emptyDatabase('shared');
    await install(url);
    const nothing = await runPsql(url, ['-v', 'ON_ERROR_STOP=1', '-c', 'call aquaseed.work()']);
    expect(nothing.stderr).toContain('there is no run in this database');

    const loaded = await runPsql(url, ['-v', 'ON_ERROR_STOP=1', '-f', tiny]);
    expect(loaded.code, loaded.stderr).toBe(0);
    // The call is one statement: a time-out ends it in the middle of some unit.
    const timedOut = await runPsql(url, ['-c', 'call aquaseed.work()'], {
      PGOPTIONS: '-c statement_timeout=700',
    });
    expect(timedOut.stderr).toContain('canceling statement due to statement timeout');

    // Sessions with habits of their own.
    const habits = { PGTZ: 'Asia/Tokyo', PGDATESTYLE: 'SQL, DMY', PGOPTIONS: '-c extra_float_digits=0' };
    const both = await Promise.all([
      runPsql(url, ['-c', 'call aquaseed.work(0, 2)'], habits),
      runPsql(url, ['-c', 'call aquaseed.work(1, 2)']),
    ]);
    for (const { code, stderr } of both) {
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/INFO: {2}emit \S+: \d+ rows in \d+\.\d\d s \(\d+ units left\)/);
    }
    const [run] = await rowsOf(url, 'select state, seconds from aquaseed.run');
    expect(run).toMatchObject({ state: 'done', seconds: { emit: expect.any(Number) } });
    expect(await unitsNotDoneOnce(url)).toEqual([]);
    expect(await miscountedTables(url)).toEqual([]);
    expect(await digestsOf(url)).toEqual(undisturbed);

    // Nothing is left to do: vacuum and the report of the checks.
    const again = await runPsql(url, ['-f', 'sql/seed.sql']);
    expect(again.stdout).toMatch(/units to do: 0\n[\s\S]*verify\n[\s\S]*conflicts +\| +[1-9]/);
    const second = await runPsql(url, ['-v', `schedule=${tiny}`, '-f', 'sql/seed.sql']);
    expect(second.code).toBe(3);
    expect(second.stderr).toContain('this database already holds a run');
    // The driver knows the run, and that it is done.
    const status = await mustRun(['status', '--database-url', url, '--json']);
    expect(status.json()).toMatchObject({ run: { state: 'done' }, failures: [] });
    const out = path.join(scratchDirectory(), 'report.html');
    const report = await mustRun(['report', '--database-url', url, '--out', out, '--json']);
    expect(report.json()).toMatchObject({ file: out, bytes: statSync(out).size });
  });

  it('loads of a committed schedule what the driver loads of its YAML file', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const name = 'config/schedules/demo.yaml';
    const [byDriver, byPsql] = await Promise.all([emptyDatabase('by_driver'), emptyDatabase('by_psql')]);
    for (const url of [byDriver, byPsql]) await install(url);
    const target = server?.target('by_driver') ?? databases.find((it) => it.url === byDriver)?.target;
    if (target === undefined) throw new Error('no target');
    const pool = await openPool(target, { connections: 1 });
    const configuration = loadConfiguration();
    const schedule = readSchedule(path.join(CONFIG_DIR, 'schedules', 'demo.yaml'));
    try {
      await load(pool, {
        schedule,
        scheduleName: name,
        asOf: schedule.metadata.as_of,
        configuration,
        predicted: predictRows(schedule, configuration),
        toolVersion: TOOL_VERSION,
      });
    } finally {
      await pool.end();
    }
    const loaded = await runPsql(byPsql, ['-v', 'ON_ERROR_STOP=1', '-f', name.replace('yaml', 'sql')]);
    expect(loaded.code, loaded.stderr).toBe(0);
    expect(await digestsOf(byPsql)).toEqual(await digestsOf(byDriver));
    expect(await generatorRows(byPsql)).toEqual(await generatorRows(byDriver));
  });
});

/** A digest of every table of the generator that a load fills, without clocks and names of databases. */
async function generatorRows(url: string): Promise<Record<string, string>> {
  const tables = await rowsOf<{ name: string }>(
    url,
    `select relname::text as name from pg_class
     where relnamespace = 'aquaseed'::regnamespace and relkind = 'r'
       and relname not in ('ownership', 'migrations', 'check_bound') order by 1`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await rowsOf<{ digest: string }>(
      url,
      `select md5(coalesce(string_agg(r.row, E'\\n' order by r.row), '')) as digest
       from (select (to_jsonb(t) - 'started_at' - 'finished_at')::text as row from aquaseed.${name} t) r`,
    );
    digests[name] = row?.digest ?? '';
  }
  return digests;
}

describe('the SQL files that follow from others', () => {
  it.each(sqlFiles().map((it) => [it.file, it.text]))(
    '%s is committed byte for byte (npm run sql writes it anew)',
    (file, text) => {
      const committed = readFileSync(path.join(CONFIG_DIR, '..', file), 'utf8');
      // Not by a diff, which would be as long as the file.
      expect(committed === text).toBe(true);
    },
  );
});
