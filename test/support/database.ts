import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { EmbeddedServer } from '../../src/driver/database/embedded/server.ts';
import { parseDatabaseUrl, type ServerTarget } from '../../src/driver/database/target.ts';

/** A database of one test file's own. */
export type TestDatabase = {
  name: string;
  /** Connection URL, password included. */
  url: string;
  /** The same as a target for openPool and openClient. */
  target: ServerTarget;
  /** Drops it, ending the sessions on it. */
  drop: () => Promise<void>;
};

type Server = {
  url: (database: string) => string;
  /** Database that is always there, for creating others. */
  maintenance: string;
};

let server: Promise<Server> | undefined;

/**
 * The server of this test run: `TEST_DATABASE_URL`, else the embedded one that all test files share, else
 * (where it is not available for the platform) a container. Its role may create databases.
 */
function testServer(): Promise<Server> {
  server ??= findServer();
  return server;
}

async function findServer(): Promise<Server> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return fromUrl(given);
  try {
    const embedded = await EmbeddedServer.open({ home: inject('testHome'), persistent: true });
    // It is persistent: it stays until the end of the test run.
    await embedded.release();
    return { url: (database) => embedded.url(database), maintenance: 'postgres' };
  } catch (error) {
    return await fromContainer(error);
  }
}

function fromUrl(text: string): Server {
  const url = new URL(text);
  return {
    url: (database) => {
      const other = new URL(text);
      other.pathname = `/${encodeURIComponent(database)}`;
      return other.toString();
    },
    maintenance: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
  };
}

/** One container for each test file; testcontainers removes it when the process has gone. */
async function fromContainer(problem: unknown): Promise<Server> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  try {
    const container = await new PostgreSqlContainer('postgres:18-alpine')
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'wal_level=minimal', '-c', 'max_wal_senders=0'])
      .start();
    return fromUrl(container.getConnectionUri());
  } catch (error) {
    throw new Error(
      `No PostgreSQL for the tests. Embedded server: ${(problem as Error).message}. Docker: ${(error as Error).message}. Set TEST_DATABASE_URL to a server whose role may create databases.`,
    );
  }
}

async function withMaintenance<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { url, maintenance } = await testServer();
  const client = new pg.Client({ connectionString: url(maintenance) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function targetOf(url: string): ServerTarget {
  return parseDatabaseUrl(url, 'named');
}

/**
 * A fresh database (UTF-8, locale C), empty or a copy of a template that `ensureTemplate` built in this
 * run. Call `drop()` in afterAll; what is forgotten goes with the server at the end of the run.
 */
export async function createTestDatabase(options: { template?: string } = {}): Promise<TestDatabase> {
  const { url } = await testServer();
  const name = `${inject('testRun')}_${randomBytes(5).toString('hex')}`;
  await withMaintenance(async (client) => {
    const template = options.template === undefined ? 'template0' : templateName(options.template);
    await client.query(
      `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)} encoding 'UTF8' locale 'C'`,
    );
  });
  if (options.template !== undefined) await takeOver(url(name));
  return {
    name,
    url: url(name),
    target: targetOf(url(name)),
    drop: async () => {
      await withMaintenance(async (client) => {
        await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
      });
    },
  };
}

/** A database of an owner who is no superuser, and a role without any right in it. */
export interface OwnedDatabase extends TestDatabase {
  owner: string;
  runner: string;
  urlAs(role: string): string;
}

/** A fresh database with roles of its own, which go with it. */
export async function createOwnedDatabase(): Promise<OwnedDatabase> {
  const database = await createTestDatabase();
  const suffix = randomBytes(4).toString('hex');
  const [owner, runner] = [`owner_${suffix}`, `run_${suffix}`];
  await withMaintenance(async (client) => {
    for (const role of [owner, runner]) await client.query(`create role ${role} login password 'secret'`);
    await client.query(`alter database ${database.name} owner to ${owner}`);
  });
  return {
    ...{ ...database, owner, runner },
    urlAs: (role) => {
      const url = new URL(database.url);
      url.username = role;
      url.password = 'secret';
      return url.toString();
    },
    drop: async () => {
      await database.drop();
      await withMaintenance(async (client) => {
        await client.query(`drop role if exists ${owner}, ${runner}`);
      });
    },
  };
}

/** The marker of a copy names the database that it was copied from: this one is meant to be a database of its own. */
async function takeOver(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(`select to_regclass('aquaseed.ownership') is not null as marked`);
    if (rows[0]?.marked)
      await client.query('update aquaseed.ownership set database_name = current_database()');
  } finally {
    await client.end();
  }
}

function templateName(name: string): string {
  return `${inject('testRun')}_template_${name}`;
}

/**
 * Builds a template database once per run, however many test files ask for it at the same time. `build`
 * gets the URL of an empty database and must close its connections. Use it with
 * `createTestDatabase({ template: name })`.
 */
export async function ensureTemplate(name: string, build: (url: string) => Promise<void>): Promise<void> {
  const { url } = await testServer();
  const database = templateName(name);
  const identifier = pg.escapeIdentifier(database);
  await withMaintenance(async (client) => {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [database]);
    const found = await client.query<{ built: boolean }>(
      'select datistemplate as built from pg_catalog.pg_database where datname = $1',
      [database],
    );
    if (found.rows[0]?.built) return;
    // What an attempt that failed left behind.
    await client.query(`drop database if exists ${identifier} with (force)`);
    await client.query(`create database ${identifier} template template0 encoding 'UTF8' locale 'C'`);
    await build(url(database));
    // Only a finished one is marked, and nobody can connect to it any more, so that it can be copied.
    await client.query(`alter database ${identifier} is_template true allow_connections false`);
  });
}
