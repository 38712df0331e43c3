import type { Client } from './connection.ts';

/** Work in one transaction, which is rolled back where it fails. */
export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Work in a transaction that is rolled back in any case: what it changes was only tried. */
export async function tried<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    return await work();
  } finally {
    await client.query('rollback').catch(() => undefined);
  }
}

/** Work that may only read, in a transaction that ends with it. */
export async function readOnly(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin read only');
  await work();
  await client.query('rollback');
}
