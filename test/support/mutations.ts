import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { type Configuration, readConfiguration } from '../../src/config/index.ts';
import { EXIT, UserError } from '../../src/errors.ts';

export const CONFIG_FILES = [
  'infrastructure',
  'biology',
  'climate',
  'health',
  'incidents',
  'master-data',
  'work',
  'checks',
  'aquamind',
] as const;
export type ConfigFile = (typeof CONFIG_FILES)[number];
export type Documents = Record<ConfigFile, unknown>;
type Step = string | number;

/** A change of one place of a configuration. */
export interface Mutation {
  file: ConfigFile;
  path: readonly Step[];
  what: string;
  /** The new value; DELETED takes the key or item away. */
  value: unknown;
}

export const DELETED = Symbol('deleted');

export function readDocuments(directory: string): Documents {
  return Object.fromEntries(
    CONFIG_FILES.map((it) => [it, parse(readFileSync(path.join(directory, `${it}.yaml`), 'utf8'))]),
  ) as Documents;
}

/** Places of a document: every leaf, and every section above it. */
export function placesOf(value: unknown, at: readonly Step[] = []): (readonly Step[])[] {
  const here = at.length > 0 ? [at] : [];
  if (Array.isArray(value)) return [...here, ...value.flatMap((it, index) => placesOf(it, [...at, index]))];
  if (typeof value !== 'object' || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([key, it]) => placesOf(it, [...at, key]))];
}

export function valueAt(document: unknown, at: readonly Step[]): unknown {
  return at.reduce<unknown>((value, step) => (value as Record<Step, unknown>)[step], document);
}

/** A copy of a document with one place changed; what is beside the place is shared. */
function changed(document: unknown, at: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = at;
  if (step === undefined) return value;
  if (Array.isArray(document)) {
    const copy = [...document];
    if (rest.length === 0 && value === DELETED) copy.splice(Number(step), 1);
    else copy[Number(step)] = changed(copy[Number(step)], rest, value);
    return copy;
  }
  const copy: Record<string, unknown> = { ...(document as Record<string, unknown>) };
  if (rest.length === 0 && value === DELETED) delete copy[String(step)];
  else copy[String(step)] = changed(copy[String(step)], rest, value);
  return copy;
}

const LONG = 'x'.repeat(90);
/** Lengths of AquaMind's columns and of names in this program, one beyond each. */
const LENGTHS = [21, 51, 101, 151, 201, 256, 501, 1001];

/** What may be wrong at one place. */
export function mutationsOf(file: ConfigFile, at: readonly Step[], value: unknown): Mutation[] {
  const make = (what: string, changed: unknown): Mutation => ({ file, path: at, what, value: changed });
  const all = [make('deleted', DELETED), make('null', null), make('a list', []), make('a map', {})];
  if (typeof value === 'object' && value !== null) return [...all, make('a number', 1), make('text', 'x')];
  const numbers = [
    0,
    -1,
    1,
    2,
    7,
    13,
    25,
    99,
    1000,
    5000,
    32_768,
    99_999,
    1e6,
    1e8,
    2 ** 31,
    1e9,
    1e12,
    1e15,
    1e300,
    1e-9,
    1e-300,
    0.5,
    12.3456789,
    -1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const texts = [
    '',
    ' ',
    'x',
    ` ${LONG}`,
    '\u0000',
    'a\u0000b',
    'a\u001b[31m',
    'a\nb',
    '\u202ea',
    '\ud800',
    "a'b",
    '2025-02-30',
    ...LENGTHS.map((it) => 'x'.repeat(it)),
  ];
  return [
    ...all,
    make('true', true),
    make('false', false),
    ...numbers.map((it) => make(`the number ${it}`, it)),
    ...texts.map((it) => make(`the text ${JSON.stringify(it).slice(0, 20)} (${it.length})`, it)),
  ];
}

export function applied(documents: Documents, { file, path: at, value }: Mutation): Documents {
  return { ...documents, [file]: changed(documents[file], at, value) };
}

/** The configuration of documents, or what it is refused with. @throws an error that is no refusal */
export function configurationOf(documents: Documents): Configuration | UserError {
  try {
    return readConfiguration({
      read: (name, schema) => {
        const result = schema.safeParse(documents[name]);
        if (result.success) return result.data;
        throw new UserError(
          result.error.issues.map((it) => `${name}: ${it.path.join('.')}: ${it.message}`),
          EXIT.usage,
        );
      },
    });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
