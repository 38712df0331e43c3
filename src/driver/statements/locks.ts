import type { Client } from './connection.ts';

/** The advisory locks of sessions. */

/** What a generate holds on its database while it works. */
export const RUN_LOCK = 7_246_113_002;
/** What an installation holds while it loads the functions. */
const INSTALL_LOCK = 7_246_113_001;

/** Takes the run lock for as long as the session lives. Gives false where somebody has it. */
export async function tryRunLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_catalog.pg_try_advisory_lock($1) as locked`,
    [RUN_LOCK],
  );
  return rows[0]?.locked === true;
}

/** Whether somebody generates into a database of this server. */
export async function isWorkedOn(client: Client, database: string): Promise<boolean> {
  const { rows } = await client.query<{ working: boolean }>(
    `select exists (
       select from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.database
       where d.datname = $1 and l.locktype = 'advisory' and l.granted
         and (l.classid::bigint << 32 | l.objid::bigint) = $2
     ) as working`,
    [database, RUN_LOCK],
  );
  return rows[0]?.working === true;
}

/** Takes the lock of refreshes of a name for as long as the session lives. Gives false where somebody has it. */
export async function tryRefreshLock(client: Client, live: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('aquaseed refresh ' || $1, 0)) as locked`,
    [live],
  );
  return rows[0]?.locked === true;
}

/** Waits for the lock of installations, to hold it until the transaction ends. */
export async function lockInstallation(client: Client): Promise<void> {
  await client.query(`select pg_catalog.pg_advisory_xact_lock($1)`, [INSTALL_LOCK]);
}
