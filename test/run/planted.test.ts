import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/index.ts';
import { scheduleDigest } from '../../src/driver/stages/load.ts';
import { mustRun } from '../support/cli.ts';
import { createOwnedDatabase, type OwnedDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, tinyFarm } from '../support/generated.ts';
import { digestsOf, rowsOf, withClient } from '../support/run.ts';

/**
 * A role that may generate plants objects that are named like what the functions use (planted.sql) and calls all
 * that it may call: nothing of it runs with the rights of the owner, and the rows are those of anybody.
 */

const AS_OF = '2023-07-01';
const PLANTED = readFileSync(new URL('planted.sql', import.meta.url), 'utf8');
let database: OwnedDatabase;
let owner: string;
let runner: string;
let reference: TestDatabase;

beforeAll(async () => {
  database = await createOwnedDatabase();
  ({ owner, runner } = database);
  reference = await generatedDatabase({ asOf: AS_OF });
  await mustRun(['migrate', '--database-url', database.urlAs(owner), '--config', tinyFarm().config]);
  await rowsOf(database.urlAs(owner), `select aquaseed.grant_run('${runner}')`);
  // What plants needs a schema; in pg_temp anybody may.
  await rowsOf(database.url, `grant create on database ${database.name} to ${runner}`);
}, GENERATION_TIMEOUT);
afterAll(async () => {
  await database.drop();
  await reference.drop();
});

/** Whom the canary saw, and forgets it. */
async function seen(client: pg.Client): Promise<string> {
  const { rows } = await client.query(
    `select pg_catalog.current_setting('canary.saw', true) as seen, pg_catalog.set_config('canary.saw', '', false)`,
  );
  return (rows[0]?.seen as string | null) ?? '';
}

/** So many days before the end of history. */
const earlier = (days: number) =>
  new Date(Date.parse(`${AS_OF}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

describe.sequential('what a caller plants', () => {
  it('is found by a function that looks where its caller says', async () => {
    await rowsOf(
      database.urlAs(owner),
      `create function aquaseed.bent(p_a integer) returns text language plpgsql security definer
         set search_path = '' as $$ begin return p_a::text; end $$;
       create function aquaseed.bent_by_path(p_a integer) returns boolean language plpgsql security definer as $$
       begin return p_a = 1 or not exists (select from batch_batch); end $$;
       grant execute on function aquaseed.bent(integer), aquaseed.bent_by_path(integer) to ${runner}`,
    );
    await withClient(database.urlAs(runner), async (client) => {
      await client.query(PLANTED);
      for (const call of ['aquaseed.bent(1)', 'aquaseed.bent_by_path(1)']) {
        await client.query(`select ${call}`);
        expect(await seen(client), call).toBe(owner);
      }
      await client.query('drop schema plant cascade');
    });
    await rowsOf(
      database.urlAs(owner),
      'drop function aquaseed.bent(integer), aquaseed.bent_by_path(integer)',
    );
  });

  it('runs with the rights of nobody but him, whatever he calls, and changes no row', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const { schedule, config } = tinyFarm();
    const entryPoints = await rowsOf<{ name: string }>(
      database.url,
      `select p.proname::text as name from aquaseed.list_entry_points() e join pg_proc p on p.oid = e.function_oid`,
    );
    const called = new Set<string>();
    await withClient(database.urlAs(runner), async (client) => {
      await client.query(PLANTED);
      const call = async (name: string, text: string, values: unknown[] = []): Promise<void> => {
        called.add(name);
        await client.query(text, values);
        expect(await seen(client), text).toBe('');
      };
      await call('create_run', 'select aquaseed.create_run($1, $2, $3, $4, $5, $6, $7)', [
        schedule.metadata.seed,
        earlier(3),
        JSON.stringify(schedule),
        'planted',
        scheduleDigest(schedule),
        loadConfiguration(config).digest,
        '1',
      ]);
      await call('work_next', `select * from aquaseed.work_next(1, 'simulate', 0, 1)`);
      await call('resume_run', 'select aquaseed.resume_run(1)');
      await call('_close_run', 'call aquaseed.work(0, 1)');
      await call('finish_run', 'select aquaseed.finish_run(1)');
      await call('begin_advance', 'select aquaseed.begin_advance(1, $1)', [earlier(1)]);
      await call('_close_run', 'call aquaseed.work(0, 1)');
      await call('advance', 'select aquaseed.advance($1)', [AS_OF]);
      // Of an hour before any reading.
      await call('emit_live', 'select aquaseed.emit_live(1, 1, $1)', [`${AS_OF}T00:00:00Z`]);
      await call('note_seconds', `select aquaseed.note_seconds(1, 'emit', 1)`);
      await call('run_check', `select * from aquaseed.run_check(1, 'check_45_density')`);
      await call('verify', 'select * from aquaseed.verify(1)');
      await call('checksum_table', `select * from aquaseed.checksum_table('batch_batch')`);
      await call('checksum', 'select * from aquaseed.checksum()');
      await call('checksum_table_by_name', 'select * from aquaseed.checksum_by_name()');
    });
    expect(entryPoints.map((it) => it.name).filter((it) => !called.has(it))).toEqual([]);
    expect(await digestsOf(database.url)).toEqual(await digestsOf(reference.url));
    const planted = await rowsOf<{ kind: string; n: number }>(
      database.url,
      'select kind, count(*)::int as n from plant.planted group by kind order by kind',
    );
    console.info('planted:', planted.map((it) => `${it.n} ${it.kind}`).join(', '));
    for (const [kind, least] of [
      ['type', 40],
      ['relation', 200],
      ['function', 300],
      ['operator', 700],
    ] as const) {
      expect(planted.find((it) => it.kind === kind)?.n, kind).toBeGreaterThan(least);
    }
  });
});
