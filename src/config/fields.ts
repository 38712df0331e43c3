import { z } from 'zod';
import { isPrintable } from '../escape.ts';

/** A finite number between two bounds, both allowed. */
export const number = (min: number, max: number) => z.number().finite().min(min).max(max);
export const integer = (min: number, max: number) => z.number().int().min(min).max(max);
export const share = number(0, 1);
/** A spread (standard deviation) or an amount that is never negative. */
export const amount = number(0, 1e9);
export const days = integer(0, 5000);
/** A time constant in days. */
export const tau = number(0.01, 3650);
export const phi = number(0, 366);
export const clockHour = integer(0, 23);
/** A name or a line of text, without characters that a terminal would obey. */
export const printable = (most: number) =>
  z.string().trim().min(1).max(most).refine(isPrintable, 'holds control characters or marks of direction');
export const text = printable(100);
/** Sentences; the lines of a block of YAML may stay. */
export const prose = (most: number) =>
  z
    .string()
    .max(most)
    .refine((it) => isPrintable(it.replaceAll('\n', '')), 'holds control characters or marks of direction');
export const schemaVersion = z.literal(1);

export const valueNoise = z.object({ tau, sigma: amount }).strict();
/** amplitude * cos(2 pi (day of year - phi) / 365.25). */
export const season = z.object({ amplitude: number(-100, 100), phi }).strict();
export const months = z.array(integer(1, 12)).max(12);

/** True when the items are all different. */
export function distinct(items: readonly unknown[]): boolean {
  return new Set(items).size === items.length;
}

/** Adds an issue at a path when a condition does not hold. */
export function expectThat(
  context: z.RefinementCtx,
  holds: boolean,
  path: (string | number)[],
  message: string,
): void {
  if (!holds) context.addIssue({ code: z.ZodIssueCode.custom, path, message });
}
