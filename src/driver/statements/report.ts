import { sql } from 'slonik';
import { type ReportTable, type ReportTables, reportRows } from '../../report/data.ts';
import type { Connection } from './connection.ts';

/** What a report shows, one function a table. */
const REPORT_STATEMENTS = {
  batches: (it: Connection) => it.any(sql.type(reportRows.batches)`select * from aquaseed.report_batches()`),
  weeks: (it: Connection) => it.any(sql.type(reportRows.weeks)`select * from aquaseed.report_weeks()`),
  projections: (it: Connection) =>
    it.any(sql.type(reportRows.projections)`select * from aquaseed.report_projections()`),
  mortality: (it: Connection) =>
    it.any(sql.type(reportRows.mortality)`select * from aquaseed.report_mortality()`),
  temperatures: (it: Connection) =>
    it.any(sql.type(reportRows.temperatures)`select * from aquaseed.report_temperatures()`),
  water: (it: Connection) => it.any(sql.type(reportRows.water)`select * from aquaseed.report_water()`),
  feed: (it: Connection) => it.any(sql.type(reportRows.feed)`select * from aquaseed.report_feed()`),
  fcr: (it: Connection) => it.any(sql.type(reportRows.fcr)`select * from aquaseed.report_fcr()`),
  stock: (it: Connection) => it.any(sql.type(reportRows.stock)`select * from aquaseed.report_stock()`),
  lice: (it: Connection) => it.any(sql.type(reportRows.lice)`select * from aquaseed.report_lice()`),
  treatments: (it: Connection) =>
    it.any(sql.type(reportRows.treatments)`select * from aquaseed.report_treatments()`),
  harvest: (it: Connection) => it.any(sql.type(reportRows.harvest)`select * from aquaseed.report_harvest()`),
  stays: (it: Connection) => it.any(sql.type(reportRows.stays)`select * from aquaseed.report_stays()`),
  occupancy: (it: Connection) =>
    it.any(sql.type(reportRows.occupancy)`select * from aquaseed.report_occupancy()`),
} as const;

export const REPORT_TABLES = Object.keys(REPORT_STATEMENTS) as ReportTable[];

/** One table of a report. */
export async function readReportTable<T extends ReportTable>(
  connection: Connection,
  table: T,
): Promise<ReportTables[T]> {
  const read: (from: Connection) => Promise<readonly unknown[]> = REPORT_STATEMENTS[table];
  return (await read(connection)) as ReportTables[T];
}
