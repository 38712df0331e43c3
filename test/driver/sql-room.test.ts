import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Text of SQL stands in one room: no string or template elsewhere in src begins as a statement does. */

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const ROOM = 'driver/statements/';

/** Places outside of it, by the beginning of their path, and why they may hold some. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'driver/psql/': 'writes files that psql reads: nothing of it is sent',
  'driver/database/embedded': 'the server of our own, which is asked before there is a session of ours',
  'report/page/': 'runs in the browser, and says the name of an element',
};

const OBJECT =
  '(database|default privileges|extension|function|index|materialized view|policy|procedure|publication|role|' +
  'schema|sequence|subscription|system|table|trigger|type|user|view)';

/** A verb that begins a statement, with the word that makes it more than English. */
const BEGINNINGS = [
  String.raw`select\b(.*\bfrom\b|\s+[\w.]+\s*\(|\s*;?$)`,
  String.raw`with\s+(recursive\s+)?\w+.*\bas\s+(materialized\s+)?\(`,
  String.raw`insert\s+into\b`,
  String.raw`update\s+\S+\s+(\w+\s+)?set\b`,
  String.raw`(delete|merge)\s+(from|into)\b`,
  String.raw`truncate\s+[\w.]+`,
  String.raw`create\s+(or\s+replace\s+|temp\w*\s+|unlogged\s+|unique\s+)*${OBJECT}\b`,
  String.raw`(alter|drop)\s+${OBJECT}\b`,
  String.raw`(comment|security\s+label)\b.*\bon\s+(column\b|value\b|${OBJECT}\b)`,
  String.raw`(grant|revoke)\b.*\b(to|from)\b`,
  String.raw`set\s+((local|session|role|constraints)\b|[\w.]+\s*=|[\w.]+\s+to\s+\S+$)`,
  String.raw`(begin|commit|rollback|abort)(\s+(work|transaction|read|isolation|to|prepared)\b|\s*;?$)`,
  String.raw`(start\s+transaction|savepoint|lock\s+table)\b`,
  String.raw`(call|execute|deallocate|prepare)\s+[\w.]+\s*(\(|;|$|\bas\b)`,
  String.raw`(copy|vacuum|analyze|explain|notify|listen)\s*(\(|[\w.]+\s*;?$|.*\b(from\s+stdin|to\s+stdout)\b)`,
  String.raw`do\s+\$`,
];
const STATEMENT = new RegExp(`^\\s*(${BEGINNINGS.join('|')})`, 'is');

/** The strings and templates of a source; what is put into a template stands in it as a word. */
function textsOf(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node)) {
      texts.push([node.head.text, ...node.templateSpans.map((it) => it.literal.text)].join('value'));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return texts;
}

const statementsOf = (source: string): string[] => textsOf(source).filter((it) => STATEMENT.test(it));

/** Every statement of src, as file and text. */
const FOUND = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((it) => it.endsWith('.ts'))
  .flatMap((file) => statementsOf(readFileSync(SRC + file, 'utf8')).map((text) => ({ file, text })));

describe('text of SQL', () => {
  it('stands in one room', () => {
    const allowed = [ROOM, ...Object.keys(EXCEPTIONS)];
    expect(FOUND.filter(({ file }) => !allowed.some((it) => file.startsWith(it)))).toEqual([]);
  });

  it('is there, and so is that of the exceptions', () => {
    for (const place of Object.keys(EXCEPTIONS)) {
      expect(
        FOUND.some(({ file }) => file.startsWith(place)),
        place,
      ).toBe(true);
    }
    expect(FOUND.filter(({ file }) => file.startsWith(ROOM)).length).toBeGreaterThan(60);
  });

  it.each([
    "'select 1 from t'",
    "'SELECT'",
    `\`select aquaseed.work_next(\${run})\``,
    `\`\n  update \${table} set a = 1\``,
    "'with x as (select 1) select * from x'",
    "'insert into t values (1)'",
    "'delete from t'",
    `\`drop database \${name}\``,
    "'create or replace function f() returns int'",
    "'comment on database x is null'",
    `\`grant \${privilege} on \${object} to \${role}\``,
    "'set local work_mem = 1'",
    "'set search_path to public'",
    "'begin'",
    "'BEGIN READ ONLY'",
    "'rollback;'",
    "'call aquaseed.work(1)'",
    "'vacuum t'",
  ])('is seen in client.query(%s)', (argument) => {
    expect(statementsOf(`client.query(${argument})`)).toHaveLength(1);
  });

  it.each([
    'Create an empty database and name it with --database.',
    'Drop it when nobody needs it: it takes room',
    'Set AQUASEED_HOME to a directory on another disk, or choose a smaller schedule.',
    'Begin with an empty database',
    'refresh',
  ])('is told from English: %s', (text) => {
    expect(STATEMENT.test(text)).toBe(false);
  });
});
