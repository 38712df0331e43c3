/**
 * What a run costs, from its rows. Measured on the demo farm (2.6 million rows, PostgreSQL 18, 2026): bytes
 * with indexes by pg_total_relation_size; the rate on 2 cores in a run of some size.
 */
const BYTES_PER_ROW: Record<string, number> = {
  environmental_environmentalreading: 222,
  inventory_feedingevent: 230,
  batch_mortalityevent: 193,
  batch_growthsample: 299,
  batch_individualgrowthobservation: 139,
};
const OTHER_BYTES_PER_ROW = 250;
/** The generator's own tables (daily truth, feed ledger) beside the rows that are predicted: 0.06 measured. */
const OWN_SHARE = 0.08;
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
