import { createHash } from 'node:crypto';
import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { errorCode, isConnectionLost } from '../database/explain.ts';
import { install, listObjects } from '../database/install.ts';
import { openClient } from '../database/pool.ts';
import { type ServerTarget, withDatabase } from '../database/target.ts';
import { RUN_LOCK } from '../statements.ts';
import { carryAttributes, createCommand, isMarked, markDatabase } from './attributes.ts';
import type { Reference } from './others.ts';
import { applyDefaultRights } from './rights.ts';

interface Found {
  name: string;
  /** Made by a refresh to be dropped later, by its comment. */
  marked: boolean;
  owned: boolean;
  open: boolean;
}

/** The connection from which databases are created, renamed and dropped, and which holds the refresh lock. */
export class Databases {
  readonly #client: pg.Client;
  readonly #target: ServerTarget;
  #reference: Promise<Reference> | undefined;

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
      `select d.datname::text as name, ${isMarked("pg_catalog.shobj_description(d.oid, 'pg_database')")} as marked,
              pg_catalog.pg_has_role(d.datdba, 'USAGE') as owned, d.datallowconn as open
       from pg_catalog.pg_database d where d.datname = $1`,
      [name],
    );
    return rows[0];
  }

  /** Creates an empty database with encoding UTF-8 and the owner, locale and tablespace of another, if there is one. */
  async create(name: string, like: string | undefined): Promise<void> {
    const command = await createCommand(this.#client, name, like);
    await this.#client.query(command).catch((error: unknown) => {
      if (isConnectionLost(error)) throw error;
      throw new UserError(
        `The database "${name}" could not be created${like === undefined ? '' : ` as "${like}" is`}: ${(error as Error).message}`,
        EXIT.database,
        'Nothing was changed.',
      );
    });
    await markDatabase(this.#client, name, 'being built, safe to drop');
  }

  /** Tries to give a database the attributes of another one, and takes it back: what is lacking is told early. */
  async tryAttributes(from: string, to: string): Promise<void> {
    await this.#client.query('begin');
    try {
      await carryAttributes(this.#client, from, to);
    } finally {
      await this.#client.query('rollback');
    }
  }

  async drop(name: string): Promise<void> {
    if ((await this.find(name)) === undefined) return;
    // A template cannot be dropped.
    await this.#client.query(`alter database ${pg.escapeIdentifier(name)} is_template false`);
    await this.#client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  }

  /**
   * What an installation makes here, by way of one in a database that is dropped again. Made once, and only where
   * there is something to compare.
   * @param like the database whose locale and default rights it takes
   */
  reference = (like: string): Promise<Reference> => {
    this.#reference ??= this.#makeReference(like);
    return this.#reference;
  };

  async #makeReference(like: string): Promise<Reference> {
    const name = spareName(like);
    const left = await this.find(name);
    if (left !== undefined && !left.marked) {
      throw new UserError(`There is a database "${name}" that aquaseed did not make`, EXIT.database);
    }
    await this.drop(name);
    const isThere = (await this.find(like)) !== undefined;
    await this.create(name, isThere ? like : undefined);
    try {
      const client = await openClient(withDatabase(this.#target, name));
      try {
        await install(client);
        if (isThere) {
          const live = await openClient(withDatabase(this.#target, like));
          await applyDefaultRights(live, client).finally(() => live.end());
        }
        return await listObjects(client);
      } finally {
        await client.end();
      }
    } finally {
      await this.drop(name);
    }
  }

  /** Whether somebody generates into a database. */
  async isWorkedOn(name: string): Promise<boolean> {
    const { rows } = await this.#client.query<{ working: boolean }>(
      `select exists (
         select from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.database
         where d.datname = $1 and l.locktype = 'advisory' and l.granted
           and (l.classid::bigint << 32 | l.objid::bigint) = $2
       ) as working`,
      [name, RUN_LOCK],
    );
    return rows[0]?.working === true;
  }

  /**
   * Refuses while something is there that would keep databases from being renamed or dropped, and that does not go
   * when their sessions are ended. Autovacuum does.
   * @throws UserError (exit 3)
   */
  async requireNoObstacles(names: readonly string[]): Promise<void> {
    const { rows } = await this.#client.query<{ obstacle: string; hint: string }>(
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
    if (rows.length === 0) return;
    throw new UserError(
      `The databases could not be swapped: there is ${rows.map((it) => it.obstacle).join('; ')}`,
      EXIT.database,
      [...new Set(rows.map((it) => it.hint))].join(' '),
    );
  }

  /** How many rows were ever written in a database: equal twice means that nobody wrote in between. */
  async countWrites(name: string): Promise<string> {
    const { rows } = await this.#client.query<{ writes: string }>(
      `select (s.tup_inserted + s.tup_updated + s.tup_deleted)::text as writes
       from pg_catalog.pg_stat_database s where s.datname = $1`,
      [name],
    );
    return rows[0]?.writes ?? '';
  }

  /**
   * Renames databases in one transaction: people see all of it or nothing. Ends the sessions on them; from the first
   * renaming on nobody can connect to them.
   * @param options.carry gives one database the attributes of another before they are renamed
   * @param options.marks marks of databases under their new names; undefined takes the mark away
   * @param options.stillAs looks at the live database once nobody can write there any more: false stops it all
   * @returns whether they were renamed
   * @throws UserError (exit 3) when sessions cannot be ended
   */
  async rename(
    steps: readonly (readonly [from: string, to: string])[],
    options: {
      carry?: readonly [from: string, to: string] | undefined;
      marks: Record<string, string | undefined>;
      stillAs?: (() => Promise<boolean>) | undefined;
    },
  ): Promise<boolean> {
    const names = steps.map(([from]) => from);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#endSessions(names);
        await this.#client.query('begin');
        if (options.carry !== undefined) await carryAttributes(this.#client, ...options.carry);
        for (const [from, to] of steps) {
          await this.#client.query(
            `alter database ${pg.escapeIdentifier(from)} rename to ${pg.escapeIdentifier(to)}`,
          );
        }
        if (options.stillAs !== undefined && !(await options.stillAs())) {
          await this.#client.query('rollback');
          return false;
        }
        for (const [name, text] of Object.entries(options.marks))
          await markDatabase(this.#client, name, text);
        await this.#client.query('commit');
        return true;
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
       where a.datname = any ($1) and a.pid <> pg_catalog.pg_backend_pid() and ${MAY_END}`,
      [names],
    );
  }

  async #explain(error: unknown, names: readonly string[]): Promise<unknown> {
    if (errorCode(error) !== OBJECT_IN_USE) return error;
    await this.requireNoObstacles(names);
    return new UserError(
      'The databases could not be swapped: new sessions came again and again',
      EXIT.database,
      'The live database is as it was. Keep others from connecting for a moment, and repeat it.',
    );
  }
}

/** A name for a database that lives for seconds. */
function spareName(live: string): string {
  return `aquaseed_spare_${createHash('sha256').update(live).digest('hex').slice(0, 16)}`;
}

/** Whether the session a of role r may be ended by the present one. */
const MAY_END = `(
  (pg_catalog.pg_has_role(a.usesysid, 'USAGE') or pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))
  and (not r.rolsuper or (select x.rolsuper from pg_catalog.pg_roles x where x.rolname = current_user)))`;

const OBJECT_IN_USE = '55006';
const SWAP_ATTEMPTS = 5;
