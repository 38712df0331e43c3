import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createTestDatabase } from '../support/database.ts';
import { startDebianServer } from '../support/servers.ts';

/** A database with AquaMind's tables and the loaders of infrastructure and master data. */
export type SchemaDatabase = { client: pg.Client; close: () => Promise<void> };

const root = new URL('../../', import.meta.url);

export function readProjectFile(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
}

/** The two migrations of this test's concern, in order. */
function aquamindMigrations(): string[] {
  return readdirSync(fileURLToPath(new URL('sql/migrations/', root)))
    .filter((file) => /^00[12]_aquamind_\w+\.sql$/.test(file))
    .sort()
    .map((file) => `sql/migrations/${file}`);
}

const loaders = [
  '_insert_missing',
  '_number_rows',
  '_value_for',
  '_list_stages',
  '_list_scenario_profiles',
  '_check_names',
  '_load_container_types',
  'load_infrastructure',
  '_load_catalogues',
  '_load_users',
  '_load_lifecycle_stages',
  '_load_temperature_profiles',
  '_load_growth_models',
  '_load_mortality_models',
  '_load_stage_models',
  '_load_finance',
  'load_master_data',
].map((name) => `sql/functions/load/${name}.sql`);

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const file of [...aquamindMigrations(), ...loaders]) {
    await client.query(readProjectFile(file));
  }
  return client;
}

async function onTestServer(): Promise<SchemaDatabase> {
  const database = await createTestDatabase();
  const client = await connect(database.url);
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
    const client = await connect(server.url('postgres'));
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
