import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dbQuery, type QueryOptions } from '../../src/driver/commands/query.ts';
import { type Captured, captureOutput } from '../support/capture.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let output: Captured;

beforeAll(async () => {
  database = await createTestDatabase();
  output = captureOutput('stdout');
  await dbQuery('create table public.catch (id int, name text)', { databaseUrl: database.url, write: true });
});
afterAll(async () => {
  output.end();
  await database.drop();
});

async function query(sql: string, options: QueryOptions = {}): Promise<string> {
  output.stdout = '';
  await dbQuery(sql, { databaseUrl: database.url, ...options });
  return output.stdout;
}

describe('db query', () => {
  it('prints a table: numbers to the right, NULL, nothing that a terminal obeys', async () => {
    const sql = `select id, name, id * 1.5 as weight from (values
      (1, 'Ålesund'), (100, null), (7, E'two\\nlines\\x1b[31m'), (8, U&'\\202Eabc')) as v (id, name) order by 1`;
    expect(await query(sql)).toBe(
      [
        ' id  name                  weight',
        '---  --------------------  ------',
        '  1  Ålesund                  1.5',
        '  7  two\\nlines\\u001b[31m    10.5',
        '  8  \\u202eabc               12.0',
        '100  NULL                   150.0',
        '(4 rows)',
        '',
      ].join('\n'),
    );
  });

  it('lines up characters that are two columns wide', async () => {
    const lines = (await query(`select * from (values ('鮭', 1), ('salmon', 2)) v (fish, n)`)).split('\n');
    expect(lines.slice(0, 4)).toEqual(['fish    n', '------  -', '鮭      1', 'salmon  2']);
  });

  it('shows the first rows of many, and says so', async () => {
    const lines = (await query('select generate_series(1, 5) as n', { limit: 2 })).trim().split('\n');
    expect(lines).toEqual(['n', '-', '1', '2', expect.stringContaining('the first 2 rows')]);
    expect(await query('select generate_series(1, 2) as n', { limit: 2 })).toContain('(2 rows)');
    expect((await query('select generate_series(1, 5000) as n')).trim().split('\n')).toHaveLength(1003);
  });

  it('gives rows to programs, every digit and every row of them', async () => {
    const sql = `select 12345678901234567890::numeric as n, 9007199254740993::int8 as i, 'NaN'::float8 as f, true as b,
      null::int as nothing, '{"a": [1]}'::jsonb as j, E'{\\n"a": "\\\\n"}'::json as k, date '2025-01-01' as d, 1 as n`;
    expect(await query(sql, { json: true })).toBe(
      '{"rows":[{"n":12345678901234567890,"i":9007199254740993,"f":"NaN","b":true,"nothing":null,"j":{"a": [1]},' +
        '"k":{ "a": "\\n"},"d":"2025-01-01","n_2":1}],"complete":true}\n',
    );
    const all = JSON.parse(await query('select n from generate_series(1, 2500) n', { json: true }));
    expect(all.rows.map((it: { n: number }) => it.n)).toEqual(Array.from({ length: 2500 }, (_, n) => n + 1));
    const some = await query('select n from generate_series(1, 2500) n', { json: true, limit: 1 });
    expect(some).toBe('{"rows":[{"n":1}],"complete":false}\n');
    expect(await query('select 1 as n where false', { json: true })).toBe('{"rows":[],"complete":true}\n');
  });

  it('only reads, unless it is told to write', async () => {
    const insert = `insert into public.catch values (1, 'cod') returning id`;
    await expect(query(insert)).rejects.toMatchObject({
      exitCode: 1,
      hint: expect.stringContaining('--write'),
    });
    await expect(query('drop table public.catch')).rejects.toMatchObject({ exitCode: 1 });
    // Two statements could end the transaction that keeps them from writing.
    await expect(query('commit; drop table public.catch')).rejects.toMatchObject({
      exitCode: 2,
      message: 'db query takes one statement',
    });
    expect(await query('select count(*) as n from public.catch', { json: true })).toContain('{"n":0}');
    expect(await query(insert, { write: true })).toContain('(1 row)');
    expect(await query('select count(*) as n from public.catch', { json: true })).toContain('{"n":1}');
    expect(await query('vacuum public.catch', { write: true })).toBe('VACUUM\n');
  });

  it.each([
    ['a mistake', 'select * from nothing_of_that_name', 1, /does not exist \(42P01\)$/],
    ['a parameter', 'select $1', 1, /requires 1/],
    ['an error after rows', 'select 1 / (5 - n) from generate_series(1, 9) n', 1, /division by zero/],
    ['no statement', '  ', 2, /no statement/],
    ['a comment', '-- nothing', 2, /no statement/],
    ['copying out', 'copy (select 1) to stdout', 2, /cannot copy/],
    ['copying in', 'copy public.catch from stdin', 1, /takes no data|read-only/],
  ])('tells %s in one line', async (_, sql, exitCode, message) => {
    const refused = { exitCode, message: expect.stringMatching(message) };
    await expect(query(sql)).rejects.toMatchObject(refused);
    await expect(query(sql, { write: true })).rejects.toMatchObject(refused);
  });

  it('tells a server that is not there', async () => {
    await expect(query('select 1', { databaseUrl: 'postgres://x@127.0.0.1:1/y' })).rejects.toMatchObject({
      exitCode: 3,
    });
  });
});
