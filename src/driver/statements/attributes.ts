import pg from 'pg';
import type { Client } from './connection.ts';
import { type Right, rightsOf } from './rights.ts';

/** What a database has besides its contents, and the commands that give it to one. */

/** Ends the comment of a database that a refresh may drop; the user's own comment stands before it. */
const MARK = 'aquaseed refresh: ';

/** A comment without the mark, null where nothing is left. As an expression of SQL, for a comment. */
const unmarked = (comment: string): string =>
  `nullif(pg_catalog.regexp_replace(${comment}, '(^|\\n)${MARK}[^\\n]*$', ''), '')`;

/** Whether a comment ends with the mark. */
export const isMarked = (comment: string): string => `coalesce(${comment} ~ '(^|\\n)${MARK}[^\\n]*$', false)`;

export interface Attributes {
  name: string;
  owner: string;
  /** Null for that of template0, which needs no right. */
  tablespace: string | null;
  /** The row of pg_database. */
  row: Record<string, unknown>;
  rights: Right[] | null;
  comment: string | null;
  /** Role (null: everybody) and its settings, in order. */
  settings: { role: string | null; items: string[] }[];
  labels: { provider: string; label: string }[];
}

/** Undefined where there is no such database. */
export async function readAttributes(client: Client, name: string): Promise<Attributes | undefined> {
  const { rows } = await client.query<Attributes>(
    `select d.datname::text as name, pg_catalog.pg_get_userbyid(d.datdba)::text as owner, 
            case when d.dattablespace <> (select x.dattablespace from pg_catalog.pg_database x where x.datname = 'template0')
                 then t.spcname::text end as tablespace,
            to_jsonb(d) as row, ${rightsOf('d.datacl', 'd.datdba')} as rights,
            ${unmarked("pg_catalog.shobj_description(d.oid, 'pg_database')")} as comment,
            (select coalesce(jsonb_agg(jsonb_build_object('role', r.rolname, 'items', s.setconfig)
                                       order by r.rolname nulls first), '[]')
             from pg_catalog.pg_db_role_setting s
             left join pg_catalog.pg_roles r on r.oid = s.setrole
             where s.setdatabase = d.oid) as settings,
            (select coalesce(jsonb_agg(jsonb_build_object('provider', l.provider, 'label', l.label)
                                       order by l.provider), '[]')
             from pg_catalog.pg_shseclabel l
             where l.objoid = d.oid and l.classoid = 'pg_catalog.pg_database'::regclass) as labels
     from pg_catalog.pg_database d
     join pg_catalog.pg_tablespace t on t.oid = d.dattablespace
     where d.datname = $1`,
    [name],
  );
  return rows[0];
}

/** Options of the command that creates a database: those without a value are left out. */
export interface CreateOptions {
  owner: string;
  provider: string;
  tablespace: string | null;
  /** Names and values, as `lc_collate` and `C`. */
  locale: readonly [option: string, value: unknown][];
}

/** Creates an empty database with encoding UTF-8. */
export async function createDatabase(
  client: Client,
  name: string,
  options: CreateOptions | undefined,
): Promise<void> {
  const words = [`create database ${pg.escapeIdentifier(name)} template template0 encoding 'UTF8'`];
  if (options !== undefined) {
    const { owner, provider, tablespace, locale } = options;
    words.push(`owner ${pg.escapeIdentifier(owner)} locale_provider ${provider}`);
    if (tablespace !== null) words.push(`tablespace ${pg.escapeIdentifier(tablespace)}`);
    for (const [option, value] of locale) {
      if (typeof value === 'string') words.push(`${option} ${pg.escapeLiteral(value)}`);
    }
  }
  await client.query(words.join(' '));
}

/** Settings whose values are lists of names: written as one literal they would be one name. */
const NAME_LISTS = [
  'search_path',
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
];

/** Commands that give a database, or a role in it, a setting such as `work_mem=64MB`. */
export function settingCommands(database: string, role: string | null, item: string): string[] {
  const [name = ''] = item.split('=', 1);
  const value = item.slice(name.length + 1);
  const on =
    role === null
      ? `alter database ${pg.escapeIdentifier(database)}`
      : `alter role ${pg.escapeIdentifier(role)} in database ${pg.escapeIdentifier(database)}`;
  const set = `${on} set ${pg.escapeIdentifier(name)}`;
  return NAME_LISTS.includes(name)
    ? [
        `select pg_catalog.set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
        `${set} from current`,
      ]
    : [`${set} to ${pg.escapeLiteral(value)}`];
}

/** Commands for the other attributes, whose names are quoted already. */
export const attributeCommands = {
  limit: (database: string, connections: number) => `alter ${database} connection limit ${connections}`,
  template: (database: string, isTemplate: boolean) => `alter ${database} is_template ${isTemplate}`,
  comment: (database: string, comment: string) => `comment on ${database} is ${pg.escapeLiteral(comment)}`,
  label: (database: string, provider: string, label: string) =>
    `security label for ${pg.escapeIdentifier(provider)} on ${database} is ${pg.escapeLiteral(label)}`,
};

/** Sets the user's own comment on a database with the mark behind it, or without a mark. */
export async function commentOnDatabase(
  client: Client,
  name: string,
  comment: string | null,
  mark: string | undefined,
): Promise<void> {
  const whole = [...(comment === null ? [] : [comment]), ...(mark === undefined ? [] : [MARK + mark])].join(
    '\n',
  );
  await client.query(
    `comment on database ${pg.escapeIdentifier(name)} is ${whole === '' ? 'null' : pg.escapeLiteral(whole)}`,
  );
}
