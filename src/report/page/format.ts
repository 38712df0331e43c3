import { DAY } from '../pack.ts';

/** Numbers and dates as text, the same in every locale. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const MONTH = new Intl.DateTimeFormat('en', { month: 'short', year: 'numeric', timeZone: 'UTC' });

export function whole(value: number): string {
  return WHOLE.format(value);
}

/** Made once: there are as many texts under the pointer as there are points. */
const DECIMALS = new Map<number, Intl.NumberFormat>();

function decimalFormat(decimals: number): Intl.NumberFormat {
  const known = DECIMALS.get(decimals);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat('en', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  DECIMALS.set(decimals, made);
  return made;
}

/** To so many decimals. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '-';
  return decimalFormat(decimals).format(value);
}

export function percent(share: number | null | undefined, decimals = 0): string {
  return share === null || share === undefined || Number.isNaN(share)
    ? '-'
    : `${fixed(share * 100, decimals)} %`;
}

/** 43,412,345 as 43.4 million. */
export function short(value: number): string {
  if (Math.abs(value) >= 1e6) return `${fixed(value / 1e6, Math.abs(value) >= 1e8 ? 0 : 1)} million`;
  return whole(value);
}

/** A number as it was measured, without digits that mean nothing. */
export function measured(value: number | null): string {
  if (value === null) return '-';
  return Math.abs(value) >= 1000 ? whole(value) : String(Number(value.toPrecision(4)));
}

export function seconds(value: number): string {
  if (value < 100) return `${fixed(value, 1)} s`;
  return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

export function month(date: Date): string {
  return MONTH.format(date);
}

/** Days from a date to another one, both as in the data. */
export function daysBetween(from: string, to: string): number {
  return (toDate(to).getTime() - toDate(from).getTime()) / DAY;
}

/** A date as in the data. */
export function toDate(text: string): Date {
  return new Date(`${text}T00:00:00Z`);
}

/** GRADE_A as Grade A, mass_balance as Mass balance. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ').toLowerCase();
  return (text.charAt(0).toUpperCase() + text.slice(1)).replace(/ [a-z]$/, (it) => it.toUpperCase());
}

/** Names as a sentence has them. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
