import { createHash } from 'node:crypto';
import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { errorCode, isConnectionLost } from '../database/explain.ts';
import { install, listObjects } from '../database/install.ts';
import { openClient } from '../database/pool.ts';
import { type ServerTarget, withDatabase } from '../database/target.ts';
import {
  countWrites,
  dropDatabase,
  endSessions,
  type Found,
  findDatabase,
  listObstacles,
  mayCreateDatabases,
  renameDatabase,
} from '../statements/databases.ts';
import { isWorkedOn, tryRefreshLock } from '../statements/locks.ts';
import { inTransaction, tried } from '../statements/transaction.ts';
import { carryAttributes, createLike, markDatabase } from './attributes.ts';
import type { Reference } from './others.ts';
import { applyDefaultRights } from './rights.ts';

/** Present name and new name. */
type Step = readonly [from: string, to: string];

interface RenameOptions {
  /** Gives one database the attributes of another before they are renamed. */
  carry?: Step | undefined;
  /** Marks of databases under their new names; undefined takes the mark away. */
  marks: Record<string, string | undefined>;
  /** Looks at the live database once nobody can write there any more: false stops it all. */
  stillAs?: (() => Promise<boolean>) | undefined;
}

/** The live database is not as it was looked at. */
class Changed extends Error {}

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
    if (!(await tryRefreshLock(this.#client, live))) {
      throw new UserError(`Another refresh of "${live}" is running`, EXIT.locked, 'Wait until it has ended.');
    }
  }

  /** @throws UserError (exit 3) unless the role may create databases */
  async requireRights(): Promise<void> {
    const { able, role } = await mayCreateDatabases(this.#client);
    if (able) return;
    throw new UserError(
      `Role "${role}" may not create databases, which refresh needs: nothing was changed`,
      EXIT.database,
      `A superuser can allow it: alter role ${pg.escapeIdentifier(role)} createdb;`,
    );
  }

  /** The database of this name, or undefined. */
  async find(name: string): Promise<Found | undefined> {
    return await findDatabase(this.#client, name);
  }

  /** Creates an empty database with encoding UTF-8 and the owner, locale and tablespace of another, if there is one. */
  async create(name: string, like: string | undefined): Promise<void> {
    await createLike(this.#client, name, like).catch((error: unknown) => {
      if (error instanceof UserError || isConnectionLost(error)) throw error;
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
    await tried(this.#client, () => carryAttributes(this.#client, from, to));
  }

  async drop(name: string): Promise<void> {
    if ((await this.find(name)) === undefined) return;
    await dropDatabase(this.#client, name);
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
    return await isWorkedOn(this.#client, name);
  }

  /**
   * Refuses while something is there that would keep databases from being renamed or dropped, and that does not go
   * when their sessions are ended. Autovacuum does.
   * @throws UserError (exit 3)
   */
  async requireNoObstacles(names: readonly string[]): Promise<void> {
    const found = await listObstacles(this.#client, names);
    if (found.length === 0) return;
    throw new UserError(
      `The databases could not be swapped: there is ${found.map((it) => it.obstacle).join('; ')}`,
      EXIT.database,
      [...new Set(found.map((it) => it.hint))].join(' '),
    );
  }

  /** How many rows were ever written in a database: equal twice means that nobody wrote in between. */
  async countWrites(name: string): Promise<string> {
    return await countWrites(this.#client, name);
  }

  /**
   * Renames databases in one transaction: people see all of it or nothing. Ends the sessions on them; from the first
   * renaming on nobody can connect to them.
   * @returns whether they were renamed
   * @throws UserError (exit 3) when sessions cannot be ended
   */
  async rename(steps: readonly Step[], options: RenameOptions): Promise<boolean> {
    const names = steps.map(([from]) => from);
    for (let attempt = 1; ; attempt++) {
      try {
        await endSessions(this.#client, names);
        return await this.#renameOnce(steps, options);
      } catch (error) {
        // Somebody connected between the ending of sessions and the renaming.
        if (errorCode(error) !== OBJECT_IN_USE || attempt === SWAP_ATTEMPTS) {
          throw await this.#explain(error, names);
        }
      }
    }
  }

  async #renameOnce(steps: readonly Step[], { carry, marks, stillAs }: RenameOptions): Promise<boolean> {
    const client = this.#client;
    return await inTransaction(client, async () => {
      if (carry !== undefined) await carryAttributes(client, ...carry);
      for (const [from, to] of steps) await renameDatabase(client, from, to);
      if (stillAs !== undefined && !(await stillAs())) throw new Changed();
      for (const [name, text] of Object.entries(marks)) await markDatabase(client, name, text);
      return true;
    }).catch((error: unknown) => {
      if (error instanceof Changed) return false;
      throw error;
    });
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

const OBJECT_IN_USE = '55006';
const SWAP_ATTEMPTS = 5;
