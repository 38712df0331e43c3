import { withClient } from './run.ts';

/** Event tables and the column that says when a row came to be. */
export const EVENTS: [table: string, time: string][] = [
  ['batch_creationworkflow', 'actual_start_date'],
  ['batch_creationaction', 'actual_delivery_date'],
  ['batch_batchtransferworkflow', 'actual_completion_date'],
  ['batch_transferaction', 'actual_execution_date'],
  // A reading by hand is there once it is entered.
  ['environmental_environmentalreading', 'created_at'],
  ['inventory_feedpurchase', 'purchase_date'],
  ['inventory_feedingevent', 'feeding_date'],
  ['batch_mortalityevent', 'event_date'],
  ['batch_growthsample', 'sample_date'],
  ['batch_individualgrowthobservation', 'created_at'],
  ['batch_actualdailyassignmentstate', 'date'],
  ['harvest_harvestevent', 'event_date'],
  ['harvest_harvestlot', 'created_at'],
  ['harvest_harvestwaste', 'created_at'],
  ['finance_factharvest', 'event_date'],
  ['finance_intercompanytransaction', 'posting_date'],
  ['scenario', 'created_at'],
  ['scenario_projection_run', 'run_date'],
  ['scenario_scenarioprojection', 'created_at'],
  ['inventory_containerfeedingsummary', 'period_end'],
  ['inventory_batchfeedingsummary', 'period_end'],
  ['environmental_weatherdata', '"timestamp"'],
  ['environmental_photoperioddata', 'date'],
  ['environmental_stagetransitionenvironmental', 'created_at'],
  ['health_licecount', 'count_date'],
  ['health_healthsamplingevent', 'sampling_date'],
  ['health_individualfishobservation', 'created_at'],
  ['health_fishparameterscore', 'created_at'],
  ['health_treatment', 'treatment_date'],
  ['health_journalentry', 'entry_date'],
  ['health_healthlabsample', 'sample_date'],
  // Of the assignments those that have ended.
  ['batch_batchcontainerassignment', 'departure_date'],
];

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
  for (const [table, time] of EVENTS) {
    const [was, is] = await Promise.all([digest(a, table, time), digest(b, table, time, before)]);
    if (was.digest !== is.digest) found[table] = await firstDifferences(a, b, table, time, before);
  }
  return found;
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
