import { loadConfiguration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { extend, readSchedule, type Schedule } from '../../planner/index.ts';
import { openClient, openPool, useTarget } from '../database/connect.ts';
import { resolveTarget, type ServerTarget, withDatabase } from '../database/target.ts';
import { Databases, type Names, namesFor, readGrants } from '../databases.ts';
import { checkDatabase } from '../install.ts';
import { asTyped } from '../invocation.ts';
import { createReporter, formatCount, type Reporter } from '../progress.ts';
import { schedulePath } from '../schedule-path.ts';
import { isWorkedOn, readMadeTables, readRun } from '../statements.ts';
import { type GenerateOptions, type GenerateResult, generateSchedule } from './generate.ts';

export interface RefreshOptions extends Omit<GenerateOptions, 'only' | 'replace' | 'resume' | 'verify'> {
  keepPrevious?: number | undefined;
  rollback?: boolean | undefined;
  maintenanceDatabase?: string | undefined;
}

interface Refresh {
  databases: Databases;
  names: Names;
  target: ServerTarget;
  reporter: Reporter;
}

/**
 * `refresh <schedule>`: generates into a database beside the live one, verifies it there, and swaps them in one
 * short step. Whatever fails before leaves the live database as it was.
 */
export async function refresh(file: string | undefined, options: RefreshOptions): Promise<ExitCode> {
  if ((file === undefined) !== (options.rollback === true)) {
    throw new UserError('refresh takes a schedule, or --rollback without one', EXIT.usage);
  }
  // Bad input is refused before anything is opened.
  const prepared = file === undefined ? undefined : prepare(file, options);
  const reporter = createReporter(options.logFormat ?? 'text');
  const open = await useTarget(resolveTarget(options, process.env), { log: (line) => reporter.line(line) });
  try {
    const names = namesFor(open.target.database);
    const maintenance = options.maintenanceDatabase ?? 'postgres';
    if ([names.live, names.next, ...names.previous].includes(maintenance)) {
      throw new UserError(
        `The database "${maintenance}" cannot be the one that is refreshed and the one to connect to meanwhile`,
        EXIT.usage,
        'Name another one with --maintenance-database.',
      );
    }
    const databases = await Databases.open(withDatabase(open.target, maintenance));
    try {
      await databases.lock(names.live);
      await databases.requireRights();
      const job = { databases, names, target: open.target, reporter };
      return prepared === undefined
        ? await rollBack(job, options)
        : await rebuild(job, prepared, file ?? '', options);
    } finally {
      await databases.end();
    }
  } finally {
    await open.release();
  }
}

/** The schedule up to the day that is asked for, today by default. */
function prepare(
  file: string,
  options: RefreshOptions,
): { schedule: Schedule; asOf: string; configuration: ReturnType<typeof loadConfiguration> } {
  const configuration = loadConfiguration(options.config);
  const schedule = readSchedule(schedulePath(file));
  const asOf = options.asOf ?? new Date().toISOString().slice(0, 10);
  if (asOf <= schedule.metadata.as_of) return { schedule, asOf, configuration };
  const { farm, biology, climate } = configuration;
  return { schedule: extend(schedule, { asOf }, farm, biology, climate).schedule, asOf, configuration };
}

async function rebuild(
  { databases, names, target, reporter }: Refresh,
  { schedule, asOf, configuration }: ReturnType<typeof prepare>,
  file: string,
  options: RefreshOptions,
): Promise<ExitCode> {
  const live = await databases.find(names.live);
  if (live !== undefined && !live.owned) {
    throw new UserError(
      `Role "${target.user}" does not own database "${names.live}", so it may not rename it: nothing was changed`,
      EXIT.database,
    );
  }
  const found =
    live === undefined
      ? undefined
      : await inspectLive({ databases, names, target, reporter }, options.database);
  await requireOurs(databases, [names.next, ...names.previous]);
  if ((await databases.find(names.next)) !== undefined) {
    reporter.line(`Dropping ${names.next}, which an earlier refresh left unfinished`);
    await databases.drop(names.next);
  }
  await databases.create(names.next, names.live);

  let result: GenerateResult | undefined;
  const code = await generateSchedule(schedule, file, configuration, {
    ...options,
    database: names.next,
    asOf,
    again: 'repeating the refresh, which begins anew',
    onResult: (it) => {
      result = it;
    },
  });
  if (code !== EXIT.done || result === undefined) {
    reporter.line(
      `${names.live} is as it was. ${names.next} stays for looking at; the next refresh drops it and begins anew.`,
    );
    return code;
  }
  await finishNext(withDatabase(target, names.next), names.live, found?.grants ?? []);
  const keep = options.keepPrevious ?? 1;
  const hasLive = found?.installed === true;
  // An empty database is worth nothing as the previous one.
  if (live !== undefined && !hasLive) await databases.drop(names.live);
  const dropped = await swapIn({ databases, names }, hasLive, keep, asOf);
  const kept = names.previous.slice(0, keep)[0];
  const text =
    !hasLive || kept === undefined
      ? `${names.live} is new, up to ${asOf}`
      : `${names.live} is new, up to ${asOf}; the one before is ${kept} (${asTyped('refresh --rollback')} brings it back)`;
  reporter.line(text);
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ ...result, database: target.display, as_of: asOf, previous: hasLive ? (kept ?? null) : null, dropped })}\n`,
    );
  }
  return EXIT.done;
}

/**
 * Refuses a live database that is not ours or that somebody is generating into, and tells of rows that will
 * not be in the new one. Gives the grants on its tables.
 */
async function inspectLive(
  { names, target, reporter }: Refresh,
  named: string | undefined,
): Promise<{ installed: boolean; grants: string[] }> {
  const client = await openClient(target);
  try {
    await checkDatabase(client, named);
    const { rows } = await client.query<{ installed: boolean }>(
      `select pg_catalog.to_regclass('aquaseed.made_table') is not null as installed`,
    );
    if (rows[0]?.installed !== true) return { installed: false, grants: [] };
    const pool = await openPool(target, { connections: 1 });
    try {
      if (await isWorkedOn(pool)) {
        throw new UserError(`Somebody is generating into ${target.display}`, EXIT.locked);
      }
      const run = await readRun(pool);
      if (run?.state === 'done') {
        const strangers = (await readMadeTables(pool, run.run_id)).filter((it) => it.strangers > 0);
        const list = strangers.map((it) => `${it.table_name} (${formatCount(it.strangers)})`).join(', ');
        if (list !== '') {
          reporter.line(
            `warning: rows of others in ${names.live} will be in the previous database only: ${list}`,
          );
        }
      }
      return { installed: true, grants: await readGrants(client) };
    } finally {
      await pool.end();
    }
  } finally {
    await client.end();
  }
}

/** @throws UserError (exit 3) for databases under these names that no refresh made */
async function requireOurs(databases: Databases, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const found = await databases.find(name);
    if (found !== undefined && !found.marked) {
      throw new UserError(
        `There is a database "${name}" that no refresh made: nothing was changed`,
        EXIT.database,
        'Rename or drop it: refresh needs this name.',
      );
    }
  }
}

/** The grants of the live database, and the name that the new one will have. */
async function finishNext(next: ServerTarget, live: string, grants: readonly string[]): Promise<void> {
  const client = await openClient(next);
  try {
    await client.query('begin');
    await client.query('update aquaseed.ownership set database_name = $1', [live]);
    for (const command of grants) {
      // Objects that only the live database has cannot be granted on here.
      await client.query('savepoint one');
      try {
        await client.query(command);
      } catch (error) {
        if (!/^42(P01|883|704)$/.test((error as { code?: string }).code ?? '')) throw error;
        await client.query('rollback to savepoint one');
      }
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/** Renames everything one place on, and drops what is beyond those to keep. Gives the names that were dropped. */
async function swapIn(
  { databases, names }: Pick<Refresh, 'databases' | 'names'>,
  hasLive: boolean,
  keep: number,
  asOf: string,
): Promise<string[]> {
  const chain = hasLive ? [names.live, ...names.previous] : [];
  const steps: [string, string][] = [];
  const surplus: string[] = [];
  // From the live one on, as long as there is no gap.
  for (const [index, name] of chain.entries()) {
    if ((await databases.find(name)) === undefined) break;
    const to = chain[index + 1];
    if (to === undefined) {
      await databases.drop(name);
      break;
    }
    steps.unshift([name, to]);
    if (index + 1 > keep) surplus.push(to);
  }
  steps.push([names.next, names.live]);
  await databases.rename(steps, {
    [names.live]: `up to ${asOf}`,
    ...(hasLive ? { [names.previous[0] ?? '']: 'the one before' } : {}),
  });
  for (const name of surplus) await databases.drop(name);
  return surplus;
}

/** Exchanges the live database and the previous one; a second time brings the newer one back. */
async function rollBack(
  { databases, names, reporter }: Refresh,
  { json }: RefreshOptions,
): Promise<ExitCode> {
  const [previous] = names.previous;
  if (previous === undefined || (await databases.find(previous)) === undefined) {
    throw new UserError(`There is no database "${previous}" to go back to`, EXIT.database);
  }
  await requireOurs(databases, [previous, names.next]);
  await databases.drop(names.next);
  const steps: [string, string][] =
    (await databases.find(names.live)) === undefined
      ? [[previous, names.live]]
      : [
          [names.live, names.next],
          [previous, names.live],
          [names.next, previous],
        ];
  await databases.rename(steps, {
    [names.live]: 'brought back',
    ...(steps.length > 1 ? { [previous]: 'rolled back' } : {}),
  });
  reporter.line(`${names.live} is the previous database again; ${previous} is the one that was live`);
  if (json) process.stdout.write(`${JSON.stringify({ live: names.live, previous })}\n`);
  return EXIT.done;
}
