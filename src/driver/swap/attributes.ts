import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import {
  type Attributes,
  attributeCommands,
  type CreateOptions,
  commentOnDatabase,
  createDatabase,
  readAttributes,
  settingCommands,
} from '../statements/attributes.ts';
import { runAll } from '../statements/connection.ts';
import { rightsCommands } from '../statements/rights.ts';
import { sameRights } from './rights.ts';

/**
 * What a database has besides its contents: owner, locale, limits, rights, settings, comment. A refresh gives the new
 * one those of the live one, or refuses with the name of what it could not carry over.
 */

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

async function attributesOf(client: pg.Client, name: string): Promise<Attributes> {
  const found = await readAttributes(client, name);
  if (found === undefined) throw new UserError(`There is no database "${name}" any more`, EXIT.database);
  return found;
}

/** Creates an empty database with the owner, locale and tablespace of another, if there is one. */
export async function createLike(client: pg.Client, name: string, like: string | undefined): Promise<void> {
  await createDatabase(client, name, like === undefined ? undefined : await createOptions(client, like));
}

async function createOptions(client: pg.Client, like: string): Promise<CreateOptions> {
  const { owner, tablespace, row } = await attributesOf(client, like);
  const provider = { c: 'libc', i: 'icu', b: 'builtin' }[String(row.datlocprovider)];
  if (provider === undefined) {
    throw new UserError(
      `Database "${like}" has a locale provider that aquaseed does not know ("${String(row.datlocprovider)}"): nothing was changed`,
      EXIT.database,
    );
  }
  const locale: [string, unknown][] = [
    ['lc_collate', row.datcollate],
    ['lc_ctype', row.datctype],
    // PostgreSQL 17 gave the column another name, as other providers than ICU have one.
    [`${provider}_locale`, row.datlocale ?? row.daticulocale],
    ['icu_rules', row.daticurules],
  ];
  return { owner, provider, tablespace, locale };
}

/**
 * Within a transaction: gives a database that createLike made the limit, rights, settings, comment and labels of
 * another one, and looks whether both are alike now.
 * @throws UserError (exit 3) that names what could not be carried over
 */
export async function carryAttributes(client: pg.Client, from: string, to: string): Promise<void> {
  const wanted = await attributesOf(client, from);
  for (const [what, commands] of stepsTo(wanted, await attributesOf(client, to))) {
    await runAll(client, commands).catch((error: unknown) => {
      throw cannotCarry(from, `${what} (${(error as Error).message})`, error);
    });
  }
  const differing = differences(wanted, await attributesOf(client, to));
  if (differing.length > 0) throw cannotCarry(from, differing.join(', '));
}

/** What to do with a database that is to be as another one, in words and as commands. */
function stepsTo(wanted: Attributes, now: Attributes): [what: string, commands: string[]][] {
  const { row, owner, rights, comment, settings, labels } = wanted;
  const database = `database ${pg.escapeIdentifier(now.name)}`;
  const isSame = rights === null || sameRights(rights, now.rights);
  return [
    ['its connection limit', [attributeCommands.limit(database, Number(row.datconnlimit))]],
    ['that it is a template', [attributeCommands.template(database, row.datistemplate === true)]],
    ['its rights', isSame ? [] : rightsCommands(database, owner, rights, now.rights)],
    ['its comment', comment === null ? [] : [attributeCommands.comment(database, comment)]],
    ...settings.flatMap(({ role, items }) =>
      items.map((item): [string, string[]] => [
        `the setting ${item.split('=', 1)[0]}${role === null ? '' : ` of role "${role}"`}`,
        settingCommands(now.name, role, item),
      ]),
    ),
    ...labels.map(({ provider, label }): [string, string[]] => [
      `its security label of ${provider}`,
      [attributeCommands.label(database, provider, label)],
    ]),
  ];
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
  const { comment } = await attributesOf(client, name);
  await commentOnDatabase(client, name, comment, text);
}
