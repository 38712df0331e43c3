import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalJson, contentDigest, readYaml } from '../../src/config/index.ts';
import { UserError } from '../../src/errors.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'aquaseed-yaml-'));
afterAll(() => rmSync(dir, { recursive: true }));
const file = path.join(dir, 'x.yaml');

const schema = z
  .object({
    name: z.string(),
    list: z.array(z.object({ weight: z.number().finite().min(0).max(10) }).strict()).optional(),
  })
  .strict();

/** The message for a file with this text, without the directory. */
function refusal(text: string | Buffer): string {
  writeFileSync(file, text);
  try {
    readYaml(file, schema);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(2);
    return (error as UserError).message.replaceAll(`${dir}${path.sep}`, '');
  }
  throw new Error('it was not refused');
}

const bomb = [
  'name: x',
  'a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]',
  ...['b', 'c', 'd', 'e', 'f', 'g'].map(
    (it, n) => `${it}: &${it} [${Array(10).fill(`*${'abcdefg'[n]}`).join(', ')}]`,
  ),
].join('\n');

describe('reading YAML', () => {
  it('gives the typed contents', () => {
    writeFileSync(file, 'name: 2020-08-30 # text, not a date\nlist:\n  - { weight: 1.5 }\n');
    expect(readYaml(file, schema)).toEqual({ name: '2020-08-30', list: [{ weight: 1.5 }] });
  });

  it('follows a few aliases', () => {
    writeFileSync(file, 'name: x\nlist: [&w { weight: 1 }, *w]\n');
    expect(readYaml(file, schema).list).toEqual([{ weight: 1 }, { weight: 1 }]);
  });

  it.each([
    ['an empty file', '', /^x\.yaml:1:1: /],
    ['a missing key', 'list: []\n', /^x\.yaml:1:1: name: missing$/],
    [
      'an unknown key',
      'name: x\nlist:\n  - { weight: 1, color: red }\n',
      /^x\.yaml:3:18: list\.0\.color: unknown key$/,
    ],
    ['a number out of bounds', 'name: x\nlist:\n  - weight: 11\n', /^x\.yaml:3:5: list\.0\.weight: .*10$/],
    ['infinity', 'name: x\nlist: [{ weight: .inf }]\n', /^x\.yaml:2:10: list\.0\.weight: /],
    ['not a number', 'name: x\nlist: [{ weight: .nan }]\n', /^x\.yaml:2:10: list\.0\.weight: /],
    [
      'text for a number',
      'name: x\nlist: [{ weight: heavy }]\n',
      /list\.0\.weight: Expected number, received string$/,
    ],
    ['a key given twice', 'name: x\nname: y\n', /^x\.yaml:2:1: name: key given twice$/],
    [
      'a key given twice, deep',
      'name: x\nlist: [{ weight: 1, weight: 2 }]\n',
      /^x\.yaml:2:21: list\.0\.weight: key given/,
    ],
    ['an open bracket', 'name: x\nlist: [1, 2\n', /^x\.yaml:\d:\d+: /],
    ['a tab for indentation', 'name: x\nlist:\n\t- 1\n', /^x\.yaml:3:1: /],
    ['an unknown alias', 'name: *nobody\n', /^x\.yaml:\d+:\d+: .*nobody/],
    ['an unknown tag', 'name: !secret x\n', /^x\.yaml:1:7: Unresolved tag/],
    ['two documents', 'name: x\n---\nname: y\n', /^x\.yaml:2:1: .*multiple documents/],
    ['an alias bomb', bomb, /^x\.yaml:1:1: Excessive alias count/],
    ['a list for a map', '- name\n', /^x\.yaml:1:1: Expected object, received array$/],
    ['deep nesting', `name: ${'['.repeat(100_000)}`, /^x\.yaml:1:\d+: /],
    ['bytes that are no text', Buffer.from([0x6e, 0xff, 0xfe]), /^x\.yaml: the file is not UTF-8 text$/],
  ] as [string, string | Buffer, RegExp][])('refuses %s', (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it('lists all problems of a file, ten at most', () => {
    const lines = Array.from({ length: 25 }, (_, n) => `wrong${n}: 1`).join('\n');
    const message = refusal(`name: x\n${lines}\n`).split('\n');
    expect(message).toHaveLength(11);
    expect(message[1]).toBe('x.yaml:3:1: wrong1: unknown key');
    expect(message[10]).toBe('x.yaml: and 15 more problems');
  });

  it('refuses a file that is not there, and a directory', () => {
    expect(() => readYaml(path.join(dir, 'none.yaml'), schema)).toThrow(/none\.yaml: there is no such file/);
    expect(() => readYaml(dir, schema)).toThrow(/this is a directory/);
  });

  it('is not slowed down by a map of many keys', () => {
    const keys = Array.from({ length: 100_000 }, (_, n) => `k${n}: 1`).join('\n');
    expect(refusal(`name: x\n${keys}\n`)).toContain('more problems');
  });
});

describe('the digest of contents', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":null,"d":1}]}');
    expect(contentDigest({ a: 1, b: 2 })).toBe(contentDigest({ b: 2, a: 1 }));
    expect(contentDigest([1, 2])).not.toBe(contentDigest([2, 1]));
  });
});
