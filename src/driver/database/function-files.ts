import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that the functions are loaded from. */
export const SQL_DIR = fileURLToPath(new URL('../../../sql/', import.meta.url));

/** What the other rooms of sql/functions stand on. */
const FIRST = ['functions/core', 'partitions'];

/** The body of a function that PostgreSQL parses when it is created: what it names has to be there before. */
const PARSED_BODY = /^(?:return |begin atomic)[\s\S]*/m;

export interface FunctionFile {
  /** From sql/. */
  file: string;
  text: string;
}

/**
 * All files of functions in the order in which they are loaded: core, partitions, then room by room and name by name,
 * but what a parsed body names before it.
 */
export function functionFiles(): FunctionFile[] {
  const files = new Map(listFiles().map((file) => [path.posix.basename(file, '.sql'), read(file)]));
  const ordered: FunctionFile[] = [];
  const seen = new Set<string>();
  const add = (name: string): void => {
    const it = files.get(name);
    if (it === undefined || seen.has(name)) return;
    seen.add(name);
    const body = PARSED_BODY.exec(it.text)?.[0] ?? '';
    for (const [, named = ''] of body.matchAll(/\baquaseed\.(\w+)/g)) add(named);
    ordered.push(it);
  };
  for (const name of files.keys()) add(name);
  return ordered;
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
