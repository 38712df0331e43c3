import type { Plan } from './plan.ts';
import type { Utilisation } from './schedule.ts';

/** The machine-readable result of `plan` and `validate`. */
export interface Summary {
  batches: number;
  batches_per_geography: number;
  first_start: string;
  last_start: string;
  as_of: string;
  conflicts: number;
  binding_constraint: string;
  utilisation: Utilisation[];
  predicted_rows: Record<string, number>;
}

/** What a plan comes to, for people and for programs. */
export function summarise(plan: Plan): { text: string; json: Summary } {
  const { metadata } = plan.schedule;
  const json: Summary = {
    batches: plan.schedule.batches.length,
    batches_per_geography: metadata.batches_per_geography,
    first_start: metadata.first_start,
    last_start: metadata.last_start,
    as_of: metadata.as_of,
    conflicts: plan.conflicts.length,
    binding_constraint: metadata.binding_constraint,
    utilisation: metadata.utilisation,
    predicted_rows: plan.predictedRows,
  };
  const text = [
    `${json.batches} batches (${json.batches_per_geography} per geography), ${metadata.stagger_days} days between starts`,
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
    `nearest to its limit: ${json.binding_constraint}`,
    '',
    ...table(
      ['predicted rows', ''],
      Object.entries(json.predicted_rows).map(([name, rows]) => [name, grouped(rows)]),
    ),
  ].join('\n');
  return { text, json };
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
