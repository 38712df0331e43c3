import type pg from 'pg';

/** What is looked at before and after AquaMind's own database was adopted. */

/** A digest of every row of every table of schema public, by table; leaves by way of their tables. */
export async function rowsOfOthers(client: pg.Client): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const { rows: tables } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  for (const { name } of tables) {
    const { rows } = await client.query<{ digests: string[] }>(
      `select coalesce(array_agg(md5(t::text)), '{}') as digests from (select * from public.${name} limit 20000) t`,
    );
    found.set(name, rows[0]?.digests ?? []);
  }
  return found;
}

/** Tables of which a row that was there before is not there any more as it was. */
export async function changedTables(client: pg.Client, before: Map<string, string[]>): Promise<string[]> {
  const changed: string[] = [];
  for (const [name, digests] of before) {
    if (digests.length === 0) continue;
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from unnest($1::text[]) d(digest)
       where not exists (select from (select md5(t::text) as digest from public.${name} t) t where t.digest = d.digest)`,
      [digests],
    );
    if (rows[0]?.n !== 0) changed.push(name);
  }
  return changed;
}

/** One digest of all rows, relations, columns, constraints and routines of a database. */
export async function digestOfAll(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query(`
    select (select md5(string_agg(format('%s %s %s %s %s', c.oid, c.relname, c.relfilenode, c.relkind, c.relacl), ' '
                                  order by c.oid)) from pg_class c) as relations,
           (select md5(string_agg(format('%s %s %s %s', a.attrelid, a.attname, a.atttypid, a.attnum), ' '
                                  order by a.attrelid, a.attnum)) from pg_attribute a) as columns,
           (select md5(string_agg(k.oid::text, ' ' order by k.oid)) from pg_constraint k) as constraints,
           (select md5(string_agg(p.oid::text, ' ' order by p.oid)) from pg_proc p) as routines,
           (select string_agg(n.nspname, ' ' order by n.nspname) from pg_namespace n
            where n.nspname !~ '^pg_(toast_)?temp') as schemas`);
  return { ...rows[0], rows: [...(await rowsOfOthers(client))] };
}

/** The ten large tables as the catalogue describes them. */
export async function largeTables(client: pg.Client): Promise<Record<string, string[]>> {
  // A role of the name of a schema would see the tables of that.
  await client.query('set search_path = public');
  const { rows } = await client.query<{ what: string; lines: string[] }>(
    `
    with large as (select to_regclass(format('public.%I', t.name)) as oid, t.name from unnest($1::text[]) t(name))
    select 'table' as what, array_agg(format('%s %s %s %s', l.name, pg_get_userbyid(c.relowner), c.relacl,
      obj_description(c.oid, 'pg_class')) order by l.name) as lines
    from large l join pg_class c on c.oid = l.oid
    union all
    select 'column', array_agg(format('%s.%s %s not null %s %s default %s identity %s %s %s %s', l.name, a.attname,
      format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
      case when a.attidentity = '' then pg_get_expr(d.adbin, d.adrelid) end, a.attidentity, a.attacl,
      col_description(l.oid, a.attnum), a.attstorage) order by l.name, a.attnum)
    from large l
    join pg_attribute a on a.attrelid = l.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    union all
    select 'constraint', array_agg(format('%s %s %s %s', l.name, k.conname, pg_get_constraintdef(k.oid),
      obj_description(k.oid, 'pg_constraint')) order by l.name, k.conname)
    from large l join pg_constraint k on k.conrelid = l.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
      and (k.contype <> 'f' or k.conparentid = 0)
    union all
    select 'reference', array_agg(format('%s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
      order by k.conrelid::regclass::text, k.conname)
    from large l join pg_constraint k on k.confrelid = l.oid and k.contype = 'f' and k.conparentid = 0
    union all
    select 'index', array_agg(format('%s %s %s', replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '),
      i.indisvalid, obj_description(i.indexrelid, 'pg_class')) order by i.indexrelid::regclass::text)
    from large l join pg_index i on i.indrelid = l.oid
    union all
    select 'sequence', array_agg(format('%s %s %s %s', s.seqrelid::regclass, format_type(s.seqtypid, null),
      s.seqincrement, c.relacl) order by s.seqrelid::regclass::text)
    from large l
    cross join lateral (
      select pg_get_serial_sequence(l.oid::regclass::text, a.attname)::regclass as oid from pg_attribute a
      where a.attrelid = l.oid and a.attnum > 0 and not a.attisdropped
    ) x
    join pg_sequence s on s.seqrelid = x.oid
    join pg_class c on c.oid = s.seqrelid`,
    [LARGE],
  );
  return Object.fromEntries(rows.map((it) => [it.what, it.lines ?? []]));
}

const LARGE = [
  'batch_actualdailyassignmentstate',
  'batch_growthsample',
  'batch_individualgrowthobservation',
  'batch_mortalityevent',
  'environmental_environmentalreading',
  'health_fishparameterscore',
  'health_individualfishobservation',
  'health_licecount',
  'inventory_feedingevent',
  'scenario_scenarioprojection',
];

/**
 * Inserts a row into every table that a run fills as the application would, without an id, and undoes it: a row that is
 * there is taken away and inserted again. Gives the tables where that fails, or where the id is not behind the others.
 */
export async function refusedInserts(client: pg.Client): Promise<string[]> {
  const refused: string[] = [];
  const { rows: tables } = await client.query<{ name: string; id: string; columns: string }>(`
    select f.table_name as name, s.column_name as id, (
      select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
      where a.attrelid = format('public.%I', f.table_name)::regclass and a.attnum > 0 and not a.attisdropped
        and a.attname <> s.column_name) as columns
    from aquaseed.filled_tables() f
    join aquaseed.list_sequences() s on s.table_name = f.table_name
    order by 1`);
  for (const { name, id, columns } of tables) {
    await client.query('begin');
    try {
      const { rows: most } = await client.query(`select max(${id}) as id from public.${name}`);
      const { rows } = await client.query(
        `with gone as (
           delete from public.${name} where ${id} = (select min(${id}) from public.${name}) returning *
         )
         insert into public.${name} (${columns}) select ${columns} from gone returning ${id} as id`,
      );
      if (rows.length === 0) refused.push(`${name}: no row to insert`);
      else if (BigInt(rows[0].id) <= BigInt(most[0].id)) refused.push(`${name}: id ${rows[0].id}`);
    } catch (error) {
      refused.push(`${name}: ${(error as Error).message}`);
    } finally {
      await client.query('rollback');
    }
  }
  return refused;
}
