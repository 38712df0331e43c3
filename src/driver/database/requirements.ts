import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { listMissingGrants, readHidingTables, readServer } from '../statements/requirements.ts';

const OLDEST = 15;
const NEWEST = 18;

type ServerNeeds = {
  /** Connections that the command will open at the same time, this client included. */
  connections?: number | undefined;
};

type ServerReport = {
  /** Major version, such as 18. */
  version: number;
  /** Things to tell that do not prevent a run. */
  warnings: string[];
};

/**
 * Checks that a generate run can work here: version, encoding, btree_gist, privileges, connections.
 * Throws one UserError (exit 3) that lists everything that is missing.
 */
export async function checkServer(client: pg.Client, needs: ServerNeeds = {}): Promise<ServerReport> {
  const found = await readServer(client);
  if (found === undefined) throw new UserError('The server does not describe its database', EXIT.database);
  const missing: string[] = [];
  const warnings: string[] = [];
  if (found.version < OLDEST) {
    missing.push(`PostgreSQL ${OLDEST} or newer is needed, this is ${found.full_version}`);
  }
  if (found.version > NEWEST) {
    warnings.push(`PostgreSQL ${found.full_version} is newer than ${NEWEST}, the newest one tested`);
  }
  if (found.encoding !== 'UTF8') {
    missing.push(`the database must be in UTF-8, this one is in ${found.encoding}`);
  }
  if (found.standby) missing.push('the server is a standby and accepts no writes');
  missing.push(...(await hiddenRows(client)));
  if (found.runner) {
    missing.push(...(await missingGrants(client, found)));
  } else if (!found.extension_installed && !found.extension_available) {
    missing.push('extension btree_gist is not installed on the server (package postgresql-contrib)');
  } else if (!found.extension_installed && !found.can_create) {
    missing.push('extension btree_gist has to be created by the owner: create extension btree_gist;');
  }
  if (!found.can_create && !found.runner) {
    missing.push(
      `role "${found.role}" may not create schemas: grant create on database ${pg.escapeIdentifier(found.database)} to ${pg.escapeIdentifier(found.role)};`,
    );
  }
  const free = Math.min(found.free, found.role_free ?? found.free);
  if (needs.connections !== undefined && free < needs.connections) {
    missing.push(`${needs.connections} connections are needed, ${free} are free: use fewer --workers`);
  }
  if (missing.length > 0) {
    throw new UserError(
      `Database "${found.database}" cannot be used: ${missing.join('; ')}`,
      EXIT.database,
      missing.length > 1 ? 'All of it has to be mended before a run.' : undefined,
    );
  }
  return { version: found.version, warnings };
}

/**
 * Refuses a role from which row security may hide rows: what is counted, checked or deleted would not be all.
 * Throws a UserError (exit 3) that names the tables.
 */
export async function requireVisibleRows(client: pg.Client): Promise<void> {
  const [hidden] = await hiddenRows(client);
  if (hidden !== undefined) throw new UserError(`Not all rows can be seen: ${hidden}`, EXIT.database);
}

/** How many tables are named in a message. */
const NAMED_TABLES = 10;

/** Tables from which row security may hide rows, in words. */
async function hiddenRows(client: pg.Client): Promise<string[]> {
  const rows = await readHidingTables(client);
  const [first] = rows;
  if (first === undefined) return [];
  const names = rows.slice(0, NAMED_TABLES).map((it) => it.name);
  const more = rows.length - names.length;
  return [
    `row security applies to role "${first.role}" in ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}: take a role with bypassrls, or let the owner run: alter table ${names[0]} disable row level security;`,
  ];
}

/** How many missing grants are named one by one. */
const NAMED_GRANTS = 5;

/** What a role that does not own the schema lacks to generate into it, as commands for the owner. */
async function missingGrants(
  client: pg.Client,
  { role, may_use: mayUse }: { role: string; may_use: boolean },
): Promise<string[]> {
  if (!mayUse) {
    return [
      `role "${role}" may not use schema aquaseed: grant usage on schema aquaseed to ${pg.escapeIdentifier(role)};`,
    ];
  }
  const commands = await listMissingGrants(client);
  if (commands.length > NAMED_GRANTS) {
    return [
      `role "${role}" lacks ${commands.length} grants: the owner of schema aquaseed gives them with select aquaseed.grant_run(${pg.escapeLiteral(role)});`,
    ];
  }
  return commands.map((command) => `role "${role}" lacks a grant: ${command};`);
}
