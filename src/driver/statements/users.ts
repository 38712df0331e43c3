import type pg from 'pg';
import { sql } from 'slonik';
import { z } from 'zod';
import { EXIT, UserError } from '../../errors.ts';
import type { Connection } from './connection.ts';

/** AquaMind's users: who they are, and how they log in. */

/** How many names a message has. */
const SHOWN = 10;

/** Names of the users in the order in which they came; undefined in a database without AquaMind's tables. */
export async function readUsernames(client: pg.Client): Promise<string[] | undefined> {
  const { rows: found } = await client.query<{ there: boolean }>(
    `select to_regclass('public.auth_user') is not null as there`,
  );
  if (found[0]?.there !== true) return undefined;
  const { rows } = await client.query<{ username: string }>(
    'select username from public.auth_user order by id',
  );
  return rows.map((it) => it.username);
}

/** The error for a name that no user has. */
export function unknownUser(name: string, users: readonly string[]): UserError {
  const more = users.length > SHOWN ? ` and ${users.length - SHOWN} more` : '';
  const known = users.length === 0 ? 'none' : users.slice(0, SHOWN).join(', ');
  return new UserError(
    `there is no user "${name}": nothing was changed`,
    EXIT.usage,
    `Users: ${known}${more}`,
  );
}

/** The owner of the run, and whether AquaMind shows this user any batch. */
export async function readOwner(
  connection: Connection,
): Promise<{ username: string; sees_batches: boolean } | null> {
  return await connection.maybeOne(sql.type(
    z.object({ username: z.string(), sees_batches: z.boolean() }).strict(),
  )`
    select u.username,
           u.is_superuser or exists (
             select from public.users_userprofile p
             where p.user_id = u.id and (
               exists (select from public.users_userprofile_allowed_areas a where a.userprofile_id = p.id)
               or exists (select from public.users_userprofile_allowed_stations s where s.userprofile_id = p.id)
               or exists (select from public.users_userprofile_allowed_containers c where c.userprofile_id = p.id)
             )) as sees_batches
    from aquaseed.run r
    join public.auth_user u on u.username = r.owner`);
}

/** What lets a user log in. */
export interface Login {
  username: string;
  /** Django's hash of the password. */
  password: string;
  is_superuser: boolean;
}

/** Stores the hash of a password. The values are bound, so that no text of a statement has them. */
export async function setLogin(
  client: pg.Client,
  { username, password, is_superuser }: Login,
): Promise<void> {
  await client.query('select aquaseed.set_login(p_username => $1, p_hash => $2, p_superuser => $3)', [
    username,
    password,
    is_superuser,
  ]);
}

/** Those of the users named who can log in. */
export async function readLogins(client: pg.Client, usernames: readonly string[]): Promise<Login[]> {
  const { rows } = await client.query<Login>(
    `select username, password, is_superuser from public.auth_user
     where username = any ($1) and password <> '' and not starts_with(password, '!')
     order by id`,
    [usernames],
  );
  return rows;
}

/** The owner of the run of a database that an earlier version may have made. */
export async function readLiveOwner(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ owner: string | null }>(
    `select to_jsonb(r) ->> 'owner' as owner from aquaseed.run r`,
  );
  return rows[0]?.owner ?? undefined;
}
