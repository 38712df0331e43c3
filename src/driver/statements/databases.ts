import pg from 'pg';
import { isMarked } from './attributes.ts';
import type { Client } from './connection.ts';

/** Databases as a whole, from a connection to another one. */

export interface Found {
  name: string;
  /** Made by a refresh to be dropped later, by its comment. */
  marked: boolean;
  owned: boolean;
  open: boolean;
}

/** The database of this name, or undefined. */
export async function findDatabase(client: Client, name: string): Promise<Found | undefined> {
  const { rows } = await client.query<Found>(
    `select d.datname::text as name, ${isMarked("pg_catalog.shobj_description(d.oid, 'pg_database')")} as marked,
            pg_catalog.pg_has_role(d.datdba, 'USAGE') as owned, d.datallowconn as open
     from pg_catalog.pg_database d where d.datname = $1`,
    [name],
  );
  return rows[0];
}

/** Whether the role may create databases, and its name. */
export async function mayCreateDatabases(client: Client): Promise<{ able: boolean; role: string }> {
  const { rows } = await client.query<{ able: boolean; role: string }>(
    `select rolcreatedb or rolsuper as able, rolname::text as role from pg_catalog.pg_roles
     where rolname = current_user`,
  );
  return rows[0] ?? { able: false, role: '' };
}

export async function dropDatabase(client: Client, name: string): Promise<void> {
  // A template cannot be dropped.
  await client.query(`alter database ${pg.escapeIdentifier(name)} is_template false`);
  await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
}

export async function renameDatabase(client: Client, from: string, to: string): Promise<void> {
  await client.query(`alter database ${pg.escapeIdentifier(from)} rename to ${pg.escapeIdentifier(to)}`);
}

/** How many rows were ever written in a database: equal twice means that nobody wrote in between. */
export async function countWrites(client: Client, name: string): Promise<string> {
  const { rows } = await client.query<{ writes: string }>(
    `select (s.tup_inserted + s.tup_updated + s.tup_deleted)::text as writes
     from pg_catalog.pg_stat_database s where s.datname = $1`,
    [name],
  );
  return rows[0]?.writes ?? '';
}

/** Whether the session a of role r may be ended by the present one. */
const MAY_END = `(
  (pg_catalog.pg_has_role(a.usesysid, 'USAGE') or pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))
  and (not r.rolsuper or (select x.rolsuper from pg_catalog.pg_roles x where x.rolname = current_user)))`;

/** What keeps databases from being renamed or dropped and does not go when their sessions are ended. */
export async function listObstacles(
  client: Client,
  names: readonly string[],
): Promise<{ obstacle: string; hint: string }[]> {
  const { rows } = await client.query<{ obstacle: string; hint: string }>(
    `select format('prepared transaction %L of role "%s" in %s', p.gid, p.owner, p.database) as obstacle,
            format('End it in that database: commit prepared %1$L; or rollback prepared %1$L;', p.gid) as hint
     from pg_catalog.pg_prepared_xacts p
     where p.database = any ($1)
     union all
     select format('replication slot %s of %s', s.slot_name, s.database),
            format('Drop it when nobody needs it: select pg_drop_replication_slot(%L);', s.slot_name)
     from pg_catalog.pg_replication_slots s
     where s.database = any ($1)
     union all
     select format('subscription %I in %s', s.subname, d.datname),
            format('Drop it in that database when nobody needs it: drop subscription %I;', s.subname)
     from pg_catalog.pg_subscription s
     join pg_catalog.pg_database d on d.oid = s.subdbid
     where d.datname = any ($1)
     union all
     select format('%s of role "%s" on %s, which role "%s" may not end',
                   case when count(*) = 1 then 'a session' else count(*) || ' sessions' end, a.usename, a.datname, current_user),
            case when bool_or(r.rolsuper) then 'Let its owner end it, or refresh as a superuser.'
                 else format('A superuser can allow it: grant pg_signal_backend to %I;', current_user) end
     from pg_catalog.pg_stat_activity a
     join pg_catalog.pg_roles r on r.oid = a.usesysid
     where a.datname = any ($1) and a.pid <> pg_catalog.pg_backend_pid() and not ${MAY_END}
     group by a.usename, a.datname
     order by 1`,
    [names],
  );
  return rows;
}

/** Ends the sessions on databases that the present one may end. */
export async function endSessions(client: Client, names: readonly string[]): Promise<void> {
  await client.query(
    `select pg_catalog.pg_terminate_backend(a.pid) from pg_catalog.pg_stat_activity a
     join pg_catalog.pg_roles r on r.oid = a.usesysid
     where a.datname = any ($1) and a.pid <> pg_catalog.pg_backend_pid() and ${MAY_END}`,
    [names],
  );
}
