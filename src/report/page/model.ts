import { group } from 'd3-array';
import type { BatchRow, ReportData, ReportTables } from '../data.ts';
import { DAY, type Packed, unpack } from '../pack.ts';
import { daysBetween, toDate } from './format.ts';

/** One week of a batch's life, with what its curves need. */
export interface WeekPoint {
  batch: BatchRow;
  batch_no: number;
  geography: string;
  /** Last day of the week, as age and as date. */
  age: number;
  date: Date;
  weightKg: number | null;
  projectedKg: number | null;
  /** Share of the eggs that have not died. */
  survival: number;
  fish: number;
  deaths: number;
  feedPerDay: number;
  temperature: number | null;
}

/** The tables of a report, and what several sections need of them. */
export interface Model {
  data: ReportData;
  tables: ReportTables;
  batches: readonly BatchRow[];
  byNo: ReadonlyMap<number, BatchRow>;
  geographies: readonly string[];
  /** Life-cycle stages in order, with the day of age at which they usually begin. */
  stages: readonly { order: number; name: string; day: number }[];
  weeks: readonly WeekPoint[];
  asOf: Date;
  /** Shows a batch alone. */
  pick: (batch: string) => void;
}

export function createModel(data: ReportData, pick: (batch: string) => void): Model {
  const tables = Object.fromEntries(
    Object.entries(data.tables).map(([name, packed]) => [name, unpack<object>(packed as Packed<object>)]),
  ) as unknown as ReportTables;
  const { batches } = tables;
  const byNo = new Map(batches.map((it) => [it.batch_no, it]));
  return {
    data,
    tables,
    batches,
    byNo,
    geographies: [...new Set(batches.map((it) => it.geography))].sort(),
    stages: stagesOf(tables, byNo),
    weeks: weekPoints(tables, byNo),
    asOf: toDate(data.run.as_of),
    pick,
  };
}

function weekPoints(tables: ReportTables, byNo: ReadonlyMap<number, BatchRow>): WeekPoint[] {
  const projected = new Map(tables.projections.map((it) => [`${it.batch_no} ${it.day}`, it.weight_g]));
  return [...group(tables.weeks, (it) => it.batch_no)].flatMap(([no, weeks]) => {
    const batch = byNo.get(no);
    if (batch === undefined) return [];
    const start = toDate(batch.start_date).getTime();
    let dead = 0;
    return weeks.map((it): WeekPoint => {
      dead += it.deaths;
      const age = it.week * 7 + it.days - 1;
      const projection = it.days === 7 ? projected.get(`${no} ${age}`) : undefined;
      return {
        batch,
        batch_no: no,
        geography: batch.geography,
        age,
        date: new Date(start + age * DAY),
        weightKg: it.weight_g === null ? null : it.weight_g / 1000,
        projectedKg: projection === undefined ? null : projection / 1000,
        survival: 1 - dead / batch.eggs,
        fish: it.fish,
        deaths: it.deaths,
        feedPerDay: it.feed_kg / it.days,
        temperature: it.temperature_c,
      };
    });
  });
}

function stagesOf(tables: ReportTables, byNo: ReadonlyMap<number, BatchRow>): Model['stages'] {
  const stays = group(tables.stays, (it) => it.life_stage_no);
  return [...stays]
    .sort(([a], [b]) => a - b)
    .map(([order, rows]) => {
      const days = rows
        .map((it) => daysBetween(byNo.get(it.batch_no)?.start_date ?? '', it.from_date))
        .sort((a, b) => a - b);
      return { order, name: rows[0]?.stage ?? '', day: days[Math.floor(days.length / 2)] ?? 0 };
    });
}

/** Rows of a batch, or all where none is picked. */
export function rowsOf<Row extends { batch_no: number }>(
  rows: readonly Row[],
  only: BatchRow | undefined,
): readonly Row[] {
  return only === undefined ? rows : rows.filter((it) => it.batch_no === only.batch_no);
}
