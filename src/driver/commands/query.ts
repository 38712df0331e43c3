import type { Command } from 'commander';
import pg from 'pg';
import Cursor from 'pg-cursor';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { escapeLine } from '../../escape.ts';
import { EmbeddedServer } from '../database/embedded/server.ts';
import { errorCode, isConnectionLost } from '../database/explain.ts';
import { openClient } from '../database/pool.ts';
import { DEFAULT_DATABASE, parseDatabaseUrl, type ServerTarget } from '../database/target.ts';
import { asTyped } from '../invocation.ts';
import { drained, isRead, printData, say } from '../output/output.ts';
import { formatTable } from '../output/table.ts';
import { readOnly } from '../statements/transaction.ts';
import {
  type EmbeddedChoice,
  examples,
  type Finish,
  json,
  onEmbedded,
  option,
  wholeNumber,
} from './_options.ts';

const QUERY_HELP = `
One statement, on the embedded server unless --database-url names another. Numbers stand to the right, a missing value
is NULL, line ends and control characters are shown as codes. --json prints {"rows": [...], "complete": true}.

  aquaseed db query --database guide "select batch_number, start_date from batch_batch order by 1"
  aquaseed db query --database guide "select * from aquaseed.check_report"
`;

export function addQuery(db: Command, finish: Finish): void {
  onEmbedded(db.command('query').description('run one statement and print its rows, without psql'))
    .argument('<statement>', 'such as "select ..."')
    .addOption(option('--database-url <url>', 'another server: postgres://user:password@host:port/database'))
    .addOption(
      option(
        '--limit <n>',
        'at most so many rows; 1000 by default, all with --json',
        wholeNumber(1, 1_000_000_000),
      ),
    )
    .addOption(option('--write', 'let the statement change something; it may only read by default'))
    .addOption(json())
    .addHelpText('after', examples(QUERY_HELP))
    .action(async (statement, options) => finish(await dbQuery(statement, options)));
}

/** Rows of a table for reading, unless more are asked for. */
const SHOWN_ROWS = 1000;
/** Rows that are fetched at a time, so that a result of millions does not lie in memory. */
const FETCHED_ROWS = 1000;

export type QueryOptions = EmbeddedChoice & {
  /** Another server than the embedded one. */
  databaseUrl?: string | undefined;
  /** At most so many rows; all of them by default with `json`. */
  limit?: number | undefined;
  /** Let the statement change something. */
  write?: boolean | undefined;
};

/**
 * `db query "select ..."`: one statement, its rows as a table or as JSON. It cannot write unless asked to, in a
 * transaction that ends with it.
 */
export async function dbQuery(sql: string, options: QueryOptions = {}): Promise<ExitCode> {
  if (options.databaseUrl !== undefined) {
    await runOn(
      parseDatabaseUrl(options.databaseUrl, '--database-url', process.env, options.database),
      sql,
      options,
    );
    return EXIT.done;
  }
  const database = options.database ?? DEFAULT_DATABASE;
  const server = await EmbeddedServer.open({ home: options.home, log: say });
  try {
    // A name that was typed is not created: the server says that it does not exist.
    if (database === DEFAULT_DATABASE) await server.ensureDatabase(database);
    await runOn(server.target(database), sql, options);
  } finally {
    await server.release();
  }
  return EXIT.done;
}

async function runOn(target: ServerTarget, sql: string, options: QueryOptions): Promise<void> {
  // Names without a schema mean what they mean in psql.
  const client = await openClient(target, { settings: { search_path: '"$user", public' } });
  try {
    // A single statement cannot end the transaction that keeps it from writing.
    const work = (): Promise<void> => print(client, sql, options);
    await (options.write ? work() : readOnly(client, work));
  } catch (error) {
    throw explained(error, options);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What the server refused, in one line. */
function explained(error: unknown, options: QueryOptions): unknown {
  const code = errorCode(error);
  if (error instanceof UserError || !(error instanceof Error) || code === undefined) return error;
  if (/multiple commands/.test(error.message)) {
    return new UserError(
      'db query takes one statement',
      EXIT.usage,
      `Several are for: ${asTyped('db psql')}`,
    );
  }
  // A violation of the protocol is a statement with $1, for which there is no value.
  if (isConnectionLost(error) && code !== '08P01') {
    return new UserError(`The connection was lost: ${error.message}`, EXIT.database);
  }
  const isReadOnly = code === '25006' && !options.write;
  const { hint } = error as { hint?: unknown };
  const given = typeof hint === 'string' ? hint : undefined;
  return new UserError(
    `${error.message} (${code})`,
    EXIT.failed,
    isReadOnly ? 'Nothing was changed; --write lets a statement write.' : given,
  );
}

async function print(client: pg.Client, sql: string, options: QueryOptions): Promise<void> {
  const limit = options.limit ?? (options.json ? Number.POSITIVE_INFINITY : SHOWN_ROWS);
  // Values as the text that the server sends.
  const types = { getTypeParser: () => (text: string | Buffer) => text };
  const cursor = client.query(new Statement(sql, [], { rowMode: 'array', types }));
  const { rows, result } = await fetchRows(cursor, Math.min(FETCHED_ROWS, limit + 1));
  const columns = result.fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID }));
  if (cursor.copies) {
    throw new UserError('db query cannot copy', EXIT.usage, `\\copy works in: ${asTyped('db psql')}`);
  }
  if (!result.command && columns.length === 0) throw new UserError('There is no statement', EXIT.usage);
  if (columns.length === 0) {
    await write(
      options.json ? `${JSON.stringify({ command: result.command, rows: [] })}\n` : `${result.command}\n`,
    );
    return;
  }
  const next = async (taken: number): Promise<Row[]> =>
    (await fetchRows(cursor, Math.min(FETCHED_ROWS, limit + 1 - taken))).rows;
  if (options.json) await printJson(columns, rows, next, limit);
  else await printTable(columns, rows, next, limit);
  await cursor.close();
}

/** A cursor that lives through COPY, which would wait for data for ever, or end the process with its own. */
class Statement extends Cursor<Row> {
  copies = false;

  handleCopyData(): void {
    this.copies = true;
  }

  handleCopyInResponse(connection: { sendCopyFail: (reason: string) => void }): void {
    this.copies = true;
    connection.sendCopyFail('db query takes no data');
  }
}

type Row = (string | null)[];
type Column = { name: string; type: number };
type Next = (taken: number) => Promise<Row[]>;

function fetchRows(cursor: Cursor<Row>, count: number): Promise<{ rows: Row[]; result: pg.QueryResult }> {
  return new Promise((resolve, reject) => {
    cursor.read(count, (error, rows, result) => (error ? reject(error) : resolve({ rows, result })));
  });
}

async function printTable(
  columns: readonly Column[],
  first: Row[],
  next: Next,
  limit: number,
): Promise<void> {
  const rows: Row[] = [];
  for (let more = first; more.length > 0 && rows.length <= limit; more = await next(rows.length)) {
    rows.push(...more);
  }
  const shown = rows.slice(0, limit);
  const table = [columns.map(({ name }) => escaped(name)), ...shown.map((row) => row.map(cell))];
  const lines = formatTable(
    table,
    columns.map(({ type }) => (NUMBERS.has(type) ? 'right' : 'left')),
    { rule: true },
  );
  const count = shown.length === 1 ? '1 row' : `${shown.length} rows`;
  lines.push(rows.length > limit ? `(the first ${count}; --limit shows more, --json all)` : `(${count})`);
  await write(`${lines.join('\n')}\n`);
}

/** One object on one line, as every command prints it, written as the rows come. */
async function printJson(columns: readonly Column[], first: Row[], next: Next, limit: number): Promise<void> {
  const names = uniqueNames(columns).map((it) => JSON.stringify(it));
  await write('{"rows":[');
  let taken = 0;
  for (let more = first; more.length > 0 && taken <= limit && isRead(); more = await next(taken)) {
    const objects = more
      .slice(0, limit - taken)
      .map((row) => `{${row.map((it, at) => `${names[at]}:${jsonValue(it, columns[at]?.type)}`).join()}}`);
    if (objects.length > 0) await write(`${taken > 0 ? ',' : ''}${objects.join()}`);
    taken += more.length;
  }
  await write(`],"complete":${taken <= limit}}\n`);
}

/** Waits while the reader is slower than the server. */
async function write(text: string): Promise<void> {
  printData(text);
  await drained();
}

/** A second column of a name gets a number, since an object holds a name once. */
function uniqueNames(columns: readonly Column[]): string[] {
  const names: string[] = [];
  for (const { name } of columns) {
    let unique = name;
    for (let number = 2; names.includes(unique); number++) unique = `${name}_${number}`;
    names.push(unique);
  }
  return names;
}

const {
  BOOL,
  FLOAT4,
  FLOAT8,
  INT2,
  INT4,
  INT8,
  JSON: JSON_TYPE,
  JSONB,
  MONEY,
  NUMERIC,
  OID,
} = pg.types.builtins;
const NUMBERS: ReadonlySet<number> = new Set([INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC, OID, MONEY]);

function cell(value: string | null): string {
  return value === null ? 'NULL' : escaped(value);
}

/** A number in all its digits; NaN, infinities and the rest as text. */
function jsonValue(value: string | null, type: number | undefined): string {
  if (value === null) return 'null';
  if (type === BOOL) return value === 't' ? 'true' : 'false';
  // Line ends of type json are space between values; within texts they are escaped.
  if (type === JSON_TYPE || type === JSONB) return value.replaceAll(/[\r\n]/g, ' ');
  const isNumber = type !== undefined && NUMBERS.has(type) && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value);
  return isNumber ? value : JSON.stringify(value);
}

/** A value as one line: the line ends and tabs that people know, and everything else that a terminal obeys, as codes. */
function escaped(text: string): string {
  const known: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return escapeLine(text.replaceAll(/[\n\r\t]/g, (it) => known[it] ?? it));
}
