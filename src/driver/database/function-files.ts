import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that the functions are loaded from. */
export const SQL_DIR = fileURLToPath(new URL('../../../sql/', import.meta.url));

/** What the other rooms of sql/functions stand on. */
const FIRST = ['functions/core', 'partitions'];

/** A function whose body PostgreSQL reads when it is created: what it names has to be there before. */
const READ_AT_ONCE = /\blanguage sql\b/;
const COMMENTS = /--.*$|^comment on[^;]*/gm;

export interface FunctionFile {
  /** From sql/. */
  file: string;
  text: string;
}

/**
 * All files of functions in the order in which they are loaded: core, partitions, then room by room and name by name,
 * but before a function in SQL what its body names.
 */
export function functionFiles(): FunctionFile[] {
  const files = new Map(listFiles().map((file) => [path.posix.basename(file, '.sql'), read(file)]));
  const ordered: FunctionFile[] = [];
  const seen = new Set<string>();
  const add = (name: string): void => {
    const it = files.get(name);
    if (it === undefined || seen.has(name)) return;
    seen.add(name);
    for (const named of namedAtOnce(it.text)) add(named);
    ordered.push(it);
  };
  for (const name of files.keys()) add(name);
  return ordered;
}

function namedAtOnce(text: string): string[] {
  if (!READ_AT_ONCE.test(text)) return [];
  return Array.from(text.replaceAll(COMMENTS, '').matchAll(/\baquaseed\.(\w+)/g), ([, name = '']) => name);
}

function read(file: string): FunctionFile {
  return { file, text: readFileSync(path.join(SQL_DIR, file), 'utf8') };
}

function listFiles(): string[] {
  const first = FIRST.flatMap(sqlBelow);
  return [...first, ...sqlBelow('functions').filter((it) => !first.includes(it))];
}

function sqlBelow(folder: string): string[] {
  return readdirSync(path.join(SQL_DIR, folder), { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.sql'))
    .map((it) => `${folder}/${it.replaceAll(path.sep, '/')}`)
    .toSorted();
}
