import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { type Right, rightsCommands, rightsOf, sameRights } from './attributes.ts';

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
export async function readRights(client: pg.Client): Promise<Rights> {
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

const keyOf = ({ kind, name, column }: ObjectRights): string => [kind, name, column ?? ''].join(' ');

/**
 * Within a transaction: gives the objects of this database owners and rights as they were read from another one.
 * @throws UserError (exit 3) that names what the role may not do
 */
export async function applyRights(client: pg.Client, wanted: Rights): Promise<void> {
  const from = new Map(wanted.objects.map((it) => [keyOf(it), it]));
  const run = async (what: string, commands: readonly string[]): Promise<void> => {
    for (const command of commands) {
      await client.query(command).catch((error: unknown) => {
        const refused = new UserError(
          `The new database could not be given what the live one has: ${what} (${(error as Error).message})`,
          EXIT.database,
          'Let a role do it that may, such as a superuser, or change this on the live database.',
        );
        refused.cause = error;
        throw refused;
      });
    }
  };
  const now = await readRights(client);
  for (const object of now.objects) {
    const same = from.get(keyOf(object)) ?? from.get(`table ${object.parent} `);
    if (same === undefined || object.owned || same.owner === object.owner) continue;
    await run(`owner "${same.owner}" of ${object.kind} ${object.name}`, [
      `alter ${object.kind} ${object.name} owner to ${pg.escapeIdentifier(same.owner)}`,
    ]);
  }
  const { objects } = await readRights(client);
  const present = new Map(objects.map((it) => [keyOf(it), it]));
  // Rights on single columns are there only where somebody has some.
  const columns = wanted.objects.filter((it) => it.column !== null && present.has(`table ${it.name} `));
  for (const object of [...objects.filter((it) => it.column === null), ...columns]) {
    const same = from.get(keyOf(object));
    const before = object.column === null ? object.rights : (present.get(keyOf(object))?.rights ?? null);
    const rights = same === undefined ? null : rightsFor(object, same.rights, before);
    if (rights === null || sameRights(rights, before)) continue;
    const kind = /^(view|materialized view|column)$/.test(object.kind) ? 'table' : object.kind;
    await run(
      `rights on ${object.kind} ${object.name}`,
      rightsCommands(
        `${kind === 'aggregate' ? 'function' : kind} ${object.name}`,
        object.owner,
        rights,
        before,
        object.column === null ? '' : ` (${object.column})`,
      ),
    );
  }
  if (wanted.comment !== now.comment) {
    await run('the comment on schema public', [
      `comment on schema public is ${wanted.comment === null ? 'null' : pg.escapeLiteral(wanted.comment)}`,
    ]);
  }
}

/**
 * The rights that an object is to have, null to leave it. A function that nobody may call without a grant stays so,
 * whatever an earlier version let; a leaf that had none besides its owner's gets none by default privileges.
 */
function rightsFor(
  { kind, owner }: ObjectRights,
  wanted: readonly Right[] | null,
  before: readonly Right[] | null,
): readonly Right[] | null {
  if (before === null) return wanted;
  if (/^(function|procedure)$/.test(kind)) {
    if (wanted === null || before.some((it) => it.grantee === null)) return wanted;
    return wanted.filter((it) => it.grantee !== null);
  }
  if (wanted !== null || !/^(table|view|materialized view|sequence)$/.test(kind)) return wanted;
  return before.filter((it) => it.grantee === owner);
}

interface DefaultRights {
  role: string;
  schema: string | null;
  objects: string;
  rights: Right[];
}

/**
 * Gives a database the default privileges of another one, as far as its schemas go and the role may. What could not be
 * carried shows when the objects of both are compared.
 */
export async function applyDefaultRights(from: pg.Client, to: pg.Client): Promise<void> {
  const { rows } = await from.query<DefaultRights>(`
    select pg_catalog.pg_get_userbyid(a.defaclrole)::text as role, n.nspname::text as schema,
           case a.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
             when 'T' then 'types' when 'n' then 'schemas' when 'L' then 'large objects' end as objects,
           ${rightsOf('a.defaclacl', 'a.defaclrole')} as rights
    from pg_catalog.pg_default_acl a
    left join pg_catalog.pg_namespace n on n.oid = a.defaclnamespace
    where n.oid is null or n.nspname in ('public', 'aquaseed')
    order by 1, 2, 3`);
  for (const { role, schema, objects, rights } of rows) {
    const start = `alter default privileges for role ${pg.escapeIdentifier(role)}${schema === null ? '' : ` in schema ${pg.escapeIdentifier(schema)}`}`;
    // Those of a schema are added to the others, which replace what is there by default.
    const commands = [
      ...(schema === null ? ['public', pg.escapeIdentifier(role)] : []).map(
        (it) => `${start} revoke all on ${objects} from ${it}`,
      ),
      ...rights.map(
        ({ grantee, privilege, grantable }) =>
          `${start} grant ${privilege} on ${objects} to ${grantee === null ? 'public' : pg.escapeIdentifier(grantee)}${grantable ? ' with grant option' : ''}`,
      ),
    ];
    await to.query('begin');
    try {
      for (const command of commands) await to.query(command);
      await to.query('commit');
    } catch {
      await to.query('rollback');
    }
  }
}
