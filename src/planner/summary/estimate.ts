/**
 * What a run costs, from its rows. Measured on the demo farm (2.6 million rows, PostgreSQL 18): bytes with
 * indexes by pg_total_relation_size; the database was 540 MB, the estimate says as much. The rate is that of
 * 2 idle cores; a small farm or a busy machine is slower, so `--database-url` takes that of a real run.
 */
const BYTES_PER_ROW: Record<string, number> = {
  environmental_environmentalreading: 181,
  inventory_feedingevent: 231,
  batch_mortalityevent: 194,
  batch_growthsample: 312,
  batch_individualgrowthobservation: 140,
};
const OTHER_BYTES_PER_ROW = 250;
/** The generator's own tables (daily truth, feed ledger) and the small tables, beside the rows that are predicted. */
const OWN_SHARE = 0.1;
/** An empty database with its schema, places and master data. */
const FIXED_BYTES = 25_000_000;
const DEFAULT_ROWS_PER_SECOND = 150_000;

export interface Estimate {
  rows: number;
  bytes: number;
  minutes: number;
  rows_per_second: number;
  /** Where the rate is from. */
  rate: 'default' | 'measured';
}

/** @param measured rows per second of an earlier run, when one is known */
export function estimate(rows: Readonly<Record<string, number>>, measured?: number): Estimate {
  let total = 0;
  let bytes = 0;
  for (const [table, count] of Object.entries(rows)) {
    total += count;
    bytes += count * (BYTES_PER_ROW[table] ?? OTHER_BYTES_PER_ROW);
  }
  const rate = measured ?? DEFAULT_ROWS_PER_SECOND;
  return {
    rows: total,
    bytes: Math.round(bytes * (1 + OWN_SHARE)) + FIXED_BYTES,
    minutes: Math.round((total / rate / 60) * 100) / 100,
    rows_per_second: Math.round(rate),
    rate: measured === undefined ? 'default' : 'measured',
  };
}
