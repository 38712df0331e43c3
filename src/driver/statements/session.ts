import { readFileSync } from 'node:fs';
import type { Client } from './connection.ts';

/** A session by itself: its settings, its server, and whether it is alive. */

/** The state that every session begins with, here as in the scripts for psql. */
const SESSION = readFileSync(new URL('../../../sql/install/session.sql', import.meta.url), 'utf8');

/** Gives a session the state that ours begin with, and these settings. */
export async function prepareSession(
  client: Client,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  await client.query(SESSION);
  await client.query(
    `select pg_catalog.set_config(s.name, s.value, false)
     from unnest($1::text[], $2::text[]) as s (name, value)`,
    [Object.keys(settings), Object.values(settings)],
  );
}

/** Whether a session answers. */
export async function isAlive(client: Client): Promise<boolean> {
  return await client.query(`select`).then(
    () => true,
    () => false,
  );
}

/** Whether the server is a standby, and whether sessions may write. */
export async function readServerMode(client: Client): Promise<{ standby: boolean; readOnly: boolean }> {
  const { rows } = await client.query<{ standby: boolean; read_only: boolean }>(
    `select pg_catalog.pg_is_in_recovery() as standby,
            pg_catalog.current_setting('transaction_read_only') = 'on' as read_only`,
  );
  const { standby = false, read_only: readOnly = false } = rows[0] ?? {};
  return { standby, readOnly };
}

/** The server process of a session; with the start of its server, since process ids of two servers may be equal. */
export async function backendOf(client: Client): Promise<{ backend: string; pid: number }> {
  const { rows } = await client.query<{ pid: number; started: string }>(
    `select pg_catalog.pg_backend_pid() as pid,
            extract(epoch from pg_catalog.pg_postmaster_start_time())::text as started`,
  );
  const { pid = 0, started = '' } = rows[0] ?? {};
  return { backend: `${pid} ${started}`, pid };
}
