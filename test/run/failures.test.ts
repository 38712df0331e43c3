import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun, runCli, startCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generateArguments, generatedDatabase } from '../support/generated.ts';
import {
  Barrier,
  type Digests,
  digestsOf,
  migratedDatabase,
  miscountedTables,
  prepare,
  rowsOf,
  unitsNotDoneOnce,
  withClient,
} from '../support/run.ts';
import { startDebianServer, type TestServer } from '../support/servers.ts';

/**
 * What may go wrong besides killed drivers and servers (kill.test.ts): the data of the resumed run are always
 * those of an undisturbed one. One batch, its first weeks.
 */

const AS_OF = '2023-08-01';
const BATCH = 'FAR-2023-001';

let undisturbed: Digests;
beforeAll(async () => {
  const database = await migratedDatabase();
  await mustRun(generateArguments(database.url, { asOf: AS_OF, workers: 2 }));
  undisturbed = await digestsOf(database.url);
  await database.drop();
}, GENERATION_TIMEOUT);

const generateInto = (url: string, ...more: string[]): string[] => [
  ...generateArguments(url, { asOf: AS_OF, workers: 2 }),
  ...more,
];

async function expectAsUndisturbed(url: string): Promise<void> {
  expect(await miscountedTables(url)).toEqual([]);
  expect(await digestsOf(url)).toEqual(undisturbed);
}

describe('a run whose', () => {
  let database: TestDatabase;
  let barrier: Barrier;
  const fresh = async (): Promise<void> => {
    database = await migratedDatabase();
    barrier = await Barrier.open(database.url);
  };
  const done = async (): Promise<void> => {
    await barrier.end();
    await database.drop();
  };

  it('connections are all dropped makes new ones, takes its lock again and goes on', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await fresh();
    try {
      const key = await barrier.close('emit', BATCH);
      const command = startCli(generateInto(database.url));
      await barrier.reached(key, command);
      await rowsOf(
        database.url,
        `delete from barrier.point;
         select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'aquaseed%'`,
      );
      await barrier.lift(key);
      const { code, stderr } = await command.result;
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/: once more in 0\.5 s \(1 of 5\)/);
      expect(await unitsNotDoneOnce(database.url)).toEqual([]);
      await expectAsUndisturbed(database.url);
    } finally {
      await done();
    }
  });

  it('statement is cancelled by somebody else ends with 1 and can be resumed', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await fresh();
    try {
      const key = await barrier.close('emit', BATCH);
      const command = startCli(generateInto(database.url));
      const pid = await barrier.reached(key, command);
      await rowsOf(database.url, 'delete from barrier.point');
      await rowsOf(database.url, 'select pg_cancel_backend($1)', [pid]);
      const { code, stderr } = await command.result;
      await barrier.lift(key);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^error: A statement was cancelled [^\n]+\nWhat it did was rolled back; .* --resume/m,
      );
      expect((await runCli(generateInto(database.url, '--resume'))).code).toBe(0);
      await expectAsUndisturbed(database.url);
    } finally {
      await done();
    }
  });

  it('unit waits for a lock longer than a time-out fails in that unit alone', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    await fresh();
    try {
      // The sessions of a run set no time-out: this one comes from within the unit.
      await rowsOf(
        database.url,
        `create function barrier.hurry() returns trigger language plpgsql as $$
         begin
           perform set_config('lock_timeout', '200ms', true);
           return new;
         end $$;
         create trigger hurry before insert on public.batch_batch for each row execute function barrier.hurry()`,
      );
      const key = await barrier.close('simulate', BATCH);
      const command = startCli(generateInto(database.url));
      await barrier.reached(key, command);
      await withClient(database.url, async (client) => {
        await client.query('begin; lock table public.batch_creationaction in access exclusive mode');
        await barrier.lift(key);
        const { code, stderr } = await command.result;
        expect(code).toBe(1);
        expect(stderr).toContain(`FAILED emit ${BATCH}: 55P03 canceling statement due to lock timeout`);
      });
      expect((await runCli(generateInto(database.url, '--resume'))).code).toBe(0);
      await expectAsUndisturbed(database.url);
    } finally {
      await done();
    }
  });

  it.each([
    ['twice is done once more', 2, 0, 3],
    ['for ever fails after five attempts', 1000, 1, 5],
  ])('unit meets a deadlock %s', { timeout: GENERATION_TIMEOUT }, async (_, times, exitCode, attempts) => {
    await fresh();
    try {
      // A sequence is not rolled back.
      await rowsOf(
        database.url,
        `create sequence barrier.deadlocks;
         create function barrier.deadlock() returns trigger language plpgsql as $$
         begin
           if nextval('barrier.deadlocks') <= ${times} then
             raise exception 'deadlock detected' using errcode = '40P01';
           end if;
           return new;
         end $$;
         create trigger deadlock before insert on public.batch_batch
           for each row execute function barrier.deadlock()`,
      );
      const { code, stderr } = await runCli(generateInto(database.url));
      expect(code, stderr).toBe(exitCode);
      expect(stderr).toContain(`emit ${BATCH}: once more after 40P01 deadlock detected`);
      const [unit] = await rowsOf(
        database.url,
        `select attempts from aquaseed.run_step where stage = 'emit' and unit = '${BATCH}'`,
      );
      expect(unit).toEqual({ attempts });
      if (exitCode !== 0) {
        await rowsOf(database.url, 'drop trigger deadlock on public.batch_batch');
        expect((await runCli(generateInto(database.url, '--resume'))).code).toBe(0);
      }
      await expectAsUndisturbed(database.url);
    } finally {
      await done();
    }
  });
});

describe('on a server of its own (Debian, PostgreSQL 15)', () => {
  let server: TestServer | null = null;
  beforeAll(async () => {
    server = await startDebianServer(15, { initdb: ['--wal-segsize=1'] });
    if (server === null) return;
    await rowsOf(server.url('postgres'), 'create database farm');
    await rowsOf(server.url('postgres'), 'create database other');
    await prepare(server.url('farm'));
    await prepare(server.url('other'));
  });
  afterAll(() => server?.remove());

  it('a disk that gets full fails the units that do not fit, and the rest is made when there is room', {
    timeout: GENERATION_TIMEOUT,
  }, async (context) => {
    // A quota stands for the disk: no file of the server may grow beyond 4 MB.
    if (server === null || !(await server.limitFiles([server.pid], 'unlimited'))) {
      context.skip('needs Debian PostgreSQL 15 and prlimit');
      return;
    }
    const url = server.url('farm');
    const whole = await generatedDatabase();
    const expected = await digestsOf(whole.url);
    await whole.drop();
    const barrier = await Barrier.open(url);
    const key = await barrier.close('simulate', BATCH);
    const command = startCli(generateArguments(url, { workers: 2 }));
    await barrier.reached(key, command);
    const sessions = await rowsOf<{ pid: number }>(
      url,
      `select pid from pg_stat_activity where application_name like 'aquaseed%'`,
    );
    expect(await server.limitFiles([server.pid, ...sessions.map((it) => it.pid)], 4 * 1024 * 1024)).toBe(
      true,
    );
    await barrier.lift(key);
    const { code, stderr } = await command.result;
    await barrier.end();
    expect(code).toBe(1);
    expect(stderr).toMatch(/FAILED \w+ \S+: \w+ could not (extend|write)[^\n]*File too large/);
    await server.limitFiles([server.pid], 'unlimited');
    const resumed = await runCli([...generateArguments(url, { workers: 2 }), '--resume']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(await miscountedTables(url)).toEqual([]);
    expect(await digestsOf(url)).toEqual(expected);
  });

  it('a server process that is killed takes all connections with it, and the run goes on by itself', {
    timeout: GENERATION_TIMEOUT,
  }, async (context) => {
    if (server === null) {
      context.skip('needs Debian PostgreSQL 15');
      return;
    }
    const url = server.url('other');
    const barrier = await Barrier.open(url);
    const key = await barrier.close('emit', BATCH);
    const command = startCli(generateInto(url));
    const pid = await barrier.reached(key, command);
    process.kill(pid, 'SIGKILL');
    const { code, stderr } = await command.result;
    await barrier.end();
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/: once more in 0\.5 s/);
    await expectAsUndisturbed(url);
  });
});
