import { createHash } from 'node:crypto';
import pg from 'pg';
import { mustRun, type RunningCli } from './cli.ts';
import { createTestDatabase, ensureTemplate, type TestDatabase } from './database.ts';
import { tinyFarm } from './generated.ts';

/** Opens a connection for the work and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // A server that is stopped on purpose also ends this connection.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** All rows of a query. */
export async function rowsOf<T extends pg.QueryResultRow = Record<string, unknown>>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  return await withClient(url, async (client) => (await client.query<T>(text, values)).rows);
}

export type Digests = { digest: string; tables: Record<string, { rows: number; digest: string }> };

/** What `checksum --json` prints, without starting the command. */
export async function digestsOf(url: string): Promise<Digests> {
  const rows = await rowsOf<{ table_name: string; rows: string; digest: string }>(
    url,
    'select table_name, rows, digest from aquaseed.checksum()',
  );
  const tables = Object.fromEntries(
    rows.map((it) => [it.table_name, { rows: Number(it.rows), digest: it.digest }]),
  );
  const hash = createHash('sha256');
  for (const [name, it] of Object.entries(tables)) hash.update(`${name} ${it.rows} ${it.digest}\n`);
  return { digest: hash.digest('hex'), tables };
}

/** What `checksum --by-name --json` prints: without the ids of places, which an adopted database has of its own. */
export async function digestsByName(url: string): Promise<Digests> {
  const { json } = await mustRun(['checksum', '--by-name', '--json', '--database-url', url]);
  return json() as Digests;
}

/**
 * A database with the tiny farm's schema, functions and master data, in which nothing was generated yet and
 * which has places to stop a run at; see Barrier.
 */
export async function migratedDatabase(): Promise<TestDatabase> {
  await ensureTemplate('tiny_migrated', prepare);
  return await createTestDatabase({ template: 'tiny_migrated' });
}

/** Makes an empty database such a one. */
export async function prepare(url: string): Promise<void> {
  await mustRun(['migrate', '--database-url', url, '--config', tinyFarm().config]);
  await withClient(url, async (client) => {
    await client.query(`
      create schema barrier;
      create table barrier.point (stage text, unit text, key bigint primary key);
      create function barrier.pass(p_stage text, p_unit text) returns void language plpgsql as $$
      begin
        perform pg_advisory_xact_lock(p.key) from barrier.point p where p.stage = p_stage and p.unit = p_unit;
      end $$;
      create function barrier.pass_unit() returns trigger language plpgsql as $$
      begin
        perform barrier.pass(new.stage, new.unit);
        return new;
      end $$;
      create function barrier.pass_load() returns trigger language plpgsql as $$
      begin
        perform barrier.pass('load', 'run');
        return null;
      end $$;
      create trigger pass before update on aquaseed.run_step
        for each row when (new.state = 'done') execute function barrier.pass_unit();
      create trigger pass after insert on aquaseed.run for each row execute function barrier.pass_load()`);
  });
}

/**
 * Holds a unit of a run at its very end: its rows are written, nothing is committed. So a test can do
 * something in the middle of a stage without depending on time.
 */
export class Barrier {
  readonly #client: pg.Client;
  #keys = 0;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<Barrier> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return new Barrier(client);
  }

  /** Stops the unit (`load`, `run` for the load) at its end. Gives the key to lift the barrier with. */
  async close(stage: string, unit: string): Promise<number> {
    const key = ++this.#keys;
    await this.#client.query('select pg_advisory_lock($1)', [key]);
    await this.#client.query('insert into barrier.point values ($1, $2, $3)', [stage, unit, key]);
    return key;
  }

  /** Waits until a session of the command stands at the barrier. Gives its pid. */
  async reached(key: number, command: RunningCli): Promise<number> {
    let ended: string | undefined;
    void command.result.then((it) => {
      ended = `the command ended with ${it.code ?? it.signal} before the barrier:\n${it.stderr}`;
    });
    return await this.#until(async () => {
      if (ended !== undefined) throw new Error(ended);
      return (await this.#waiting(key))[0];
    });
  }

  /** Lets the session that stands there go on. */
  async lift(key: number): Promise<void> {
    await this.#client.query('delete from barrier.point where key = $1', [key]);
    await this.#client.query('select pg_advisory_unlock($1)', [key]);
  }

  /** Ends the session that stands there, so that its work is undone. */
  async endSession(key: number): Promise<void> {
    await this.#client.query('delete from barrier.point where key = $1', [key]);
    for (const pid of await this.#waiting(key)) {
      await this.#client.query('select pg_terminate_backend($1)', [pid]);
    }
    await this.#until(async () => ((await this.#waiting(key)).length === 0 ? true : undefined));
    await this.#client.query('select pg_advisory_unlock($1)', [key]);
  }

  /** Waits until no living command holds the run lock: the server needs a moment to see that one died. */
  async runLockIsFree(): Promise<void> {
    await this.#until(async () => {
      const { rows } = await this.#client.query(
        `select 1 from pg_locks l join pg_database d on d.oid = l.database
         where d.datname = current_database() and l.locktype = 'advisory' and l.classid <> 0`,
      );
      return rows.length === 0 ? true : undefined;
    });
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  async #waiting(key: number): Promise<number[]> {
    const { rows } = await this.#client.query<{ pid: number }>(
      `select l.pid from pg_locks l join pg_database d on d.oid = l.database
       where d.datname = current_database() and l.locktype = 'advisory' and not l.granted
         and l.classid = 0 and l.objid::bigint = $1`,
      [key],
    );
    return rows.map((it) => it.pid);
  }

  async #until<T>(found: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const value = await found();
      if (value !== undefined) return value;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Every unit of the ledger that was begun more than once or is not done. */
export async function unitsNotDoneOnce(url: string): Promise<unknown[]> {
  return await rowsOf(
    url,
    `select stage, phase, unit, state, attempts from aquaseed.run_step where state <> 'done' or attempts <> 1`,
  );
}

/** Tables whose rows are not as many as the ledger says. */
export async function miscountedTables(url: string): Promise<unknown[]> {
  return await withClient(url, async (client) => {
    const { rows: ledger } = await client.query<{ table_name: string; rows: string }>(
      'select table_name, rows from aquaseed.generated_rows(1)',
    );
    const wrong: unknown[] = [];
    for (const { table_name, rows } of ledger) {
      const { rows: counted } = await client.query<{ n: string }>(
        `select count(*) as n from public.${pg.escapeIdentifier(table_name)}`,
      );
      if (counted[0]?.n !== rows) wrong.push({ table_name, ledger: rows, counted: counted[0]?.n });
    }
    return wrong;
  });
}
