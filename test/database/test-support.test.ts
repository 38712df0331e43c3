import { sql } from 'slonik';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openClient, openPool } from '../../src/driver/database/pool.ts';
import { createTestDatabase, ensureTemplate, type TestDatabase } from '../support/database.ts';

const made: TestDatabase[] = [];

async function database(options: { template?: string } = {}): Promise<TestDatabase> {
  const result = await createTestDatabase(options);
  made.push(result);
  return result;
}

afterAll(async () => {
  for (const one of made) await one.drop();
});

describe('test databases', () => {
  it('are UTF-8 with locale C, and each is new', async () => {
    const [first, second] = [await database(), await database()];
    expect(first.name).not.toBe(second.name);
    const client = await openClient(first.target);
    const { rows } = await client.query(
      'select pg_encoding_to_char(encoding) as encoding, datcollate from pg_database where datname = current_database()',
    );
    await client.end();
    expect(rows).toEqual([{ encoding: 'UTF8', datcollate: 'C' }]);
  });

  it('copy a template that is built once however many ask for it', async () => {
    let built = 0;
    const build = async (url: string): Promise<void> => {
      built += 1;
      const { default: pg } = await import('pg');
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query('create table public.marker as select 42 as answer');
      await client.end();
    };
    await Promise.all([1, 2, 3].map(() => ensureTemplate('support', build)));
    expect(built).toBe(1);
    const copies = await Promise.all([1, 2].map(() => database({ template: 'support' })));
    for (const copy of copies) {
      const pool = await openPool(copy.target, { connections: 1 });
      const answer = await pool.oneFirst(
        sql.type(z.object({ answer: z.number() }))`select answer from public.marker`,
      );
      await pool.end();
      expect(answer).toBe(42);
    }
  });

  it('build a template again when the first attempt failed', async () => {
    await expect(ensureTemplate('broken', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    let second = false;
    await ensureTemplate('broken', () => {
      second = true;
      return Promise.resolve();
    });
    expect(second).toBe(true);
  });
});
