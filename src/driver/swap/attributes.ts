import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';

/**
 * What a database has besides its contents: owner, locale, limits, rights, settings, comment. A refresh gives the new
 * one those of the live one, or refuses with the name of what it could not carry over.
 */

/** Ends the comment of a database that a refresh may drop; the user's own comment stands before it. */
const MARK = 'aquaseed refresh: ';

/** A comment without the mark, null where nothing is left. As an expression of SQL, for a comment. */
const unmarked = (comment: string): string =>
  `nullif(pg_catalog.regexp_replace(${comment}, '(^|\\n)${MARK}[^\\n]*$', ''), '')`;

/** Whether a comment ends with the mark. */
export const isMarked = (comment: string): string => `coalesce(${comment} ~ '(^|\\n)${MARK}[^\\n]*$', false)`;

/**
 * Columns of pg_database that a new database does not take from another, and why. A test looks for columns that are
 * neither here nor compared.
 */
export const OWN_COLUMNS: Readonly<Record<string, string>> = {
  oid: 'each database has its own',
  datname: 'is what is swapped',
  datfrozenxid: 'age of its oldest row',
  datminmxid: 'age of its oldest row',
  datcollversion: 'that of the library which sorted its indexes, which is the present one',
  dathasloginevt: 'follows from its event triggers, which are objects',
  datlastsysoid: 'is what initdb gave',
};

/** One right of one role, as aclexplode tells it. The grantee null is everybody. */
export interface Right {
  grantor: string;
  grantee: string | null;
  privilege: string;
  grantable: boolean;
}

/** An expression of SQL for the rights of an ACL: null where it is null, those that the owner gave first. */
export const rightsOf = (acl: string, owner: string): string => `
  case when ${acl} is null then null else coalesce((
    select jsonb_agg(jsonb_build_object(
      'grantor', pg_catalog.pg_get_userbyid(granted.grantor),
      'grantee', case granted.grantee when 0 then null else pg_catalog.pg_get_userbyid(granted.grantee) end,
      'privilege', granted.privilege_type, 'grantable', granted.is_grantable
    ) order by granted.grantor <> ${owner}, granted.n)
    from pg_catalog.aclexplode(${acl}) with ordinality granted(grantor, grantee, privilege_type, is_grantable, n)
  ), '[]') end`;

const quotedRole = (name: string | null): string => (name === null ? 'public' : pg.escapeIdentifier(name));

/** The order of rights does not matter, nor does how they are put into items. */
export function sameRights(one: readonly Right[] | null, other: readonly Right[] | null): boolean {
  const plain = (rights: readonly Right[] | null): string =>
    rights === null
      ? ''
      : `:${rights
          .map((it) => JSON.stringify([it.grantor, it.grantee, it.privilege, it.grantable]))
          .sort()
          .join()}`;
  return plain(one) === plain(other);
}

/**
 * Commands that give an object exactly these rights: first nobody has any, then each is granted by its grantor.
 * @param object such as `database x` or `table public.x`
 * @param columns such as ` (id)`, for rights on a column
 * @param before the rights that it has now, null for those that are there by default
 */
export function rightsCommands(
  object: string,
  owner: string,
  wanted: readonly Right[],
  before: readonly Right[] | null,
  columns = '',
): string[] {
  const holders = new Set([null, owner, ...(before ?? []).map((it) => it.grantee)]);
  return [
    ...[...holders].map((it) => `revoke all${columns} on ${object} from ${quotedRole(it)} cascade`),
    ...wanted.flatMap(({ grantor, grantee, privilege, grantable }) => {
      const grant = `grant ${privilege}${columns} on ${object} to ${quotedRole(grantee)}${grantable ? ' with grant option' : ''}`;
      return grantor === owner
        ? [grant]
        : [`set local role ${pg.escapeIdentifier(grantor)}`, grant, 'set local role none'];
    }),
  ];
}

interface Attributes {
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

async function readAttributes(client: pg.Client, name: string): Promise<Attributes> {
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
  const [found] = rows;
  if (found === undefined) throw new UserError(`There is no database "${name}" any more`, EXIT.database);
  return found;
}

/**
 * The command that creates an empty database with encoding UTF-8 and the owner, locale and tablespace of another,
 * if there is one.
 */
export async function createCommand(
  client: pg.Client,
  name: string,
  like: string | undefined,
): Promise<string> {
  const start = `create database ${pg.escapeIdentifier(name)} template template0 encoding 'UTF8'`;
  if (like === undefined) return start;
  const { owner, tablespace, row } = await readAttributes(client, like);
  const provider = { c: 'libc', i: 'icu', b: 'builtin' }[String(row.datlocprovider)];
  if (provider === undefined) {
    throw new UserError(
      `Database "${like}" has a locale provider that aquaseed does not know ("${String(row.datlocprovider)}"): nothing was changed`,
      EXIT.database,
    );
  }
  const options: [string, unknown][] = [
    ['lc_collate', row.datcollate],
    ['lc_ctype', row.datctype],
    // PostgreSQL 17 gave the column another name, as other providers than ICU have one.
    [`${provider}_locale`, row.datlocale ?? row.daticulocale],
    ['icu_rules', row.daticurules],
  ];
  return [
    start,
    `owner ${pg.escapeIdentifier(owner)} locale_provider ${provider}`,
    ...(tablespace === null ? [] : [`tablespace ${pg.escapeIdentifier(tablespace)}`]),
    ...options.flatMap(([option, value]) =>
      typeof value === 'string' ? [`${option} ${pg.escapeLiteral(value)}`] : [],
    ),
  ].join(' ');
}

/** Settings whose values are lists of names: written as one literal they would be one name. */
const NAME_LISTS = [
  'search_path',
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
];

function settingCommands(database: string, role: string | null, item: string): string[] {
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

/**
 * Within a transaction: gives a database that createCommand made the limit, rights, settings, comment and labels of
 * another one, and looks whether both are alike now.
 * @throws UserError (exit 3) that names what could not be carried over
 */
export async function carryAttributes(client: pg.Client, from: string, to: string): Promise<void> {
  const wanted = await readAttributes(client, from);
  const now = await readAttributes(client, to);
  const database = `database ${pg.escapeIdentifier(to)}`;
  const { row, owner } = wanted;
  const steps: [what: string, commands: string[]][] = [
    ['its connection limit', [`alter ${database} connection limit ${Number(row.datconnlimit)}`]],
    ['that it is a template', [`alter ${database} is_template ${row.datistemplate === true}`]],
    [
      'its rights',
      sameRights(wanted.rights, now.rights) || wanted.rights === null
        ? []
        : rightsCommands(database, owner, wanted.rights, now.rights),
    ],
    [
      'its comment',
      wanted.comment === null ? [] : [`comment on ${database} is ${pg.escapeLiteral(wanted.comment)}`],
    ],
    ...wanted.settings.flatMap(({ role, items }) =>
      items.map((item): [string, string[]] => [
        `the setting ${item.split('=', 1)[0]}${role === null ? '' : ` of role "${role}"`}`,
        settingCommands(to, role, item),
      ]),
    ),
    ...wanted.labels.map(({ provider, label }): [string, string[]] => [
      `its security label of ${provider}`,
      [`security label for ${pg.escapeIdentifier(provider)} on ${database} is ${pg.escapeLiteral(label)}`],
    ]),
  ];
  for (const [what, commands] of steps) {
    for (const command of commands) {
      await client.query(command).catch((error: unknown) => {
        throw cannotCarry(from, `${what} (${(error as Error).message})`, error);
      });
    }
  }
  const differing = differences(wanted, await readAttributes(client, to));
  if (differing.length > 0) throw cannotCarry(from, differing.join(', '));
}

function cannotCarry(database: string, what: string, cause?: unknown): UserError {
  const refused = new UserError(
    `The new database could not be given what "${database}" has: ${what}`,
    EXIT.database,
    'Let a role do it that may, such as a superuser, or change this on the live database.',
  );
  refused.cause = cause;
  return refused;
}

/** Names of the attributes in which two databases differ. */
function differences(one: Attributes, other: Attributes): string[] {
  const columns = Object.keys(one.row).filter(
    (it) => !(it in OWN_COLUMNS) && it !== 'datacl' && one.row[it] !== other.row[it],
  );
  const plainSettings = ({ settings }: Attributes): string =>
    JSON.stringify(settings.map(({ role, items }) => [role, [...items].sort()]));
  return [
    ...columns.map((it) => `pg_database.${it}`),
    ...(sameRights(one.rights, other.rights) ? [] : ['its rights']),
    ...(one.comment === other.comment ? [] : ['its comment']),
    ...(plainSettings(one) === plainSettings(other) ? [] : ['its settings']),
    ...(JSON.stringify(one.labels) === JSON.stringify(other.labels) ? [] : ['its security labels']),
  ];
}

/** Within a transaction: the user's own comment with the mark behind it, or without it. */
export async function markDatabase(client: pg.Client, name: string, text: string | undefined): Promise<void> {
  const { comment } = await readAttributes(client, name);
  const mark = text === undefined ? [] : [MARK + text];
  const whole = [...(comment === null ? [] : [comment]), ...mark].join('\n');
  await client.query(
    `comment on database ${pg.escapeIdentifier(name)} is ${whole === '' ? 'null' : pg.escapeLiteral(whole)}`,
  );
}
