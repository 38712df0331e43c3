/**
 * Rows as columns, so that a page stays small: numbers to five digits, dates as days, repeated texts as places in a
 * list, and whole numbers as differences where that is shorter.
 */

const DIGITS = 5;
/** Milliseconds. */
export const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

type Value = string | number | boolean | null;

interface Numbers {
  /** Each is the difference to the one before. */
  delta?: true;
  values: (number | null)[];
}

interface Column {
  numbers: Numbers;
  /** Texts, of which the numbers are places; or the numbers are days, or truth values. */
  as?: string[] | 'date' | 'boolean';
}

/** A table as columns. */
export interface Packed<Row> {
  rows: number;
  columns: { [K in keyof Row]: Column };
}

function packNumbers(values: readonly (number | null)[]): Numbers {
  const plain = values.map((it) =>
    it === null || Number.isInteger(it) ? it : Number(it.toPrecision(DIGITS)),
  );
  if (!plain.every((it): it is number => Number.isSafeInteger(it))) return { values: plain };
  const delta = plain.map((it, index) => it - (plain[index - 1] ?? 0));
  const isShorter = JSON.stringify(delta).length < JSON.stringify(plain).length;
  return isShorter ? { delta: true, values: delta } : { values: plain };
}

function unpackNumbers({ delta, values }: Numbers): (number | null)[] {
  if (!delta) return values;
  let sum = 0;
  return values.map((it) => {
    sum += it ?? 0;
    return sum;
  });
}

function packColumn(values: readonly Value[]): Column {
  const present = values.filter((it) => it !== null);
  if (present.length > 0 && present.every((it) => typeof it === 'string')) {
    if (present.every((it) => DATE.test(it))) {
      return {
        as: 'date',
        numbers: packNumbers(values.map((it) => (it === null ? null : Date.parse(String(it)) / DAY))),
      };
    }
    const texts = [...new Set(present)];
    const places = new Map(texts.map((it, index) => [it, index]));
    return {
      as: texts,
      numbers: packNumbers(values.map((it) => (it === null ? null : (places.get(String(it)) ?? null)))),
    };
  }
  if (present.length > 0 && present.every((it) => typeof it === 'boolean')) {
    return { as: 'boolean', numbers: packNumbers(values.map((it) => (it === null ? null : Number(it)))) };
  }
  return { numbers: packNumbers(values.map((it) => (typeof it === 'number' ? it : null))) };
}

function unpackColumn({ as, numbers }: Column): Value[] {
  return unpackNumbers(numbers).map((it) => {
    if (it === null || as === undefined) return it;
    if (as === 'boolean') return it === 1;
    if (as === 'date') return new Date(it * DAY).toISOString().slice(0, 10);
    return as[it] ?? null;
  });
}

/** Rows as columns. All rows have the keys of the first. */
export function pack<Row extends { [K in keyof Row]: Value }>(rows: readonly Row[]): Packed<Row> {
  const names = Object.keys(rows[0] ?? {}) as (keyof Row)[];
  const columns = names.map((name) => [name, packColumn(rows.map((it) => it[name]))]);
  return { rows: rows.length, columns: Object.fromEntries(columns) };
}

/** Columns as rows again. */
export function unpack<Row>(packed: Packed<Row>): Row[] {
  const columns = Object.entries<Column>(packed.columns).map(
    ([name, column]) => [name, unpackColumn(column)] as const,
  );
  return Array.from(
    { length: packed.rows },
    (_, row) => Object.fromEntries(columns.map(([name, values]) => [name, values[row]])) as Row,
  );
}
