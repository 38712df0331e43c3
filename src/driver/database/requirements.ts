import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';

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
  const result = await client.query<{
    version: number;
    full_version: string;
    encoding: string;
    database: string;
    role: string;
    can_create: boolean;
    standby: boolean;
    extension_installed: boolean;
    extension_available: boolean;
    superuser: boolean;
    free: number;
    role_free: number | null;
    runner: boolean;
    may_use: boolean;
  }>(`
    select current_setting('server_version_num')::int / 10000 as version,
           current_setting('server_version') as full_version,
           pg_catalog.pg_encoding_to_char(d.encoding)::text as encoding,
           d.datname::text as database,
           current_user::text as role,
           pg_catalog.has_database_privilege(d.datname, 'CREATE') as can_create,
           pg_catalog.pg_is_in_recovery() as standby,
           exists (select from pg_catalog.pg_extension where extname = 'btree_gist') as extension_installed,
           exists (select from pg_catalog.pg_available_extensions where name = 'btree_gist')
             as extension_available,
           r.rolsuper as superuser,
           exists (select from pg_catalog.pg_namespace as n
                    where n.nspname = 'aquaseed' and not pg_catalog.pg_has_role(n.nspowner, 'USAGE')) as runner,
           exists (select from pg_catalog.pg_namespace as n
                    where n.nspname = 'aquaseed' and pg_catalog.has_schema_privilege(n.oid, 'USAGE')) as may_use,
           (current_setting('max_connections')::int
             - case when r.rolsuper then 0
                    else current_setting('superuser_reserved_connections')::int
                      + coalesce(current_setting('reserved_connections', true)::int, 0) end
             - (select count(*)::int from pg_catalog.pg_stat_activity where backend_type = 'client backend')
             + 1) as free,
           case when r.rolsuper then null
                else least(nullif(r.rolconnlimit, -1), nullif(d.datconnlimit, -1)) end as role_free
      from pg_catalog.pg_database as d
      join pg_catalog.pg_roles as r on r.rolname = current_user
     where d.datname = current_database()`);
  const found = result.rows[0];
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

/**
 * Tables whose policies apply to this role, or to the owner of schema aquaseed, with whose rights its functions
 * run: a policy counts whatever it allows, since only the rows that come can tell that.
 */
async function hiddenRows(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ role: string; name: string }>(`
    select min(r.rolname::text) as role,
           pg_catalog.format('%I.%I', n.nspname, c.relname) as name
      from pg_catalog.pg_class as c
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace and n.nspname in ('public', 'aquaseed')
      join pg_catalog.pg_roles as r
        on r.rolname = current_user
           or r.oid = (select a.nspowner from pg_catalog.pg_namespace as a where a.nspname = 'aquaseed')
     where c.relrowsecurity and c.relkind in ('r', 'p')
       and not r.rolsuper and not r.rolbypassrls
       and (c.relforcerowsecurity or not pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE'))
     group by 2
     order by 2`);
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
  const { rows } = await client.query<{ command: string }>(
    'select command from aquaseed.list_run_grants(current_user::text) where not granted',
  );
  if (rows.length > NAMED_GRANTS) {
    const all = `select aquaseed.grant_run(${pg.escapeLiteral(role)});`;
    return [
      `role "${role}" lacks ${rows.length} grants: the owner of schema aquaseed gives them with ${all}`,
    ];
  }
  return rows.map(({ command }) => `role "${role}" lacks a grant: ${command};`);
}
