import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { printable } from './fields.ts';

/**
 * What the columns of the database hold, from the migrations that make them: the one place that says how long a name
 * and how large a number may be, so that a configuration which the database would refuse is refused when it is read.
 */

const MIGRATIONS = ['002_aquamind_tables.sql', '018_people.sql'].map((it) =>
  fileURLToPath(new URL(`../../sql/migrations/${it}`, import.meta.url)),
);

/** By table.column: the type as written, such as varchar(20) or numeric(10,2). */
const TYPES = readTypes();

function readTypes(): Map<string, string> {
  const types = new Map<string, string>();
  const text = MIGRATIONS.map((it) => readFileSync(it, 'utf8')).join('\n');
  for (const [, table, body] of text.matchAll(/^create table public\.(\w+) \(\n(.*?)^\)/gms)) {
    for (const [, column, type] of (body ?? '').matchAll(/^ {2}"?(\w+)"? (\w+(?:\(\d+(?:,\d+)?\))?)/gm)) {
      if (column !== 'constraint') types.set(`${table}.${column}`, type ?? '');
    }
  }
  return types;
}

/** The columns and their types, for the test that compares them with the catalogue. */
export function columnTypes(): ReadonlyMap<string, string> {
  return TYPES;
}

function typeOf(column: string): string {
  const type = TYPES.get(column);
  if (type === undefined) throw new Error(`there is no column ${column}`);
  return type;
}

/** The most characters of a column of text. */
export function lengthOf(column: string): number {
  const length = /^varchar\((\d+)\)$/.exec(typeOf(column))?.[1];
  if (length === undefined) throw new Error(`${column} is ${typeOf(column)}`);
  return Number(length);
}

/** The least and the largest number of a column. */
function rangeOf(column: string): { min: number; max: number } {
  const type = typeOf(column);
  if (type === 'smallint') return { min: -32_768, max: 32_767 };
  if (type === 'integer') return { min: -(2 ** 31), max: 2 ** 31 - 1 };
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision === undefined || scale === undefined) throw new Error(`${column} is ${type}`);
  const max = Number(`${10 ** (Number(precision) - Number(scale)) - 1}.${'9'.repeat(Number(scale))}`);
  return { min: -max, max };
}

/** Text that fits a column, one line that can be shown as it stands. */
export function textFor(column: string) {
  return printable(lengthOf(column));
}

/** A number that fits a column. */
export function numberFor(column: string) {
  const { min, max } = rangeOf(column);
  return z.number().finite().min(min).max(max);
}

/** A number that is not negative and fits a column. */
export function amountFor(column: string) {
  return numberFor(column).min(0);
}

/** A number above 0 that fits a column, and is not rounded to 0 there. */
export function positiveFor(column: string) {
  const scale = Number(/,(\d+)\)$/.exec(typeOf(column))?.[1] ?? 0);
  return numberFor(column).min(10 ** -scale);
}
