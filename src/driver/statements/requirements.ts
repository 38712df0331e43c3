import type { Client } from './connection.ts';

/** What a server, a database and a role offer to a run. */

export interface ServerFacts {
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
}

/** Undefined where the server does not describe its database. */
export async function readServer(client: Client): Promise<ServerFacts | undefined> {
  const { rows } = await client.query<ServerFacts>(`
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
  return rows[0];
}

/**
 * Tables whose policies apply to this role, or to the owner of schema aquaseed, with whose rights its functions
 * run: a policy counts whatever it allows, since only the rows that come can tell that.
 */
export async function readHidingTables(client: Client): Promise<{ role: string; name: string }[]> {
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
  return rows;
}

/** The commands that give this role what it lacks to generate. */
export async function listMissingGrants(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ command: string }>(
    `select command from aquaseed.list_run_grants(p_role => current_user::text) where not granted`,
  );
  return rows.map((it) => it.command);
}
