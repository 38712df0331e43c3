import type { Client } from './connection.ts';

/** What a database holds. */

/** The name in the marker of this database, or undefined where there is none. */
export async function readMarker(client: Client): Promise<string | undefined> {
  if (!(await hasTable(client, 'aquaseed.ownership'))) return undefined;
  // A table of somebody else's may have this name.
  const { rows } = await client.query<{ name: string | null }>(
    `select to_jsonb(o) ->> 'database_name' as name from aquaseed.ownership o limit 1`,
  );
  return rows[0]?.name ?? undefined;
}

/** Whether this database has the tables of a run. */
export async function isInstalled(client: Client): Promise<boolean> {
  return await hasTable(client, 'aquaseed.made_table');
}

/** Whether this database has the ledger, as those of earlier versions have it too. */
export async function hasLedger(client: Client): Promise<boolean> {
  return await hasTable(client, 'aquaseed.run_step');
}

async function hasTable(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `select pg_catalog.to_regclass($1) is not null as found`,
    [name],
  );
  return rows[0]?.found === true;
}

/** A leaf of a run, attached to its table or about to be. */
export interface Leaf {
  name: string;
  attached: boolean;
}

/** The leaves of the run by the id that list_objects.sql gives them: partitions, or about to become ones. */
export async function readLeaves(client: Client): Promise<Map<string, Leaf>> {
  const { rows } = await client.query<Leaf & { id: string }>(`
    select concat_ws('/', 'pg_catalog.pg_class'::regclass::oid, c.oid, 0) as id, c.relname::text as name,
           i.inhrelid is not null as attached
    from aquaseed.generated_table g
    cross join lateral (
      select g.table_name || '_s' || lpad(s.slice::text, 3, '0') from aquaseed.slice s
      union all
      select g.table_name || '_app'
    ) l(name)
    join pg_catalog.pg_class c on c.relname = l.name and c.relnamespace = 'public'::regnamespace
    left join pg_catalog.pg_inherits i
      on i.inhrelid = c.oid and i.inhparent = to_regclass(format('public.%I', g.table_name))
    where g.partitioned
      and (i.inhrelid is not null
           or not c.relispartition and exists (select from aquaseed.run r where r.state <> 'done'))`);
  return new Map(rows.map(({ id, ...leaf }) => [id, leaf]));
}

/** Rows of schema public that neither the run nor the configuration made. A version that cannot tell says so. */
export async function readStrangers(client: Client): Promise<{ table_name: string; strangers: number }[]> {
  const { rows: found } = await client.query<{ able: boolean }>(
    `select pg_catalog.to_regprocedure('aquaseed.list_strangers()') is not null as able`,
  );
  if (found[0]?.able !== true) {
    return [
      { table_name: 'tables that an earlier version of aquaseed filled, which cannot tell', strangers: 0 },
    ];
  }
  const { rows } = await client.query<{ table_name: string; strangers: number }>(
    `select table_name, strangers::float8 as strangers from aquaseed.list_strangers()`,
  );
  return rows;
}

/** Gives the marker of this database another name. */
export async function renameMarker(client: Client, name: string): Promise<void> {
  await client.query(`update aquaseed.ownership set database_name = $1`, [name]);
}
