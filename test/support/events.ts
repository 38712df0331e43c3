import { withClient } from './run.ts';

/** Columns that say when a row came to be, where that is not the first date of the table. */
const CAME_TO_BE: Record<string, string> = {
  batch_creationworkflow: 'actual_start_date',
  batch_creationaction: 'actual_delivery_date',
  batch_batchtransferworkflow: 'actual_completion_date',
  batch_transferaction: 'actual_execution_date',
  // What people write down is there once it is entered.
  batch_growthsample: 'created_at',
  environmental_environmentalreading: 'created_at',
  health_healthlabsample: 'created_at',
  health_healthsamplingevent: 'created_at',
  health_journalentry: 'created_at',
  scenario: 'created_at',
  scenario_scenarioprojection: 'created_at',
  inventory_containerfeedingsummary: 'period_end',
  inventory_batchfeedingsummary: 'period_end',
  // Of the assignments those that have ended.
  batch_batchcontainerassignment: 'departure_date',
};

/**
 * Entered up to a week later, which no column says, or computed from what was: compared up to so many days before the
 * earlier day.
 */
const ENTERED_LATE: Record<string, number> = {
  health_treatment: 8,
  // From the day of a weighing on that has not been entered yet.
  batch_actualdailyassignmentstate: 8,
};

/** Tables that say how things stand at as_of. */
const NO_EVENTS = ['batch_batch', 'inventory_feedcontainerstock', 'planning_plannedactivity'];

/** The tables that a run has filled with events, and the column that says when a row came to be. */
export async function eventTables(url: string): Promise<[table: string, time: string][]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ table: string; time: string }>(
      `select r.table_name as table, quote_ident(coalesce($1::jsonb ->> r.table_name, (
                select a.attname from pg_attribute a
                where a.attrelid = format('public.%I', r.table_name)::regclass and a.attnum > 0
                  and a.atttypid in ('date'::regtype, 'timestamptz'::regtype)
                order by a.attnum limit 1))) as time
       from aquaseed.generated_rows((select max(run_id) from aquaseed.run)) r
       where r.table_name <> all ($2) order by r.table_name`,
      [CAME_TO_BE, NO_EVENTS],
    );
    return rows.map((it) => [it.table, it.time]);
  });
}

/**
 * Columns that say how things stand at as_of: the plan of an ACTIVE batch, how far the books are, what came of a
 * treatment, what is closed, which results are in.
 */
export const STATE: Record<string, string[]> = {
  health_treatment: ['outcome', 'description'],
  health_journalentry: ['resolution_status', 'resolution_notes', 'updated_at'],
  health_healthlabsample: [
    'date_sent_to_lab',
    'date_results_received',
    'findings_summary',
    'quantitative_results',
    'updated_at',
  ],
  batch_batchtransferworkflow: ['planned_activity_id'],
  finance_intercompanytransaction: ['state', 'updated_at', 'approved_by_id', 'approval_date'],
};

/** The rows that have a time, before the day if one is given. */
function selection(table: string, time: string, before?: string): string {
  const until = before === undefined ? '' : ` and t.${time} < '${before}'`;
  return `from public.${table} t where t.${time} is not null${until}`;
}

export async function digest(
  url: string,
  table: string,
  time: string,
  before?: string,
): Promise<{ rows: number; digest: string }> {
  return await withClient(url, async (client) => {
    await client.query("set timezone = 'UTC'");
    const { rows } = await client.query<{ rows: number; digest: string }>(
      `select count(*)::int as rows,
              count(*) || ' ' || coalesce(sum(hashtextextended((to_jsonb(t) - $1::text[])::text, 0)), 0) as digest
       ${selection(table, time, before)}`,
      [STATE[table] ?? []],
    );
    return rows[0] ?? { rows: 0, digest: '' };
  });
}

/** What differs between two databases in the events before the day that the first was generated up to: by table. */
export async function differences(a: string, b: string, before: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [table, time] of await eventTables(b)) {
    const late = ENTERED_LATE[table];
    const day = late === undefined ? before : daysBefore(before, late);
    const [was, is] = await Promise.all([
      digest(a, table, time, late === undefined ? undefined : day),
      digest(b, table, time, day),
    ]);
    if (was.digest !== is.digest) found[table] = await firstDifferences(a, b, table, time, day);
  }
  return found;
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

/** Some rows that only one of the two has, for the message. */
async function firstDifferences(
  a: string,
  b: string,
  table: string,
  time: string,
  before: string,
): Promise<string[]> {
  const read = (url: string, day?: string): Promise<string[]> =>
    withClient(url, async (client) => {
      await client.query("set timezone = 'UTC'");
      const { rows } = await client.query<{ row: string }>(
        `select (to_jsonb(t) - $1::text[])::text as row ${selection(table, time, day)} order by 1`,
        [STATE[table] ?? []],
      );
      return rows.map((it) => it.row);
    });
  const [was, is] = await Promise.all([read(a), read(b, before)]);
  const [inA, inB] = [new Set(was), new Set(is)];
  return [
    ...was
      .filter((it) => !inB.has(it))
      .map((it) => `only in the earlier: ${it}`)
      .slice(0, 3),
    ...is
      .filter((it) => !inA.has(it))
      .map((it) => `only in the later: ${it}`)
      .slice(0, 3),
  ];
}
