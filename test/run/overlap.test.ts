import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../src/planner/index.ts';
import { writeSchedule } from '../../src/planner/index.ts';
import { runCli } from '../support/cli.ts';
import { createTestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, scratchDirectory, tinyFarm } from '../support/generated.ts';
import { migratedDatabase, rowsOf, withClient } from '../support/run.ts';

/** The tiny farm's schedule, edited by hand: FAR-2024-002 goes to sea where FAR-2023-001 still is. */
function conflicting(): Schedule {
  const schedule = structuredClone(tinyFarm().schedule);
  const [first, , second] = schedule.batches;
  if (first === undefined || second === undefined) throw new Error('the tiny farm has changed');
  second.sea = { ...first.sea, start_day: second.sea.start_day, end_day: second.sea.end_day };
  return schedule;
}

function conflictingFile(): string {
  const file = path.join(scratchDirectory(), 'conflict.yaml');
  writeSchedule(file, conflicting(), 'by hand');
  return file;
}

const NAMED = /conflict\.yaml:\d+: FAR-2024-002: .*FI-SEA-01-Ring-01/;

describe('a schedule that puts two batches into one container on one day', () => {
  it('is refused by validate, with file, line, batch and container', async () => {
    const { code, stderr, stdout } = await runCli([
      'validate',
      conflictingFile(),
      '--config',
      tinyFarm().config,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(NAMED);
    expect(stdout).toBe('');
  });

  it('is counted by validate --json', async () => {
    const { code, json } = await runCli([
      'validate',
      conflictingFile(),
      '--config',
      tinyFarm().config,
      '--json',
    ]);
    expect(code).toBe(2);
    expect(json()).toMatchObject({ batches: 6, conflicts: expect.toSatisfy((it: number) => it > 0) });
  });

  it('is refused by generate, and nothing is written', async () => {
    const database = await createTestDatabase();
    try {
      const { code, stderr } = await runCli([
        'generate',
        conflictingFile(),
        '--config',
        tinyFarm().config,
        '--database-url',
        database.url,
      ]);
      expect(code).toBe(2);
      expect(stderr).toMatch(NAMED);
      const schemas = await rowsOf(
        database.url,
        `select nspname from pg_namespace where nspname = 'aquaseed'
         union all select relname from pg_class where relnamespace = 'public'::regnamespace`,
      );
      expect(schemas).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it('is accepted by nobody but for the conflict', async () => {
    const { code } = await runCli(['validate', tinyFarm().file, '--config', tinyFarm().config]);
    expect(code).toBe(0);
  });

  it('is refused by PostgreSQL, with and without its exclusion constraint', {
    timeout: GENERATION_TIMEOUT,
  }, async () => {
    const database = await migratedDatabase();
    try {
      await withClient(database.url, async (client) => {
        const load = (schedule: Schedule): Promise<unknown> =>
          client.query('select aquaseed.load_schedule($1, $2)', [
            JSON.stringify(schedule),
            schedule.metadata.as_of,
          ]);
        const found = await client.query(
          `select conname, pg_get_constraintdef(oid) as definition from pg_constraint
           where conrelid = 'aquaseed.schedule_container'::regclass and contype = 'x'`,
        );
        expect(found.rows).toEqual([
          {
            conname: 'schedule_container_no_overlap',
            definition: expect.stringMatching(/EXCLUDE USING gist \(container_id WITH =, period WITH &&\)/),
          },
        ]);

        await expect(load(conflicting())).rejects.toMatchObject({ code: 'AQ003' });
        await load(tinyFarm().schedule);
        // By hand, behind the back of load_schedule.
        await expect(
          client.query(
            `insert into aquaseed.schedule_container
             select 6, 99, life_stage_no, container_id, period, 0 from aquaseed.schedule_container
             where batch_no = 1 and assignment_no = 0`,
          ),
        ).rejects.toMatchObject({ code: '23P01' });

        await client.query(
          'alter table aquaseed.schedule_container drop constraint schedule_container_no_overlap',
        );
        await expect(load(conflicting())).rejects.toMatchObject({ code: 'AQ003' });
        await load(tinyFarm().schedule);
      });
    } finally {
      await database.drop();
    }
  });
});
