import type { Entry } from './results.ts';
import { spread, sum } from './spread.ts';

/** Seconds and ratios. */
export function fixed(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** The median, with the least and the most where there are several. */
export function withSpread(values: readonly number[], format: (value: number) => string = fixed): string {
  const { median, least, most } = spread(values);
  if (format(least) === format(most)) return format(median);
  return `${format(median)} (${format(least)}–${format(most)})`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function megabytes(bytes: number): string {
  return count(bytes / 1e6);
}

/** Lines of a Markdown table and an empty one. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  // Names stand on the left, figures on the right.
  const marks = header.map((_, index) => (index === 0 ? '---' : '---:'));
  return [header, marks, ...rows].map((row) => `| ${row.join(' | ')} |`).concat('');
}

export function totalRows({ rows }: Pick<Entry, 'rows'>): number {
  return sum(Object.values(rows));
}
