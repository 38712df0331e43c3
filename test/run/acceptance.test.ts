import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createTestDatabase } from '../support/database.ts';
import { rowsOf } from '../support/run.ts';

/** What AquaMind's acceptance script wants of a database on the day on which it runs. */

const TODAY = '2026-05-20';
const TRANSITIONS = [
  [82, 95],
  [172, 185],
  [262, 275],
  [352, 365],
  [442, 455],
  [780, 900],
];

describe('the ladder up to today', () => {
  it('is accepted', { timeout: 1_800_000 }, async () => {
    const database = await createTestDatabase();
    try {
      const made = await runCli(
        ['generate', '--preset', 'ladder', '--no-verify', '--database-url', database.url],
        { env: { AQUASEED_TODAY: TODAY } },
      );
      expect(made.code, made.stderr).toBe(0);
      const active = await rowsOf<{ age: number; stage: string; has_states: boolean }>(
        database.url,
        `select $1::date - b.start_date as age, l.name as stage,
                exists (select from batch_actualdailyassignmentstate s where s.batch_id = b.id) as has_states
         from batch_batch b join batch_lifecyclestage l on l.id = b.lifecycle_stage_id
         where b.status = 'ACTIVE'`,
        [TODAY],
      );
      expect(active.length).toBeGreaterThanOrEqual(30);
      const stages = [...new Set(active.map((it) => it.stage))];
      expect(stages).toHaveLength(6);
      for (const stage of stages) {
        expect(active.filter((it) => it.stage === stage).length, stage).toBeGreaterThanOrEqual(4);
      }
      for (const [from = 0, to = 0] of TRANSITIONS) {
        const near = active.filter((it) => it.age >= from && it.age <= to);
        expect(near.length, `age ${from} to ${to}`).toBeGreaterThanOrEqual(2);
      }
      expect(active.filter((it) => it.has_states).length / active.length).toBeGreaterThanOrEqual(0.8);
      const [latest] = await rowsOf(
        database.url,
        `select $1::date - (select max(date) from batch_actualdailyassignmentstate) <= 3 as states,
                $1::date - (select max(feeding_date) from inventory_feedingevent) <= 3 as meals,
                $1::date - (select max(reading_time at time zone 'UTC')::date
                            from environmental_environmentalreading) <= 3 as readings,
                exists (select from planning_plannedactivity where status = 'PENDING') as plans`,
        [TODAY],
      );
      expect(latest).toEqual({ states: true, meals: true, readings: true, plans: true });
    } finally {
      await database.drop();
    }
  });
});
