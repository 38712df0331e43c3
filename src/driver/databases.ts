import pg from 'pg';
import { EXIT, UserError } from '../errors.ts';
import { errorCode, openClient } from './database/connect.ts';
import type { ServerTarget } from './database/target.ts';

/** Names of the databases that a refresh works with. */
export interface Names {
  live: string;
  next: string;
  /** Earlier ones, the latest first. */
  previous: readonly string[];
}

/** Longest name of a database, in bytes. */
const MAX_NAME = 63;
/** Most earlier databases that are kept. */
const MAX_PREVIOUS = 9;

/** @throws UserError (exit 2) when the longer names do not fit */
export function namesFor(live: string): Names {
  const names = {
    live,
    next: `${live}_next`,
    previous: Array.from({ length: MAX_PREVIOUS }, (_, n) => `${live}_previous${n === 0 ? '' : `_${n + 1}`}`),
  };
  if (Buffer.byteLength(names.previous.at(-1) ?? '') > MAX_NAME) {
    throw new UserError(
      `The name "${live}" is too long to put _previous_${MAX_PREVIOUS} behind it`,
      EXIT.usage,
    );
  }
  return names;
}

/** Begins the comment of every database that a refresh made: only these does it rename or drop. */
const MARK = 'aquaseed refresh: ';

interface Found {
  name: string;
  /** Made by a refresh, by its comment. */
  marked: boolean;
  owned: boolean;
}

/** The connection from which databases are created, renamed and dropped, and which holds the refresh lock. */
export class Databases {
  readonly #client: pg.Client;
  readonly #target: ServerTarget;

  private constructor(client: pg.Client, target: ServerTarget) {
    this.#client = client;
    this.#target = target;
  }

  /** @param target the maintenance database, which is none of those that are renamed */
  static async open(target: ServerTarget): Promise<Databases> {
    return new Databases(await openClient(target), target);
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  /** Holds the lock of the live database's name while this connection lives. @throws UserError (exit 4) */
  async lock(live: string): Promise<void> {
    const { rows } = await this.#client.query<{ locked: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('aquaseed refresh ' || $1, 0)) as locked`,
      [live],
    );
    if (rows[0]?.locked !== true) {
      throw new UserError(`Another refresh of "${live}" is running`, EXIT.locked, 'Wait until it has ended.');
    }
  }

  /** @throws UserError (exit 3) unless the role may create databases */
  async requireRights(): Promise<void> {
    const { rows } = await this.#client.query<{ able: boolean; role: string }>(
      'select rolcreatedb or rolsuper as able, rolname::text as role from pg_catalog.pg_roles where rolname = current_user',
    );
    if (rows[0]?.able === true) return;
    throw new UserError(
      `Role "${rows[0]?.role ?? ''}" may not create databases, which refresh needs: nothing was changed`,
      EXIT.database,
      `A superuser can allow it: alter role ${pg.escapeIdentifier(rows[0]?.role ?? '')} createdb;`,
    );
  }

  /** The database of this name, or undefined. */
  async find(name: string): Promise<Found | undefined> {
    const { rows } = await this.#client.query<Found>(
      `select d.datname::text as name,
              starts_with(coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), ''), $2) as marked,
              pg_catalog.pg_has_role(d.datdba, 'USAGE') as owned
       from pg_catalog.pg_database d where d.datname = $1`,
      [name, MARK],
    );
    return rows[0];
  }

  /** Creates an empty database with encoding UTF-8 and the locale, settings and grants of another, if there is one. */
  async create(name: string, like: string): Promise<void> {
    const { rows } = await this.#client.query<{ collate: string; ctype: string }>(
      `select datcollate as collate, datctype as ctype from pg_catalog.pg_database
       where datname = $1 and datlocprovider = 'c'`,
      [like],
    );
    const locale =
      rows[0] === undefined
        ? ''
        : ` lc_collate ${pg.escapeLiteral(rows[0].collate)} lc_ctype ${pg.escapeLiteral(rows[0].ctype)}`;
    await this.#client.query(
      `create database ${pg.escapeIdentifier(name)} template template0 encoding 'UTF8'${locale}`,
    );
    await this.#mark(name, 'being built, safe to drop');
    const { rows: commands } = await this.#client.query<{ command: string }>(
      `select format('alter database %I set %s = %L', $2::text, split_part(c.item, '=', 1),
                     substr(c.item, strpos(c.item, '=') + 1)) as command
       from pg_catalog.pg_db_role_setting s
       join pg_catalog.pg_database d on d.oid = s.setdatabase
       cross join lateral unnest(s.setconfig) c(item)
       where d.datname = $1 and s.setrole = 0
       union all
       select format('grant %s on database %I to %s%s', a.privilege_type, $2::text,
                     case a.grantee when 0 then 'public' else quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end,
                     case when a.is_grantable then ' with grant option' else '' end)
       from pg_catalog.pg_database d cross join lateral aclexplode(d.datacl) a
       where d.datname = $1 and a.grantee <> d.datdba`,
      [like, name],
    );
    for (const { command } of commands) await this.#client.query(command);
  }

  async drop(name: string): Promise<void> {
    await this.#client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  }

  async #mark(name: string, text: string): Promise<void> {
    await this.#client.query(
      `comment on database ${pg.escapeIdentifier(name)} is ${pg.escapeLiteral(MARK + text)}`,
    );
  }

  /**
   * Renames databases in one transaction: people see all of it or nothing. Ends the sessions on them; while the
   * first name is being taken nobody can connect.
   * @param marks comments of databases under their new names
   * @throws UserError (exit 3) when sessions cannot be ended
   */
  async rename(
    steps: readonly (readonly [from: string, to: string])[],
    marks: Record<string, string>,
  ): Promise<void> {
    const names = steps.map(([from]) => from);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#endSessions(names);
        await this.#client.query('begin');
        for (const [from, to] of steps) {
          await this.#client.query(
            `alter database ${pg.escapeIdentifier(from)} rename to ${pg.escapeIdentifier(to)}`,
          );
        }
        for (const [name, text] of Object.entries(marks)) await this.#mark(name, text);
        await this.#client.query('commit');
        return;
      } catch (error) {
        await this.#client.query('rollback');
        // Somebody connected between the ending of sessions and the renaming.
        if (errorCode(error) !== OBJECT_IN_USE || attempt === SWAP_ATTEMPTS)
          throw await this.#explain(error, names);
      }
    }
  }

  async #endSessions(names: readonly string[]): Promise<void> {
    await this.#client.query(
      `select pg_catalog.pg_terminate_backend(a.pid) from pg_catalog.pg_stat_activity a
       join pg_catalog.pg_roles r on r.oid = a.usesysid
       where a.datname = any ($1) and a.pid <> pg_catalog.pg_backend_pid()
         and (pg_catalog.pg_has_role(a.usesysid, 'USAGE') or pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))
         and (not r.rolsuper or (select x.rolsuper from pg_catalog.pg_roles x where x.rolname = current_user))`,
      [names],
    );
  }

  async #explain(error: unknown, names: readonly string[]): Promise<unknown> {
    if (errorCode(error) !== OBJECT_IN_USE) return error;
    const { rows } = await this.#client.query<{ role: string; sessions: number }>(
      `select a.usename::text as role, count(*)::int as sessions from pg_catalog.pg_stat_activity a
       where a.datname = any ($1) and a.pid <> pg_catalog.pg_backend_pid() group by 1 order by 1`,
      [names],
    );
    const who = rows.map((it) => `${it.role} (${it.sessions})`).join(', ');
    return new UserError(
      `The databases could not be swapped, since sessions on them do not end: ${who === '' ? 'new ones came again and again' : who}`,
      EXIT.database,
      `The live database is as it was. To end sessions of others: grant pg_signal_backend to ${pg.escapeIdentifier(this.#target.user)};`,
    );
  }
}

const OBJECT_IN_USE = '55006';
const SWAP_ATTEMPTS = 5;

/** Commands that give the objects of a new database the grants that those of the live one have in schema public. */
export async function readGrants(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ command: string }>(`
    with grants as (
      select format('schema %I', n.nspname) as object, a.*, n.nspowner as owner
      from pg_catalog.pg_namespace n cross join lateral aclexplode(n.nspacl) a
      where n.nspname in ('public', 'aquaseed')
      union all
      select format('%s %I.%I', case c.relkind when 'S' then 'sequence' else 'table' end, n.nspname, c.relname),
             a.*, c.relowner
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      cross join lateral aclexplode(c.relacl) a
      where n.nspname in ('public', 'aquaseed') and c.relkind in ('r', 'p', 'v', 'S') and not c.relispartition
      union all
      select format('%s %s', case p.prokind when 'p' then 'procedure' else 'function' end, p.oid::regprocedure),
             a.*, p.proowner
      from pg_catalog.pg_proc p cross join lateral aclexplode(p.proacl) a
      where p.pronamespace = 'aquaseed'::regnamespace
        and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
    )
    select format('grant %s on %s to %s%s', privilege_type, object,
                  case grantee when 0 then 'public' else quote_ident(pg_catalog.pg_get_userbyid(grantee)) end,
                  case when is_grantable then ' with grant option' else '' end) as command
    from grants where grantee <> owner`);
  return rows.map((it) => it.command);
}
