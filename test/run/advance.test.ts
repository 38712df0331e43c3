import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import { extend, writeSchedule } from '../../src/planner/index.ts';
import { mustRun, runCli, startCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  advanceArguments,
  eventfulFarm,
  GENERATION_TIMEOUT,
  generatedDatabase,
  type TinyFarm,
  tinyFarm,
} from '../support/generated.ts';
import { HAS_PSQL, runPsql } from '../support/psql.ts';
import { type Digests, digestsOf, rowsOf } from '../support/run.ts';

/** A history that is moved to a later day is that of a database generated up to it. */

type Batches = Record<string, string>;

/** What there is of each batch: one statement, so one moment. */
async function batchesOf(url: string): Promise<Batches> {
  const rows = await rowsOf<{ batch: string; content: string }>(
    url,
    `select b.batch_number as batch, concat_ws(' ',
       (select concat_ws(' ', count(*), max(r.reading_time)) from environmental_environmentalreading r
        where r.batch_id = b.id),
       (select concat_ws(' ', count(*), max(f.feeding_date)) from inventory_feedingevent f where f.batch_id = b.id),
       (select concat_ws(' ', count(*), sum(m.count)) from batch_mortalityevent m where m.batch_id = b.id),
       (select concat_ws(' ', count(*), sum(a.population_count)) from batch_batchcontainerassignment a
        where a.batch_id = b.id)) as content
     from batch_batch b`,
  );
  return Object.fromEntries(rows.map((it) => [it.batch, it.content]));
}

/** The daily states, which come in a stage of their own. */
async function statesOf(url: string): Promise<Batches> {
  const rows = await rowsOf<{ batch: string; content: string }>(
    url,
    `select 'states of ' || batch_id as batch, concat_ws(' ', count(*), max(date)) as content
     from batch_actualdailyassignmentstate group by 1`,
  );
  return Object.fromEntries(rows.map((it) => [it.batch, it.content]));
}

/** What a client sees that looks every 100 ms while something is done. */
async function lookingAt<T>(
  url: string,
  look: (url: string) => Promise<T>,
  work: () => Promise<unknown>,
): Promise<T[]> {
  const seen: T[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      seen.push(await look(url));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  await work();
  isOver = true;
  await looking;
  return seen;
}

const endOf = (farm: TinyFarm) => farm.schedule.metadata.as_of;

describe('the history of the tiny farm', () => {
  const farm = tinyFarm();
  const end = endOf(farm);
  let whole: Digests;
  const databases: TestDatabase[] = [];
  const upTo = async (asOf: string): Promise<TestDatabase> => {
    const database = await generatedDatabase({ asOf });
    databases.push(database);
    return database;
  };
  beforeAll(async () => {
    const database = await generatedDatabase();
    databases.push(database);
    whole = await digestsOf(database.url);
  }, GENERATION_TIMEOUT);
  afterAll(() => Promise.all(databases.map((it) => it.drop())));

  it('is the same in one step of 400 days with four workers, each batch wholly at the old or at the new day', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const database = await upTo('2024-10-29');
    const before = await batchesOf(database.url);
    const seen = await lookingAt(database.url, batchesOf, () =>
      mustRun(advanceArguments(database, farm, end, '--workers', '4')),
    );
    expect(await digestsOf(database.url)).toEqual(whole);
    const after = await batchesOf(database.url);
    for (const batch of Object.keys(after)) {
      const states = new Set(seen.map((it) => it[batch]));
      for (const it of [before[batch], after[batch]]) states.delete(it);
      expect([...states], batch).toEqual([]);
    }
    // Some had moved on while others had not.
    const moved = (it: Batches) => Object.keys(after).filter((batch) => it[batch] === after[batch]).length;
    expect(seen.map(moved).some((it) => it > moved(before) && it < moved(after))).toBe(true);
  });

  it('is the same in steps of 1, 1, 7, 30 and 90 days and the rest, over 29 February, moves, a harvest and new batches', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const database = await upTo('2024-02-28');
    const steps = ['2024-02-29', '2024-03-01', '2024-03-08', '2024-04-07', '2024-07-06'];
    for (const to of steps) await mustRun(advanceArguments(database, farm, to, '--workers', '1'));
    const other = await upTo('2024-07-06');
    expect(await digestsOf(database.url)).toEqual(await digestsOf(other.url));
    await mustRun(advanceArguments(database, farm, end));
    expect(await digestsOf(database.url)).toEqual(whole);
    expect(await rowsOf(database.url, 'select state, as_of::text, advanced_from from aquaseed.run')).toEqual([
      { state: 'done', as_of: end, advanced_from: null },
    ]);
  });

  it('shows nobody anything in between with --atomic', { timeout: GENERATION_TIMEOUT }, async () => {
    const database = await upTo('2025-11-20');
    const look = async (url: string) => ({ ...(await batchesOf(url)), ...(await statesOf(url)) });
    const before = await look(database.url);
    const seen = await lookingAt(database.url, look, () =>
      mustRun(advanceArguments(database, farm, end, '--atomic')),
    );
    expect(await digestsOf(database.url)).toEqual(whole);
    const after = await look(database.url);
    // Two questions are two moments: each has one answer or the other.
    for (const of of [batchesOf, statesOf]) {
      const names = Object.keys(await of(database.url));
      const text = (it: Batches) => JSON.stringify(names.map((name) => it[name]));
      expect([text(before), text(after)]).toEqual(expect.arrayContaining([...new Set(seen.map(text))]));
    }
  });

  it('goes on where it was killed', { timeout: GENERATION_TIMEOUT }, async () => {
    const database = await upTo('2025-06-30');
    for (const stage of ['settle', 'emit', 'assimilate']) {
      const command = startCli(advanceArguments(database, farm, end));
      await command.lineOnStderr((line) => line.startsWith(`${stage} `)).catch(() => undefined);
      command.kill('SIGKILL');
      await command.result;
    }
    const { stderr } = await mustRun(advanceArguments(database, farm, end));
    expect(stderr).toMatch(/Going on: \d+ units to do/);
    expect(await digestsOf(database.url)).toEqual(whole);
  });

  it('leaves alone what people did, and counts what they changed', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const database = await upTo('2025-11-20');
    await rowsOf(
      database.url,
      `with edited as (update batch_batch set notes = 'seen by a tester' where id = 6 returning 1)
       insert into batch_mortalityevent (event_date, count, biomass_kg, cause, description, created_at, updated_at,
         batch_id, assignment_id)
       select '2025-11-19', 3, 1, 'OTHER', 'by hand', now(), now(), 5, min(id)
       from batch_batchcontainerassignment where batch_id = 5`,
    );
    await rowsOf(
      database.url,
      `update batch_batchcontainerassignment set notes = 'mine'
       where id = (select min(id) from batch_batchcontainerassignment where batch_id = 5 and is_active)`,
    );
    const { json } = await mustRun(advanceArguments(database, farm, end, '--json'));
    expect(json()).toMatchObject({ to: end, state: 'done', kept: 1 });
    expect(await rowsOf(database.url, 'select table_name from aquaseed.kept_row')).toEqual([
      { table_name: 'batch_batchcontainerassignment' },
    ]);
    expect(
      await rowsOf(
        database.url,
        `select (select count(*)::int from batch_batchcontainerassignment where notes = 'mine') as edited,
                (select count from batch_mortalityevent where description = 'by hand') as added`,
      ),
    ).toEqual([{ edited: 1, added: 3 }]);
  });

  it('is refused for an earlier day, another configuration, another schedule, an unfinished run', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const database = await upTo('2025-11-20');
    const before = await digestsOf(database.url);
    const refused = async (args: string[], code: number, message: RegExp) => {
      const result = await runCli(args);
      expect(result.stderr).toMatch(message);
      expect(result.code).toBe(code);
      expect(await digestsOf(database.url)).toEqual(before);
    };
    await refused(advanceArguments(database, farm, '2025-11-19'), 2, /history ends on 2025-11-20 already/);
    const other = advanceArguments(database, farm, end).filter(
      (it) => it !== '--config' && it !== farm.config,
    );
    await refused(other, 2, /was generated with another configuration/);
    const [first, ...rest] = farm.schedule.batches;
    if (first === undefined) throw new Error('no batch');
    const changed = path.join(farm.config, 'changed.yaml');
    const eggs = first.eggs - 1000;
    writeSchedule(changed, { ...farm.schedule, batches: [{ ...first, eggs }, ...rest] }, 'test');
    await refused(
      [...advanceArguments(database, farm, end), changed],
      2,
      /is no extension of the one that was generated: batch FAR-2023-001/,
    );
    await rowsOf(database.url, `update aquaseed.run set state = 'failed'`);
    await refused(advanceArguments(database, farm, end), 4, /there is no finished run/);
  });

  it('is live with --every: readings of today as their hours come, and no day twice', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const database = await upTo('2025-11-26');
    const day = '2025-11-28';
    const readings = async () => {
      const [row] = await rowsOf<{ hours: string; last: string; n: number }>(
        database.url,
        `select string_agg(distinct to_char(reading_time at time zone 'UTC', 'HH24'), ' ') as hours,
                max(created_at at time zone 'UTC')::date::text as last, count(*)::int as n
         from environmental_environmentalreading where reading_time >= $1::timestamp at time zone 'UTC'`,
        [day],
      );
      return row;
    };
    const stay = async (moment: string) => {
      const [, ...words] = advanceArguments(database, farm, day);
      const args = ['advance', ...words.slice(2), '--every', '1s'];
      const command = startCli(args, { env: { AQUASEED_TODAY: `${day}T${moment}` } });
      await command.lineOnStderr((it) => /: 0 readings$/.test(it));
      command.kill('SIGINT');
      const { code, stderr } = await command.result;
      expect(code, stderr).toBe(0);
      const [, said = ''] =
        new RegExp(`^${day}T${moment}Z: ([1-9][\\d,]*) readings$`, 'm').exec(stderr) ?? [];
      return Number(said.replaceAll(',', ''));
    };
    const morning = await stay('10:15');
    expect(await readings()).toMatchObject({ hours: '06 08 10', last: day, n: morning });
    const afternoon = await stay('16:00');
    expect(await readings()).toMatchObject({
      hours: '06 08 10 14 16',
      last: day,
      n: morning + afternoon,
    });
    await mustRun(advanceArguments(database, farm, '2025-11-29'));
    expect(await readings()).toMatchObject({ hours: '06 08 10 14 16 18' });
    await mustRun(advanceArguments(database, farm, end));
    expect(await digestsOf(database.url)).toEqual(whole);
  });

  it.skipIf(!HAS_PSQL)('is the same by psql alone', { timeout: GENERATION_TIMEOUT }, async () => {
    const database = await upTo('2025-11-20');
    const advanceTo = async (to: string) => {
      const { code, stderr } = await runPsql(database.url, ['-v', `to=${to}`, '-f', 'sql/advance.sql']);
      expect(code, stderr).toBe(0);
    };
    await advanceTo('2025-11-25');
    // As one that was killed when it had begun.
    await rowsOf(database.url, 'select aquaseed.begin_advance(1, $1)', [end]);
    await advanceTo(end);
    expect(await digestsOf(database.url)).toEqual(whole);
  });
});

describe('a farm on which much goes wrong', () => {
  it('is the same in steps as in one', { timeout: GENERATION_TIMEOUT }, async () => {
    const farm = eventfulFarm();
    const whole = await generatedDatabase({ schedule: farm.file, config: farm.config });
    const database = await generatedDatabase({
      schedule: farm.file,
      config: farm.config,
      asOf: '2025-03-10',
    });
    for (const to of ['2025-03-11', '2025-04-02', '2025-07-01', endOf(farm)]) {
      // Some hours of the next day are there already; readings by hand come in late.
      await rowsOf(
        database.url,
        `select aquaseed.emit_live(1, b.batch_no, (r.as_of + time '14:30') at time zone 'UTC')
         from aquaseed.schedule_batch b cross join aquaseed.run r`,
      );
      await mustRun(advanceArguments(database, farm, to));
    }
    expect(await digestsOf(database.url)).toEqual(await digestsOf(whole.url));
    await Promise.all([whole.drop(), database.drop()]);
  });
});

describe('an extended schedule', () => {
  it('brings batches that begin later, in slices of their own', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const farm = tinyFarm();
    const { farm: places, biology, climate, work } = loadConfiguration(farm.config);
    const later = '2026-12-20';
    const { schedule } = extend(farm.schedule, { asOf: later }, places, biology, climate, work);
    expect(schedule.batches.length).toBeGreaterThan(farm.schedule.batches.length);
    const file = path.join(farm.config, 'extended.yaml');
    writeSchedule(file, schedule, 'test');
    const whole = await generatedDatabase({ schedule: file, config: farm.config });
    const database = await generatedDatabase();
    await mustRun([...advanceArguments(database, farm, '2026-06-10'), file]);
    await mustRun([...advanceArguments(database, farm, later), file]);
    expect(await digestsOf(database.url)).toEqual(await digestsOf(whole.url));
    await Promise.all([whole.drop(), database.drop()]);
  });
});
