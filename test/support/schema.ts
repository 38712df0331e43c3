import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { install } from '../../src/driver/database/install.ts';
import { openClient } from '../../src/driver/database/pool.ts';
import type { ServerTarget } from '../../src/driver/database/target.ts';
import { createTestDatabase } from './database.ts';
import { startDebianServer } from './servers.ts';

/** A database with the schema and the functions, empty. */
export type SchemaDatabase = { client: pg.Client; close: () => Promise<void> };

const root = new URL('../../', import.meta.url);

export function readProjectFile(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
}

async function connect(target: ServerTarget): Promise<pg.Client> {
  const client = await openClient(target);
  await install(client);
  return client;
}

async function onTestServer(): Promise<SchemaDatabase> {
  const database = await createTestDatabase();
  const client = await connect(database.target);
  return {
    client,
    close: async () => {
      await client.end();
      await database.drop();
    },
  };
}

/** Null where Debian's PostgreSQL of that version is not installed. */
async function onDebian(major: number): Promise<SchemaDatabase | null> {
  const server = await startDebianServer(major);
  if (server === null) return null;
  try {
    const client = await connect(server.target('postgres'));
    return {
      client,
      close: async () => {
        await client.end();
        await server.remove();
      },
    };
  } catch (error) {
    await server.remove();
    throw error;
  }
}

/** The servers that the schema is tested on. */
export const servers: { server: string; open: () => Promise<SchemaDatabase | null> }[] = [
  { server: 'the test server', open: onTestServer },
  { server: 'PostgreSQL 15', open: () => onDebian(15) },
];
