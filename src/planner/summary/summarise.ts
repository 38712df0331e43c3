import { type Timeline, timelineOf } from '../allocate/measure.ts';
import type { Plan } from '../plan.ts';
import type { Utilisation } from '../schedule/schedule.ts';
import { chart } from './chart.ts';
import { type Estimate, estimate } from './estimate.ts';

/** The machine-readable result of `plan`. */
export interface Summary {
  batches: number;
  batches_per_geography: number;
  stagger_days: number;
  first_start: string;
  last_start: string;
  as_of: string;
  conflicts: number;
  binding_constraint: string;
  /** Days from the first to the last start; available is null when nothing limits them. */
  time: { used: number; available: number | null };
  /** The highest peak share of sea rings of a geography. */
  saturation: number;
  utilisation: Utilisation[];
  predicted_rows: Record<string, number>;
  /** What the plan asks of the farm that a real one could not give. */
  warnings: string[];
  estimate: Estimate;
  /** Every resource on every day; with `details`. */
  timeline?: Timeline;
}

export interface SummaryOptions {
  /** The chart, and utilisation per day in the JSON. */
  details?: boolean | undefined;
  /** Rows by table that are predicted. */
  predictedRows: Readonly<Record<string, number>>;
  /** Of the plan (strains). */
  warnings?: readonly string[] | undefined;
  /** Rows per second of an earlier run. */
  rowsPerSecond?: number | undefined;
}

/** What a plan comes to, for people and for programs. */
export function summarise(plan: Plan, options: SummaryOptions): { text: string; json: Summary } {
  const { metadata } = plan.schedule;
  const timeline = options.details ? timelineOf(plan.schedule, plan.setting) : undefined;
  const seas = metadata.utilisation.filter((it) => it.unit === 'rings').map((it) => it.peak_share);
  const json: Summary = {
    batches: plan.schedule.batches.length,
    batches_per_geography: metadata.batches_per_geography,
    stagger_days: metadata.stagger_days,
    first_start: metadata.first_start,
    last_start: metadata.last_start,
    as_of: metadata.as_of,
    conflicts: plan.conflicts.length,
    binding_constraint: metadata.binding_constraint,
    time: plan.time,
    saturation: Math.max(0, ...seas),
    utilisation: metadata.utilisation,
    predicted_rows: { ...options.predictedRows },
    warnings: [...(options.warnings ?? [])],
    estimate: estimate(options.predictedRows, options.rowsPerSecond),
    ...(timeline === undefined ? {} : { timeline }),
  };
  const { used, available } = plan.time;
  const spacing =
    metadata.mode === 'ladder' ? 'a ladder of ages' : `${metadata.stagger_days} days between starts`;
  const text = [
    `${json.batches} batches (${json.batches_per_geography} per geography), ${spacing}`,
    `starts from ${json.first_start} to ${json.last_start}, history up to ${json.as_of}`,
    `conflicts: ${json.conflicts}`,
    '',
    ...table(
      ['geography', 'resource', 'peak', 'of', '', 'date', 'mean'],
      json.utilisation.map((it) => [
        it.geography,
        it.resource,
        String(it.peak),
        String(it.capacity),
        percent(it.peak_share),
        it.peak_date,
        percent(it.mean_share),
      ]),
    ),
    `time: the starts take ${used} days${available === null ? ', any number will do' : ` of ${available}`}`,
    `binding constraint: ${json.binding_constraint}`,
    ...json.warnings.map((it) => `WARNING: ${it}`),
    '',
    ...(timeline === undefined ? [] : [...chart(timeline), '']),
    ...table(
      ['predicted rows', ''],
      Object.entries(json.predicted_rows).map(([name, rows]) => [name, grouped(rows)]),
    ),
    estimateLine(json.estimate),
  ].join('\n');
  return { text, json };
}

function estimateLine({ rows, bytes, minutes, rows_per_second, rate }: Estimate): string {
  const time = minutes < 1 ? `${Math.max(1, Math.round(minutes * 60))} s` : `${minutes.toFixed(1)} minutes`;
  const size = bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
  return `about ${grouped(rows)} rows, ${size}, ${time} at ${grouped(rows_per_second)} rows/s (${rate} rate)`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** 1234567 as 1,234,567, in every locale. */
function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Columns as wide as their widest cell; those that begin with a digit are set to the right. */
function table(head: string[], rows: string[][]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const right = head.map((_, column) => /^\d/.test(rows[0]?.[column] ?? ''));
  return all.map((row) =>
    row
      .map((cell, column) =>
        right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
