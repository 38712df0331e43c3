import { readFileSync, statSync } from 'node:fs';
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { ZodIssue, ZodTypeAny, z } from 'zod';
import { EXIT, reasonOf, UserError } from '../errors.ts';

/** Issues of one file that are shown; the rest is counted. */
const SHOWN_ISSUES = 10;
/** Aliases that a file may expand to; more is a mistake or an attack. */
const MAX_ALIASES = 100;
/** What a file of the configuration may hold; the largest of this package holds 20 kB. */
const MAX_BYTES = 1_000_000;

export type Path = readonly (string | number)[];

export interface Finding {
  /** Where it begins; looked up by its path when absent. */
  offset?: number;
  path: Path;
  message: string;
}

/** The line, from 1, of a path in the file that was read; the nearest parent's where the path is absent. */
export type LineOf = (path: Path) => number;

/**
 * Reads a YAML file and checks it against a schema.
 * @returns the typed contents
 * @throws UserError (exit 2) with one line per problem, `file:line:column: path.to.key: message`, for a file
 *   that is missing, no UTF-8, no YAML, has a key twice or does not fit the schema
 */
export function readYaml<S extends ZodTypeAny>(file: string, schema: S): z.output<S> {
  return readYamlWithLines(file, schema).value;
}

/** Like readYaml, and gives the lines of the values too, for messages about what they mean. */
export function readYamlWithLines<S extends ZodTypeAny>(
  file: string,
  schema: S,
  maxBytes: number = MAX_BYTES,
): { value: z.output<S>; lineOf: LineOf } {
  const source = parseYaml(file, maxBytes);
  const result = schema.safeParse(source.contents);
  if (!result.success) throw refusal(source, result.error.issues.flatMap(findingsOf));
  return {
    value: result.data,
    lineOf: (path) => source.lines.linePos(offsetOf(source.root, path)).line,
  };
}

/** A YAML file that was read: what it says, and where. */
export interface YamlSource {
  file: string;
  contents: unknown;
  lines: LineCounter;
  root: unknown;
}

/**
 * Reads a YAML file without a schema.
 * @throws UserError (exit 2) as readYaml does, for a file that is missing, too large, no UTF-8, no YAML or has a
 *   key twice
 */
export function parseYaml(file: string, maxBytes: number = MAX_BYTES): YamlSource {
  const text = readText(file, maxBytes);
  const source: YamlSource = { file, contents: undefined, lines: new LineCounter(), root: undefined };
  const document = attempt(() =>
    // Duplicate keys are looked for below: the parser's own check takes quadratic time in large maps.
    parseDocument(text, { lineCounter: source.lines, prettyErrors: false, uniqueKeys: false }),
  );
  if (document instanceof Error) {
    throw refusal(source, [{ offset: 0, path: [], message: `cannot be parsed: ${document.message}` }]);
  }
  // What follows the first mistake of syntax is mostly its consequence.
  const problems = [...document.errors, ...document.warnings].slice(0, 1);
  if (problems.length > 0) {
    throw refusal(
      source,
      problems.map((it) => ({ offset: it.pos[0], path: [], message: it.message })),
    );
  }
  source.root = document.contents;
  const duplicates = attempt(() => duplicateKeys(source.root));
  if (duplicates instanceof Error) {
    throw refusal(source, [{ offset: 0, path: [], message: `is nested too deeply: ${duplicates.message}` }]);
  }
  if (duplicates.length > 0) throw refusal(source, duplicates);
  const contents = attempt((): unknown => document.toJS({ maxAliasCount: MAX_ALIASES }));
  if (contents instanceof Error) throw refusal(source, [{ offset: 0, path: [], message: contents.message }]);
  source.contents = contents;
  return source;
}

/** What is wrong with a file, one line per problem; exit 2. */
export function refusal(source: YamlSource, findings: readonly Finding[]): UserError {
  return new UserError(describe(source, findings), EXIT.usage);
}

/** Looks before it reads: a pipe would be waited for, a device never ends, and what is too large takes minutes to parse. */
function readText(file: string, maxBytes: number): string {
  const refuse = (reason: string): UserError => new UserError(`${file}: ${reason}`, EXIT.usage);
  try {
    const kind = statSync(file);
    if (kind.isDirectory()) throw refuse('this is a directory, not a file');
    if (!kind.isFile()) throw refuse('this is no regular file');
    if (kind.size > maxBytes) throw refuse(`the file is larger than ${maxBytes / 1_000_000} MB`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw refuse('the file is not UTF-8 text');
    throw refuse(code === 'ENOENT' ? 'there is no such file' : reasonOf(error));
  }
}

function attempt<T>(action: () => T): T | Error {
  try {
    return action();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function keyOf(node: unknown): string {
  return isScalar(node) ? String(node.value) : String(node);
}

function duplicateKeys(node: unknown, path: Path = [], found: Finding[] = []): Finding[] {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) duplicateKeys(item, [...path, index], found);
  } else if (isMap(node)) {
    const seen = new Set<string>();
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const key = keyOf(pair.key);
      const keyPath = [...path, key];
      if (seen.has(key)) {
        found.push({ offset: (pair.key as Node).range?.[0] ?? 0, path: keyPath, message: 'key given twice' });
      }
      seen.add(key);
      duplicateKeys(pair.value, keyPath, found);
    }
  }
  return found;
}

/** One finding per unknown key, else one per issue. */
export function findingsOf(issue: ZodIssue): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'unknown key' }));
  }
  if (issue.code === 'invalid_union') {
    // The alternative that got furthest says best what is wrong.
    const depth = (issues: readonly ZodIssue[]) => Math.max(...issues.map((it) => it.path.length));
    const deepest = issue.unionErrors
      .map((error) => error.issues)
      .reduce((a, b) => (depth(b) > depth(a) ? b : a));
    if (depth(deepest) > issue.path.length) return deepest.flatMap(findingsOf);
  }
  const missing = issue.code === 'invalid_type' && issue.received === 'undefined';
  return [{ path: issue.path, message: missing ? 'missing' : issue.message }];
}

/** Where the key (in a map) or item (in a list) at the path begins; that of the nearest parent if absent. */
function offsetOf(root: unknown, path: Path): number {
  let node: unknown = root;
  let offset = startOf(root) ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((it) => keyOf(it.key) === String(step));
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
    if (isAlias(node)) return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function describe({ file, lines, root }: YamlSource, findings: readonly Finding[]): string[] {
  const shown = findings.slice(0, SHOWN_ISSUES).map(({ offset, path, message }) => {
    const { line, col } = lines.linePos(offset ?? offsetOf(root, path));
    const place = path.length > 0 ? `${path.join('.')}: ` : '';
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${place}${message.replaceAll('\n', ' ')}`;
  });
  const more = findings.length - shown.length;
  if (more > 0) shown.push(`${file}: and ${more} more problem${more === 1 ? '' : 's'}`);
  return shown;
}
