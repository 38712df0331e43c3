import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { backendOf } from '../statements/session.ts';
import { tried } from '../statements/transaction.ts';
import { connectionError, errorCode } from './explain.ts';
import { login } from './login.ts';
import type { Host, ServerTarget } from './target.ts';

/** Databases that were looked at, by the hosts of their targets. */
const probed = new WeakMap<readonly Host[], Map<string, Promise<void>>>();

/** How long a second session may take before its statement counts as waiting. */
const PATIENCE_SECONDS = 30;
/** Rounds behind a pooler that has shown nothing yet: it may choose among its server connections at random. */
const ROUNDS = 20;

/**
 * Makes sure that a session stays on one server connection, since locks, settings and temporary tables of ours
 * live there. Looks once for each database of a target, with transactions that are rolled back: on the
 * connections of a pooler nothing stays behind.
 * @param first a session of the target in which nothing was set yet
 * @throws UserError (exit 3) where a pooler gives each transaction or statement another server connection
 */
export function requireSessions(first: pg.Client, target: ServerTarget): Promise<void> {
  if (target.source === 'embedded') return Promise.resolve();
  const databases = probed.get(target.hosts) ?? new Map<string, Promise<void>>();
  probed.set(target.hosts, databases);
  const known = databases.get(target.database);
  if (known !== undefined) return known;
  const probe = probeSessions(first, target);
  databases.set(target.database, probe);
  // What failed is tried again by the next session.
  probe.catch(() => databases.delete(target.database));
  return probe;
}

async function probeSessions(first: pg.Client, target: ServerTarget): Promise<void> {
  const { backend, pid } = await backendOf(first);
  // A pooler makes up the key that cancels a statement, which is a server's process id else.
  const isBehindPooler = (first as unknown as { processID: number | null }).processID !== pid;
  let second: pg.Client;
  try {
    second = await login(target);
  } catch (error) {
    // No connection is left for a second look; a server itself answers as it does here.
    if (errorCode(error) === '53300' && !isBehindPooler) return;
    throw error;
  }
  // Only a pooler can let a second session wait for the first: a server itself may be slow.
  const patient = <T>(work: Promise<T>): Promise<T> => (isBehindPooler ? withPatience(work, target) : work);
  try {
    for (let round = 0; round < (isBehindPooler ? ROUNDS : 1); round++) {
      const isApart = await patient(
        tried(second, async () => {
          if ((await backendOf(second)).backend === backend) return false;
          return (await backendOf(first)).backend === backend;
        }),
      );
      if (!isApart) throw pooled(target);
    }
  } catch (error) {
    // PgBouncer in statement mode lets nobody begin a transaction, and ends the connection.
    if (isBehindPooler && /statement pooling/i.test(String(error))) throw pooled(target);
    throw error instanceof UserError ? error : connectionError(error, target);
  } finally {
    await second.end().catch(() => undefined);
  }
}

async function withPatience<T>(work: Promise<T>, target: ServerTarget): Promise<T> {
  const waiting = new AbortController();
  try {
    return await Promise.race([
      work,
      sleep(PATIENCE_SECONDS * 1000, undefined, { signal: waiting.signal }).then(() => {
        throw new UserError(
          `${target.display} is behind a pooler that has no second connection free after ${PATIENCE_SECONDS} s`,
          EXIT.database,
          `A run needs several at the same time. ${DIRECT}`,
        );
      }),
    ]);
  } finally {
    waiting.abort();
  }
}

const DIRECT =
  'Give the direct address of the server, whose port is usually 5432: as --database-url, or in AQUASEED_DIRECT_URL or DIRECT_URL beside DATABASE_URL.';

function pooled({ display, source }: ServerTarget): UserError {
  return new UserError(
    `${display} (from ${source}) is a pooler in transaction or statement mode; a direct connection to the server is needed`,
    EXIT.database,
    `Locks and settings of a run need sessions that stay on one server connection. ${DIRECT}`,
  );
}
