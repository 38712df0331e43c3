import type { Command } from 'commander';
import type pg from 'pg';
import type { Configuration } from '../../config/index.ts';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import type { Schedule } from '../../planner/index.ts';
import { isConnectionLost, lostConnection } from '../database/explain.ts';
import { checkDatabase, install } from '../database/install.ts';
import { requireReplaceable } from '../database/names.ts';
import { openClient, useTarget } from '../database/pool.ts';
import { checkServer } from '../database/requirements.ts';
import { resolveTarget, type ServerTarget, withDatabase } from '../database/target.ts';
import { asTyped } from '../invocation.ts';
import { printData } from '../output/output.ts';
import { createReporter, type Reporter } from '../output/progress.ts';
import { scheduleUpTo } from '../prepare/up-to.ts';
import type { RunResult } from '../stages/run.ts';
import { renameMarker } from '../statements/contents.ts';
import { type Rights, readRights } from '../statements/rights.ts';
import { inTransaction, tried } from '../statements/transaction.ts';
import { type Login, readLiveOwner, readLogins, setLogin } from '../statements/users.ts';
import { Databases } from '../swap/databases.ts';
import { type Names, namesFor } from '../swap/names.ts';
import { type Inspection, inspect, isBeginning, refuseOthers } from '../swap/others.ts';
import { applyDefaultRights, applyRights } from '../swap/rights.ts';
import { today } from '../today.ts';
import { dateText, type Finish, onGeneration, option, SCHEDULE, wholeNumber } from './_options.ts';
import { type GenerateOptions, generateSchedule } from './generate.ts';

export function addRefresh(program: Command, finish: Finish): void {
  onGeneration(program.command('refresh'))
    .description('build a new database beside the live one, verify it and swap them (nightly)')
    .argument('[schedule]', SCHEDULE)
    .addOption(
      option('--as-of <date>', 'end of history, a date or "today", which is the default', dateOrToday),
    )
    .addOption(
      option('--keep-previous <n>', 'how many earlier databases to keep, 1 by default', wholeNumber(0, 9)),
    )
    .addOption(
      option('--rollback', 'swap the live database and the previous one, build nothing').conflicts('asOf'),
    )
    .addOption(
      option('--maintenance-database <name>', 'where to connect to create and rename, postgres by default'),
    )
    .addOption(
      option(
        '--drop-foreign',
        'go on although others made things or rows that the new database will not have; they are listed',
      ),
    )
    .action(async (file, options) => finish(await refresh(file, options)));
}

function dateOrToday(text: string): string {
  return text === 'today' ? today() : dateText(text);
}

interface RefreshOptions extends Omit<GenerateOptions, 'only' | 'replace' | 'resume' | 'verify'> {
  keepPrevious?: number | undefined;
  rollback?: boolean | undefined;
  maintenanceDatabase?: string | undefined;
  /** Give up what is of others: it will not be in the new database, and goes with those that are dropped. */
  dropForeign?: boolean | undefined;
}

interface Refresh {
  databases: Databases;
  names: Names;
  target: ServerTarget;
  reporter: Reporter;
  options: RefreshOptions;
}

/**
 * `refresh <schedule>`: generates into a database beside the live one, verifies it there, and swaps them in one
 * short step. Whatever fails before leaves the live database as it was; what is of others in it, or in one that
 * would be dropped, makes it refuse before it builds.
 */
async function refresh(file: string | undefined, options: RefreshOptions): Promise<ExitCode> {
  if ((file === undefined) !== (options.rollback === true)) {
    throw new UserError('refresh takes a schedule, or --rollback without one', EXIT.usage);
  }
  const target = resolveTarget(options, process.env);
  requireReplaceable(target.database, 'the one that is refreshed');
  // Bad input is refused before anything is opened.
  const prepared = file === undefined ? undefined : prepare(file, options);
  const reporter = createReporter(options.logFormat ?? 'text');
  const open = await useTarget(target, { log: (line) => reporter.line(line) });
  try {
    const names = namesFor(open.target.database);
    const maintenance = options.maintenanceDatabase ?? 'postgres';
    if ([names.live, names.next, names.parked, ...names.previous].includes(maintenance)) {
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
      const job = { databases, names, target: open.target, reporter, options };
      return prepared === undefined ? await rollBack(job) : await rebuild(job, prepared, file ?? '');
    } finally {
      await databases.end();
    }
  } catch (error) {
    throw error instanceof UserError || !isConnectionLost(error) ? error : lostConnection(error, open.target);
  } finally {
    await open.release();
  }
}

/** The schedule up to the day that is asked for, today by default. */
function prepare(
  file: string,
  options: RefreshOptions,
): { schedule: Schedule; asOf: string; configuration: Configuration } {
  const asOf = options.asOf ?? today();
  return { ...scheduleUpTo(file, asOf, options), asOf };
}

/** What the swap will do. */
interface Swap {
  /** Renamings in their order. */
  steps: [from: string, to: string][];
  /** Databases that are dropped afterwards: their present name, and that after the swap. */
  drops: { now: string; later: string }[];
  /** The name of the live database afterwards, undefined where there is none. */
  liveBecomes: string | undefined;
}

async function rebuild(
  job: Refresh,
  { schedule, asOf, configuration }: ReturnType<typeof prepare>,
  file: string,
): Promise<ExitCode> {
  const { databases, names, target, reporter, options } = job;
  const keep = options.keepPrevious ?? 1;
  await requireUsable(job, [names.live, names.next, names.parked, ...names.previous]);
  const hasLive = (await databases.find(names.live)) !== undefined;
  const before = hasLive ? await inspectLive(job) : undefined;
  await requireOurs(databases, [names.next, names.parked, ...names.previous]);
  const swap = await planSwap(job, before, keep);
  const leftovers = await existing(databases, [names.next, names.parked]);
  await judgeOthers(job, before, [...leftovers, ...swap.drops.map((it) => it.now)], keep);

  for (const name of leftovers) {
    reporter.line(`Dropping ${name}, which an earlier refresh left unfinished`);
    await databases.drop(name);
  }
  await databases.create(names.next, hasLive ? names.live : undefined);
  await prepareNext(job, hasLive);

  const people = configuration.masterData.users.map((it) => it.username);
  const owner = options.owner ?? (before?.installed ? await ownerIn(target, people) : undefined);

  let result: RunResult | undefined;
  const code = await generateSchedule(schedule, file, configuration, {
    ...options,
    owner,
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
  await swapIn(job, swap, before, people);
  const dropped: string[] = [];
  for (const { later } of swap.drops) {
    if (await dropUnlessOthers(job, later)) dropped.push(later);
  }
  const previous = swap.liveBecomes;
  const kept = previous === undefined || dropped.includes(previous) ? undefined : previous;
  reporter.line(
    kept === undefined
      ? `${names.live} is new, up to ${asOf}`
      : `${names.live} is new, up to ${asOf}; the one before is ${kept} (${asTyped('refresh --rollback')} brings it back)`,
  );
  if (options.json) {
    const of = dropped.filter((it) => it !== names.parked);
    printData(
      `${JSON.stringify({ ...result, database: target.display, as_of: asOf, previous: kept ?? null, dropped: of })}\n`,
    );
  }
  return EXIT.done;
}

/** Those of the names that there are databases of. */
async function existing(databases: Databases, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) if ((await databases.find(name)) !== undefined) found.push(name);
  return found;
}

/** @throws UserError (exit 3 or 4) for databases that cannot be looked into, renamed or dropped */
async function requireUsable({ databases, names, target }: Refresh, all: readonly string[]): Promise<void> {
  for (const name of all) {
    const found = await databases.find(name);
    if (found === undefined) continue;
    if (!found.owned) {
      throw new UserError(
        `Role "${target.user}" does not own database "${name}", so it may not rename it: nothing was changed`,
        EXIT.database,
      );
    }
    if (!found.open) {
      throw new UserError(
        `Database "${name}" allows no connections, so nobody can see what is in it: nothing was changed`,
        EXIT.database,
      );
    }
    // One of its own that was killed may still be ending.
    if (![names.next, names.parked].includes(name) && (await databases.isWorkedOn(name))) {
      throw new UserError(`Somebody is generating into database "${name}"`, EXIT.locked);
    }
  }
  await databases.requireNoObstacles(all);
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

function look({ databases, names, target }: Refresh, name: string): Promise<Inspection> {
  return inspect(withDatabase(target, name), () => databases.reference(names.live));
}

/** Refuses a live database that is not ours and not empty. */
async function inspectLive(job: Refresh): Promise<Inspection> {
  const { names, target, options } = job;
  const client = await openClient(target);
  try {
    await checkServer(client);
    await checkDatabase(client, options.database);
  } finally {
    await client.end();
  }
  const found = await look(job, names.live);
  if (found.marker === undefined) {
    refuseOthers(
      [{ database: names.live, others: found.others }],
      `Database "${names.live}" is not empty and was not made by aquaseed: nothing was changed. It holds`,
      'Name another database, or drop these.',
    );
  }
  return found;
}

/** Everything is renamed one place on, from the live one as long as there is no gap. */
async function planSwap(
  { databases, names }: Refresh,
  before: Inspection | undefined,
  keep: number,
): Promise<Swap> {
  const last: [string, string] = [names.next, names.live];
  if (before === undefined) return { steps: [last], drops: [], liveBecomes: undefined };
  if (!before.installed) {
    // An empty database is worth nothing as the previous one.
    const park = { now: names.live, later: names.parked };
    return { steps: [[names.live, names.parked], last], drops: [park], liveBecomes: names.parked };
  }
  const chain = [names.live, ...names.previous];
  const swap: Swap = { steps: [], drops: [], liveBecomes: names.previous[0] };
  for (const [index, name] of chain.entries()) {
    if ((await databases.find(name)) === undefined) break;
    const to = chain[index + 1] ?? names.parked;
    swap.steps.unshift([name, to]);
    if (index + 1 > keep) swap.drops.push({ now: name, later: to });
  }
  swap.steps.push(last);
  return swap;
}

/** Lists what is of others in the live database and in those that will be dropped, and refuses without the word. */
async function judgeOthers(
  job: Refresh,
  before: Inspection | undefined,
  drops: readonly string[],
  keep: number,
): Promise<void> {
  const { names, reporter, options } = job;
  const found = before === undefined ? [] : [{ database: names.live, others: before.others }];
  for (const name of drops) {
    if (name === names.live) continue;
    const { marker, others } = await look(job, name);
    // One that broke off before it had its marker.
    found.push({
      database: name,
      others: marker === undefined ? others.filter((it) => !isBeginning(it)) : others,
    });
  }
  if (options.dropForeign) {
    for (const { database, others } of found) {
      for (const it of others) reporter.line(`warning: given up with --drop-foreign: ${it} (of ${database})`);
    }
    return;
  }
  refuseOthers(
    found,
    `There are things that aquaseed did not make and that ${names.live} would not have any more: nothing was changed`,
    keep > 0
      ? `With --drop-foreign it is rebuilt all the same: those of ${names.live} stay in ${names.previous[0]} only, those of other databases are dropped.`
      : 'With --drop-foreign it is rebuilt all the same, and they are dropped.',
  );
}

/** Before hours of work: everything that the new database has to be given can be given. */
async function prepareNext({ databases, names, target }: Refresh, hasLive: boolean): Promise<void> {
  const next = await openClient(withDatabase(target, names.next));
  try {
    await install(next, names.next);
    if (!hasLive) return;
    const live = await openClient(target);
    try {
      await applyDefaultRights(live, next);
      const rights = await readRights(live);
      await tried(next, () => applyRights(next, rights));
    } finally {
      await live.end();
    }
  } finally {
    await next.end();
  }
  await databases.tryAttributes(names.live, names.next);
}

/** How often the live database is looked through again because somebody wrote to it meanwhile. */
const LOOKS = 10;

/**
 * Looks through the live database once more, since others worked in it during the build, and swaps if nobody wrote
 * to it between that look and the moment from which nobody can.
 */
async function swapIn(
  job: Refresh,
  swap: Swap,
  before: Inspection | undefined,
  people: readonly string[],
): Promise<void> {
  const { databases, names, target, options } = job;
  const { liveBecomes } = swap;
  for (let attempt = 1; attempt <= LOOKS; attempt++) {
    const writes = liveBecomes === undefined ? '' : await databases.countWrites(names.live);
    if (before !== undefined && !options.dropForeign) {
      const found = await look(job, names.live);
      refuseOthers(
        [{ database: names.live, others: found.others }],
        `While the new database was built, things came that it does not have. ${names.live} is as it was, ${names.next} is kept`,
        `Repeat it with --drop-foreign to give them up.`,
      );
    }
    const logins = before?.installed ? await onClient(target, (client) => readLogins(client, people)) : [];
    const rights = before && (await onClient(target, readRights));
    await finishNext(withDatabase(target, names.next), names.live, { rights, logins });
    const swapped = await databases.rename(swap.steps, {
      carry: before && [names.live, names.next],
      marks: {
        [names.live]: undefined,
        ...(liveBecomes === undefined ? {} : { [liveBecomes]: 'the one before' }),
      },
      stillAs:
        liveBecomes === undefined || options.dropForeign
          ? undefined
          : async () => (await databases.countWrites(liveBecomes)) === writes,
    });
    if (swapped) return;
  }
  throw new UserError(
    `Rows are written to ${names.live} again and again, so it was not swapped. It is as it was, ${names.next} is kept`,
    EXIT.database,
    'Stop the application for a moment, or repeat it with --drop-foreign to give up what it writes.',
  );
}

/** The owner of the live run, if the new database will have this user. */
async function ownerIn(target: ServerTarget, people: readonly string[]): Promise<string | undefined> {
  const owner = await onClient(target, readLiveOwner);
  return owner !== undefined && people.includes(owner) ? owner : undefined;
}

async function onClient<T>(target: ServerTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await openClient(target);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The rights and logins of the live database, and the name that the new one will have. */
async function finishNext(
  next: ServerTarget,
  live: string,
  { rights, logins }: { rights: Rights | undefined; logins: readonly Login[] },
): Promise<void> {
  await onClient(next, (client) =>
    inTransaction(client, async () => {
      await renameMarker(client, live);
      if (rights !== undefined) await applyRights(client, rights);
      for (const login of logins) await setLogin(client, login);
    }),
  );
}

/** Drops a database that the swap left over, unless somebody put something into it until its sessions were ended. */
async function dropUnlessOthers(job: Refresh, name: string): Promise<boolean> {
  const { databases, reporter, options } = job;
  if (!options.dropForeign) {
    const { others } = await look(job, name);
    if (others.length > 0) {
      reporter.line(`warning: ${name} is kept, since others put things into it: ${others.join(', ')}`);
      return false;
    }
  }
  await databases.drop(name);
  return true;
}

/** Exchanges the live database and the previous one; a second time brings the newer one back. */
async function rollBack(job: Refresh): Promise<ExitCode> {
  const { databases, names, reporter, options } = job;
  const [previous] = names.previous;
  if (previous === undefined || (await databases.find(previous)) === undefined) {
    throw new UserError(`There is no database "${previous}" to go back to`, EXIT.database);
  }
  await requireUsable(job, [names.live, previous, names.next, names.parked]);
  await requireOurs(databases, [previous, names.next, names.parked]);
  const hasLive = (await databases.find(names.live)) !== undefined;
  // Somebody may have put a database of their own under the live name.
  if (hasLive) await inspectLive(job);
  const leftovers = await existing(databases, [names.next, names.parked]);
  await judgeOthers(job, undefined, leftovers, 1);
  for (const name of leftovers) await databases.drop(name);
  const steps: [string, string][] = hasLive
    ? [
        [names.live, names.parked],
        [previous, names.live],
        [names.parked, previous],
      ]
    : [[previous, names.live]];
  await databases.rename(steps, {
    marks: { [names.live]: undefined, ...(hasLive ? { [previous]: 'rolled back' } : {}) },
  });
  reporter.line(`${names.live} is the previous database again; ${previous} is the one that was live`);
  if (options.json) printData(`${JSON.stringify({ live: names.live, previous })}\n`);
  return EXIT.done;
}
