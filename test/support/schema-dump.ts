import type pg from 'pg';

/** A comment as eight characters: enough to see in a diff that it changed. */
const comment = (oid: string, catalogue: string, column = '0'): string =>
  `coalesce(' -- ' || left(md5((select d.description from pg_description d where d.objoid = ${oid}
     and d.classoid = '${catalogue}'::regclass and d.objsubid = ${column})), 8), '')`;

/** Rights of others than the owner; 0 is PUBLIC. */
const grants = (rights: string, owner: string): string =>
  `coalesce((select string_agg(format(' grant %s to %s', a.privilege_type, case a.grantee when 0 then 'public'
     else a.grantee::regrole::text end), '' order by a.grantee, a.privilege_type)
     from aclexplode(${rights}) a where a.grantee <> ${owner}), '')`;

const OURS = `in ('public', 'aquaseed')`;

const relations = `
  select c.*, format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname ${OURS} and c.relkind in ('r', 'p', 'v', 'c', 'S')
    -- Sequences of identity columns are part of them.
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                      and d.deptype in ('i', 'e'))`;

/** What a migration or a function file can change, a line each, in the order of the alphabet (C). */
const LINES = `
  with relation as materialized (${relations})
  select c.name || ' ' || case c.relkind when 'r' then 'table' when 'p' then 'partitioned by ' || pg_get_partkeydef(c.oid)
           when 'v' then 'view' when 'c' then 'type' else 'sequence' end
         || ${grants('c.relacl', 'c.relowner')} || ${comment('c.oid', 'pg_class')} as line
  from relation c
  union all
  select c.name || ' column ' || to_char(a.attnum, 'FM00') || ' ' || a.attname || ' '
         || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
         || case a.attidentity when 'd' then ' identity' when 'a' then ' identity always' else '' end
         || case a.attgenerated when 's' then ' generated' else '' end
         || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
         || ${grants('a.attacl', 'c.relowner')} || ${comment('c.oid', 'pg_class', 'a.attnum')}
  from relation c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relkind <> 'S'
  union all
  -- Not null is a property of the column here, as it was before PostgreSQL 18.
  select c.name || ' constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) || ${comment('k.oid', 'pg_constraint')}
  from relation c join pg_constraint k on k.conrelid = c.oid and k.contype <> 'n'
  union all
  select c.name || ' index ' || pg_get_indexdef(i.indexrelid) || ${comment('i.indexrelid', 'pg_class')}
  from relation c join pg_index i on i.indrelid = c.oid
  union all
  select c.name || ' definition ' || md5(regexp_replace(pg_get_viewdef(c.oid), '[\\s()]+', ' ', 'g'))
  from relation c where c.relkind = 'v'
  union all
  select p.oid::regprocedure::text || ' ' || case p.prokind when 'p' then 'procedure' else 'function' end
         || ' (' || pg_get_function_arguments(p.oid) || ')'
         || coalesce(' returns ' || pg_get_function_result(p.oid), '') || ' ' || l.lanname
         || case p.provolatile when 'i' then ' immutable' when 's' then ' stable' else ' volatile' end
         || case p.proparallel when 's' then ' parallel safe' when 'r' then ' parallel restricted' else '' end
         || case when p.proisstrict then ' strict' else '' end
         || case when p.prosecdef then ' security definer' else '' end
         || coalesce((select string_agg(' set ' || s.setting, '' order by s.setting collate "C")
                      from unnest(p.proconfig) s(setting)), '')
         || ${grants(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')} || ${comment('p.oid', 'pg_proc')}
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  join pg_language l on l.oid = p.prolang
  where n.nspname ${OURS}
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                      and d.deptype = 'e')
  union all
  select format('%s trigger %s', c.name, pg_get_triggerdef(t.oid))
  from relation c join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal`;

/** The schema of an installed, empty database as text that is the same on every version of PostgreSQL. */
export async function dumpSchema(client: pg.Client): Promise<string> {
  // So that every name is shown with its schema.
  await client.query(`set search_path = ''`);
  const { rows } = await client.query<{ line: string }>(LINES);
  return `${rows
    .map((it) => it.line)
    .toSorted()
    .join('\n')}\n`;
}
