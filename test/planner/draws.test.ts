import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hashKey,
  hashText,
  type Key,
  keyOf,
  normal,
  stream,
  uniform,
  ValueNoise,
} from '../../src/planner/draws.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT } from '../support/generated.ts';
import { migratedDatabase, rowsOf } from '../support/run.ts';

/** The planner draws what PostgreSQL draws. */

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

const textOf = ({ hi, lo }: Key) => String(BigInt.asIntN(64, (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)));

const seeds = fc.sample(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { numRuns: 40, seed: 1 });
const numbers = [
  0,
  1,
  -1,
  899,
  -899,
  2 ** 31,
  -(2 ** 31),
  2 ** 40,
  ...fc.sample(fc.maxSafeInteger(), { numRuns: 60, seed: 2 }),
];
const texts = [
  '',
  'a',
  'FAR-2020-001',
  'Føroyar, æðey',
  ...Array.from({ length: 30 }, (_, length) => 'abcdefghijklmnopqrstuvwxyzåø'.slice(0, length)),
  ...fc
    .sample(fc.string({ unit: 'grapheme', maxLength: 60 }), { numRuns: 60, seed: 3 })
    .filter((it) => !it.includes('\0')),
];

describe('the draws', () => {
  it('hash texts as PostgreSQL does', async () => {
    const found = await rowsOf<{ hash: string }>(
      database.url,
      'select aquaseed.stream(s.seed::bigint, t.text)::text as hash from jsonb_array_elements_text($1) with ordinality t(text, n) cross join jsonb_array_elements_text($2) with ordinality s(seed, n) order by t.n, s.n',
      [JSON.stringify(texts), JSON.stringify(['0', ...seeds.slice(0, 5).map(String)])],
    );
    const mine = texts.flatMap((text) =>
      [0, ...seeds.slice(0, 5)].map((seed) => textOf(hashText(text, keyOf(seed)))),
    );
    expect(found.map((it) => it.hash)).toEqual(mine);
  });

  it('hash numbers as PostgreSQL does', async () => {
    const found = await rowsOf<{ hash: string }>(
      database.url,
      `select pg_catalog.hashint8extended(v.value::bigint, aquaseed.stream(s.seed::bigint, 'x'))::text as hash
       from jsonb_array_elements_text($1) with ordinality v(value, n) cross join jsonb_array_elements_text($2) with ordinality s(seed, n) order by v.n, s.n`,
      [JSON.stringify(numbers.map(String)), JSON.stringify(seeds.map(String))],
    );
    const mine = numbers.flatMap((value) =>
      seeds.map((seed) => textOf(hashKey(keyOf(value), stream(seed, 'x')))),
    );
    expect(found.map((it) => it.hash)).toEqual(mine);
  });

  it('are uniform, normal and smooth as those of the server, to 1e-12', async () => {
    const found = await rowsOf<{ u: number; z: number; noise: number }>(
      database.url,
      `select aquaseed.u(k.seed, v.value::bigint) as u, aquaseed.z(k.seed, v.value::bigint) as z,
              aquaseed.value_noise(k.seed, v.n * 0.7 - 20, 3, 0.4) as noise
       from jsonb_array_elements_text($1) with ordinality v(value, n)
       cross join jsonb_array_elements_text($2) with ordinality s(seed, n)
       cross join lateral (select aquaseed.stream(s.seed::bigint, 'growth factor') as seed) k order by v.n, s.n`,
      [JSON.stringify(numbers.map(String)), JSON.stringify(seeds.map(String))],
    );
    const mine = numbers.flatMap((value, index) =>
      seeds.map((seed) => {
        const key = stream(seed, 'growth factor');
        const noise = new ValueNoise(key, { tau: 3, sigma: 0.4 }).at((index + 1) * 0.7 - 20);
        return { u: uniform(key, value), z: normal(key, value), noise };
      }),
    );
    expect(found).toHaveLength(mine.length);
    for (const [index, it] of mine.entries()) {
      expect(Math.abs(it.u - Number(found[index]?.u))).toBeLessThan(1e-12);
      expect(Math.abs(it.z - Number(found[index]?.z))).toBeLessThan(1e-12);
      expect(Math.abs(it.noise - Number(found[index]?.noise))).toBeLessThan(1e-12);
    }
  });

  it('are the same day after day and out of order', () => {
    const noise = new ValueNoise(stream(42, 'x'), { tau: 4, sigma: 1 });
    const days = Array.from({ length: 60 }, (_, day) => day - 20);
    const inOrder = days.map((day) => noise.at(day));
    const backwards = [...days]
      .reverse()
      .map((day) => new ValueNoise(stream(42, 'x'), { tau: 4, sigma: 1 }).at(day));
    expect(backwards.reverse()).toEqual(inOrder);
  });
});
