import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';
import { rowsOf, withClient } from '../support/run.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await generatedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

const query = (text: string): Promise<Record<string, unknown>[]> => rowsOf(database.url, text);

/** Batch, day and country of what is done on working days only, whatever the schedule. */
const DONE = `
  select p.batch_no, p.day, p.kind from aquaseed.procedure p
  union all
  select d.batch_no, d.day, 'harvest' from aquaseed.assignment_day d where d.harvested > 0`;

describe('what people do', () => {
  it('is done on working days', async () => {
    const rows = await query(`
      select d.kind, count(*)::int as n, count(*) filter (where not w.is_working)::int as off
      from (${DONE}) d
      join aquaseed.schedule_batch b using (batch_no)
      join aquaseed.work_day w on w.geography_id = b.geography_id and w.on_date = b.start_date + d.day
      group by d.kind order by d.kind`);
    expect(rows.map((it) => it.kind)).toEqual(['delousing', 'harvest', 'vaccination']);
    for (const it of rows) expect(it).toMatchObject({ off: 0 });
  });

  it('is a harvest of one working day after the other, the same most fish each', async () => {
    const rows = await query(`
      select x.batch_no, max(x.no) - min(x.no) + 1 - count(*) as gaps, max(x.fish)::int as most, min(x.days)::int as days
      from (
        select d.batch_no, w.working_no as no, sum(d.harvested) as fish, count(*) over (partition by d.batch_no) as days
        from aquaseed.assignment_day d
        join aquaseed.schedule_batch b using (batch_no)
        join aquaseed.work_day w on w.geography_id = b.geography_id and w.on_date = b.start_date + d.day
        where d.harvested > 0
        group by d.batch_no, w.working_no
      ) x
      group by x.batch_no`);
    expect(rows.length).toBeGreaterThan(0);
    for (const it of rows) {
      expect(Number(it.gaps)).toBe(0);
      expect(it.most).toBeLessThanOrEqual(70_000);
    }
  });

  it('is signed by people of the country, more than a few', async () => {
    const signed = `
      select batch_id, recorded_by_id as user_id from inventory_feedingevent
      union all select batch_id, user_id from health_treatment
      union all select batch_id, initiated_by_id from batch_batchtransferworkflow
      union all select batch_id, completed_by_id from batch_batchtransferworkflow
      union all select w.batch_id, a.executed_by_id from batch_transferaction a join batch_batchtransferworkflow w on w.id = a.workflow_id
      union all select batch_id, created_by_id from batch_creationworkflow
      union all select w.batch_id, a.executed_by_id from batch_creationaction a join batch_creationworkflow w on w.id = a.workflow_id
      union all select batch_id, created_by_id from planning_plannedactivity
      union all select batch_id, completed_by_id from planning_plannedactivity`;
    const [row] = await query(`
      select count(distinct s.user_id)::int as people,
             count(*) filter (where p.user_id is null or p.geography_id <> b.geography_id)::int as strangers
      from (select distinct batch_id, user_id from (${signed}) x where user_id is not null) s
      join aquaseed.schedule_batch b on b.batch_no = s.batch_id
      left join (select distinct user_id, geography_id from aquaseed.person) p on p.user_id = s.user_id`);
    expect(row?.strangers).toBe(0);
    expect(row?.people).toBeGreaterThan(10);
  });

  it('is written down after it was done, at many times of the day', async () => {
    const tables = [
      'batch_batch',
      'batch_creationworkflow',
      'batch_creationaction',
      'batch_batchcontainerassignment',
      'batch_batchtransferworkflow',
      'batch_transferaction',
      'batch_mortalityevent',
      'harvest_harvestevent',
      'finance_intercompanytransaction',
      'planning_plannedactivity',
    ];
    for (const table of tables) {
      const [row] = await query(`
        select count(*)::int as n, count(distinct created_at::time)::int as times,
               count(*) filter (where updated_at < created_at)::int as back from ${table}`);
      expect({ table, back: row?.back }).toEqual({ table, back: 0 });
      expect(row?.times, table).toBeGreaterThan(Math.min(3, Number(row?.n) - 1));
    }
    const out = await query(`
      select 'batch' as what from batch_batch b join batch_creationworkflow w on w.batch_id = b.id where w.created_at < b.created_at
      union all
      select 'assignment' from batch_batchcontainerassignment a join batch_transferaction t on t.dest_assignment_id = a.id
      where t.updated_at < a.created_at
      union all
      select 'workflow' from batch_batchtransferworkflow w join batch_transferaction t on t.workflow_id = w.id
      where t.updated_at > w.updated_at or t.created_at <> w.created_at
      union all
      select 'harvest' from harvest_harvestevent where created_at <= event_date or created_at::date <> event_date::date
      union all
      select 'removal' from batch_mortalityevent where created_at::date <> event_date`);
    expect(out).toEqual([]);
  });

  it('is signed as before where nobody works in the country', async () => {
    await withClient(database.url, async (client) => {
      await client.query('begin');
      try {
        await client.query('delete from aquaseed.person');
        const { rows } = await client.query<Record<string, unknown>>(`
          select distinct o.username as operator, v.username as vet, m.username as manager
          from aquaseed._duty(1, 42) d
          join auth_user o on o.id = d.operator_id join auth_user v on v.id = d.vet_id join auth_user m on m.id = d.manager_id`);
        expect(rows).toEqual([{ operator: 'operator_01', vet: 'vet_01', manager: 'manager_01' }]);
      } finally {
        await client.query('rollback');
      }
    });
  });
});

describe('transitions', () => {
  it('come on their planned day or up to a week and a half later', async () => {
    const rows = await query(`
      select actual_start_date - planned_start_date as late, actual_completion_date - planned_completion_date as done_late,
             extract(isodow from planned_start_date)::int as weekday
      from batch_batchtransferworkflow`);
    const late = rows.map((it) => Number(it.late));
    expect(Math.min(...late)).toBe(0);
    expect(Math.max(...late)).toBeGreaterThan(0);
    expect(Math.max(...late)).toBeLessThan(13);
    for (const it of rows.filter((it) => Number(it.late) > 0)) expect(it.weekday).toBeLessThan(6);
  });
});
