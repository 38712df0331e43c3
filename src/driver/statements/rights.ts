import pg from 'pg';
import type { Client } from './connection.ts';

/** Who owns what and may do what, and the commands that make it so. */

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

/**
 * Owners of and rights on the objects of schemas public and aquaseed. A refresh gives those of the new database what
 * those of the same name in the live one have.
 */
export interface ObjectRights {
  kind: string;
  /** As SQL names it. */
  name: string;
  /** The column of a table, as SQL names it. */
  column: string | null;
  owner: string;
  rights: Right[] | null;
  /** The table that a leaf belongs to. */
  parent: string | null;
  /** Whether it takes its owner from another object. */
  owned: boolean;
}

export interface Rights {
  objects: ObjectRights[];
  /** The comment on schema public. */
  comment: string | null;
}

/** Reads owners and rights. Writes nothing. */
export async function readRights(client: Client): Promise<Rights> {
  const { rows } = await client.query<ObjectRights>(`
    with schemas as (select n.* from pg_catalog.pg_namespace n where n.nspname in ('public', 'aquaseed'))
    select 'schema' as kind, quote_ident(n.nspname) as name, null as column,
           pg_catalog.pg_get_userbyid(n.nspowner)::text as owner, ${rightsOf('n.nspacl', 'n.nspowner')} as rights,
           null as parent, false as owned
    from schemas n
    union all
    select case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
           format('%I.%I', n.nspname, c.relname), null, pg_catalog.pg_get_userbyid(c.relowner)::text,
           ${rightsOf('c.relacl', 'c.relowner')}, p.parent,
           exists (select from pg_catalog.pg_depend d
                   where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
                     and c.relkind = 'S')
    from pg_catalog.pg_class c
    join schemas n on n.oid = c.relnamespace
    left join lateral (
      select format('%I.%I', pn.nspname, pc.relname) as parent
      from pg_catalog.pg_inherits i
      join pg_catalog.pg_class pc on pc.oid = i.inhparent
      join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
      where i.inhrelid = c.oid and c.relispartition
    ) p on true
    where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    union all
    select 'column', format('%I.%I', n.nspname, c.relname), quote_ident(a.attname),
           pg_catalog.pg_get_userbyid(c.relowner)::text, ${rightsOf('a.attacl', 'c.relowner')}, null, true
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join schemas n on n.oid = c.relnamespace
    where a.attacl is not null and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, i.identity, null,
           pg_catalog.pg_get_userbyid(p.proowner)::text, ${rightsOf('p.proacl', 'p.proowner')}, null, false
    from pg_catalog.pg_proc p
    join schemas n on n.oid = p.pronamespace
    cross join lateral pg_catalog.pg_identify_object('pg_catalog.pg_proc'::regclass, p.oid, 0) i
    where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass
                        and d.objid = p.oid and d.deptype = 'e')
    union all
    select 'type', format('%I.%I', n.nspname, t.typname), null, pg_catalog.pg_get_userbyid(t.typowner)::text,
           ${rightsOf('t.typacl', 't.typowner')}, null, false
    from pg_catalog.pg_type t
    join schemas n on n.oid = t.typnamespace
    left join pg_catalog.pg_class c on c.oid = t.typrelid
    where t.typelem = 0 and (t.typrelid = 0 or c.relkind = 'c')
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_type'::regclass
                        and d.objid = t.oid and d.deptype in ('e', 'i'))`);
  const { rows: comments } = await client.query<{ comment: string | null }>(
    `select pg_catalog.obj_description(n.oid, 'pg_namespace') as comment
     from pg_catalog.pg_namespace n where n.nspname = 'public'`,
  );
  return { objects: rows, comment: comments[0]?.comment ?? null };
}

/** Gives an object another owner. */
export async function changeOwner(
  client: Client,
  { kind, name }: ObjectRights,
  owner: string,
): Promise<void> {
  await client.query(`alter ${kind} ${name} owner to ${pg.escapeIdentifier(owner)}`);
}

/** Sets or takes away the comment on schema public. */
export async function commentOnPublic(client: Client, comment: string | null): Promise<void> {
  await client.query(`comment on schema public is ${comment === null ? 'null' : pg.escapeLiteral(comment)}`);
}

export interface DefaultRights {
  role: string;
  schema: string | null;
  objects: string;
  rights: Right[];
}

/** The default privileges of a database. */
export async function readDefaultRights(client: Client): Promise<DefaultRights[]> {
  const { rows } = await client.query<DefaultRights>(`
    select pg_catalog.pg_get_userbyid(a.defaclrole)::text as role, n.nspname::text as schema,
           case a.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
             when 'T' then 'types' when 'n' then 'schemas' when 'L' then 'large objects' end as objects,
           ${rightsOf('a.defaclacl', 'a.defaclrole')} as rights
    from pg_catalog.pg_default_acl a
    left join pg_catalog.pg_namespace n on n.oid = a.defaclnamespace
    where n.oid is null or n.nspname in ('public', 'aquaseed')
    order by 1, 2, 3`);
  return rows;
}

/** Commands that give a database these default privileges. */
export function defaultRightsCommands({ role, schema, objects, rights }: DefaultRights): string[] {
  const within = schema === null ? '' : ` in schema ${pg.escapeIdentifier(schema)}`;
  const start = `alter default privileges for role ${pg.escapeIdentifier(role)}${within}`;
  return [
    // Those of a schema are added to the others, which replace what is there by default.
    ...(schema === null ? ['public', pg.escapeIdentifier(role)] : []).map(
      (it) => `${start} revoke all on ${objects} from ${it}`,
    ),
    ...rights.map(({ grantee, privilege, grantable }) => {
      const option = grantable ? ' with grant option' : '';
      return `${start} grant ${privilege} on ${objects} to ${quotedRole(grantee)}${option}`;
    }),
  ];
}
