import type { Command } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { errorCode, isConnectionLost } from '../database/explain.ts';
import { install } from '../database/install.ts';
import { checkServer } from '../database/requirements.ts';
import { lockRun, requireInstalled, type Session, withSession } from '../database/session.ts';
import { explainSqlError } from '../database/sql-errors.ts';
import { ask } from '../output/ask.ts';
import { printData, printText, say } from '../output/output.ts';
import { formatCount } from '../output/progress.ts';
import { readRun } from '../statements/run.ts';
import { isAdopted, type MadeTable, ownsSchema, readMadeTables, wipeRun } from '../statements/wipe.ts';
import { type Finish, json, onDatabase, option } from './_options.ts';

export function addWipe(program: Command, finish: Finish): void {
  onDatabase(program.command('wipe'))
    .description(
      'delete what was generated; infrastructure and master data stay, but in an adopted database (asks to type DELETE)',
    )
    .addOption(option('--confirm <word>', 'DELETE, to be given by scripts instead of typing it'))
    .addOption(json())
    .action(async (options) => finish(await wipe(options)));
}

interface WipeOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  /** The word that deletes: DELETE. */
  confirm?: string | undefined;
  json?: boolean | undefined;
}

/** `wipe`: deletes what the run of this database made, after showing how much it is. */
async function wipe(options: WipeOptions): Promise<ExitCode> {
  if (options.confirm !== undefined && options.confirm !== 'DELETE') {
    throw new UserError('--confirm takes the word DELETE, in capitals', EXIT.usage);
  }
  return await withSession({ ...options, log: say }, async (session) => {
    await requireOwn(session);
    await lockRun(session.client);
    const pool = await session.openPool(1);
    const run = await readRun(pool);
    if (run === null) {
      if (options.json) printData('{"rows":{}}\n');
      else printText('no run: nothing to delete\n');
      return EXIT.done;
    }
    const tables = await orNothing(() => readMadeTables(pool, run.run_id));
    refuseStrangers(session, tables);
    for (const line of [
      `Run ${run.run_id} of ${session.target.display} (${run.schedule_name} up to ${run.as_of}, ${run.state}) made:`,
      ...tables.map((it) => `  ${it.table_name.padEnd(38)} ${formatCount(it.rows_found).padStart(13)}`),
      (await isAdopted(pool))
        ? "The places and master data that were put into AquaMind's own database go, too."
        : 'Infrastructure and master data stay.',
    ]) {
      say(line);
    }
    if (!(await isConfirmed(options))) {
      say('Nothing was deleted.');
      return EXIT.usage;
    }
    // The session that holds the lock, so that nobody begins a run in between.
    const rows = await orNothing(() => wipeRun(session.client));
    const deleted = Object.values(rows).reduce((sum, n) => sum + n, 0);
    if (options.json) printData(`${JSON.stringify({ rows })}\n`);
    else printText(`${formatCount(deleted)} rows deleted\n`);
    return EXIT.done;
  });
}

/** A database of ours, under its own name or named, with the functions of this version. */
async function requireOwn(session: Session): Promise<void> {
  await requireInstalled(session);
  await checkServer(session.client);
  if (!(await ownsSchema(session.client))) {
    throw new UserError('Only the owner of schema aquaseed may wipe: nothing was deleted', EXIT.database);
  }
  await install(session.client, session.named);
}

function refuseStrangers({ target }: Session, tables: readonly MadeTable[]): void {
  const strangers = tables.filter((it) => it.strangers > 0);
  if (strangers.length === 0) return;
  // An object that is no table of rows counts as one stranger without rows.
  const objects = strangers.filter((it) => it.strangers > it.rows_found).map((it) => it.table_name);
  const rows = strangers
    .filter((it) => it.strangers <= it.rows_found)
    .map((it) => `${it.table_name} (${formatCount(it.strangers)})`);
  const found = [
    ...(rows.length === 0 ? [] : [`holds rows that no run made: ${rows.join(', ')}`]),
    ...(objects.length === 0 ? [] : [`has objects that depend on generated tables: ${objects.join(', ')}`]),
  ];
  throw new UserError(
    `${target.display} ${found.join('; and ')}: nothing was deleted`,
    EXIT.database,
    'Delete or move these rows and drop these objects first, or drop the whole database.',
  );
}

/** Whatever else keeps the server from it is told in one line: everything is one transaction. */
async function orNothing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const explained = explainSqlError(error);
    const code = errorCode(error);
    if (explained instanceof UserError || code === undefined || isConnectionLost(error)) throw explained;
    throw new UserError(
      `The server refused (${code}): ${(error as Error).message}: nothing was deleted`,
      EXIT.database,
    );
  }
}

async function isConfirmed({ confirm }: WipeOptions): Promise<boolean> {
  if (confirm !== undefined) return true;
  if (!process.stdin.isTTY) {
    throw new UserError('wipe asks at a terminal; scripts give --confirm DELETE', EXIT.usage);
  }
  return (await ask('Type DELETE to delete these rows: ')) === 'DELETE';
}
