import { chmodSync, chownSync, mkdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { EmbeddedServer } from '../src/driver/database/embedded/server.ts';
import { openClient } from '../src/driver/database/pool.ts';
import { parseDatabaseUrl, type ServerTarget, withDatabase } from '../src/driver/database/target.ts';

export const DATABASE = 'aquaseed_bench';

const SETTINGS = [
  'wal_level',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'max_wal_size',
  'shared_buffers',
  'work_mem',
  'maintenance_work_mem',
  'autovacuum',
];

/** The server that is measured: the embedded one, held open for the whole session, or that of a URL. */
export class BenchServer {
  readonly kind: 'embedded' | 'given';
  /** A directory that the server can write files into, or undefined where none is known. */
  readonly files: string | undefined;
  readonly #target: ServerTarget;
  readonly #url: string | undefined;
  readonly #embedded: EmbeddedServer | undefined;

  private constructor(
    target: ServerTarget,
    files: string | undefined,
    from: { url: string } | { embedded: EmbeddedServer },
  ) {
    this.kind = 'url' in from ? 'given' : 'embedded';
    this.files = files;
    this.#target = target;
    this.#url = 'url' in from ? from.url : undefined;
    this.#embedded = 'embedded' in from ? from.embedded : undefined;
  }

  /** @param files where a given server may write, see `--files` */
  static async open(
    url: string | undefined,
    files: string | undefined,
    log: (line: string) => void,
  ): Promise<BenchServer> {
    if (url !== undefined) {
      const directory = files === undefined ? undefined : path.resolve(files, `${DATABASE}_files`);
      return new BenchServer(parseDatabaseUrl(url, '--database-url', process.env), directory, { url });
    }
    const embedded = await EmbeddedServer.open({ log });
    const directory = path.join(path.dirname(embedded.dataDirectory), `${DATABASE}_files`);
    return new BenchServer(embedded.target('postgres'), directory, { embedded });
  }

  /** For the driver's processes, which find the server as users have it found. */
  get environment(): NodeJS.ProcessEnv {
    if (this.#url !== undefined) return { ...process.env, DATABASE_URL: this.#url };
    return Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(PG[A-Z]+|DATABASE_URL)$/.test(name)),
    );
  }

  /** Opens a connection to the database of the runs, or to the one that is always there, for the work. */
  async connect<T>(where: 'runs' | 'maintenance', work: (client: pg.Client) => Promise<T>): Promise<T> {
    const target = where === 'runs' ? withDatabase(this.#target, DATABASE) : this.#target;
    const client = await openClient(target);
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** Opens so many connections to the database of the runs for the work. */
  async connectAll<T>(count: number, work: (clients: pg.Client[]) => Promise<T>): Promise<T> {
    const clients: pg.Client[] = [];
    try {
      for (let n = 0; n < count; n++) {
        clients.push(await openClient(withDatabase(this.#target, DATABASE)));
      }
      return await work(clients);
    } finally {
      for (const client of clients) await client.end();
    }
  }

  /** An empty database, and nothing left to be written to disk from what was before. */
  async reset(): Promise<void> {
    await this.connect('maintenance', async (client) => {
      await client.query(`drop database if exists ${pg.escapeIdentifier(DATABASE)} with (force)`);
      if (this.kind === 'given') {
        await client.query(
          `create database ${pg.escapeIdentifier(DATABASE)} template template0 encoding 'UTF8'`,
        );
      }
      await checkpoint(client);
    });
  }

  /** Makes the directory of the files anew, for the system user that the server runs as. */
  makeFiles(directory: string): void {
    this.#dropFiles();
    mkdirSync(directory);
    if (this.#embedded === undefined) {
      chmodSync(directory, 0o777);
      return;
    }
    const owner = statSync(this.#embedded.dataDirectory);
    if (owner.uid !== process.getuid?.()) chownSync(directory, owner.uid, owner.gid);
  }

  #dropFiles(): void {
    if (this.files !== undefined) rmSync(this.files, { recursive: true, force: true });
  }

  /** Bytes that are free where the embedded server keeps its data; undefined for another server. */
  freeBytes(): number | undefined {
    if (this.#embedded === undefined) return undefined;
    const { bavail, bsize } = statfsSync(this.#embedded.dataDirectory);
    return bavail * bsize;
  }

  /** Version and settings; whether the role may copy to and from files and count the calls of functions. */
  async describe(): Promise<{ version: string; settings: Record<string, string>; superuser: boolean }> {
    return await this.connect('maintenance', async (client) => {
      const { rows } = await client.query<{ name: string; value: string }>(
        'select s.name, current_setting(s.name) as value from unnest($1::text[]) as s (name)',
        [[...SETTINGS, 'server_version', 'is_superuser']],
      );
      const {
        server_version = '',
        is_superuser,
        ...settings
      } = Object.fromEntries(rows.map((it) => [it.name, it.value]));
      return { version: server_version.split(' ')[0] ?? '', settings, superuser: is_superuser === 'on' };
    });
  }

  /** Counts the calls of functions, for the sessions of this role that begin from now on. Superusers only. */
  async trackFunctions(on: boolean): Promise<void> {
    await this.connect('maintenance', async (client) => {
      await client.query(
        `alter role current_user ${on ? "set track_functions = 'all'" : 'reset track_functions'}`,
      );
    });
  }

  /** Drops what the session made, except for a last database to keep; the embedded server stops when nobody else uses it. */
  async close(keep: boolean): Promise<void> {
    this.#dropFiles();
    try {
      if (keep) return;
      await this.connect('maintenance', (client) =>
        client.query(`drop database if exists ${pg.escapeIdentifier(DATABASE)} with (force)`),
      );
    } finally {
      await this.#embedded?.release();
    }
  }
}

/** Writes out what is dirty, where the role may ask for it, so that no figure pays for what was done before it. */
export async function checkpoint(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ able: boolean }>(
    `select pg_catalog.pg_has_role('pg_checkpoint', 'USAGE') as able`,
  );
  if (rows[0]?.able === true) await client.query('checkpoint');
}

export function describeMachine(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${cpu}, ${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.arch()}`;
}
