import type pg from 'pg';

/**
 * The text of sql/install/aquamind_tables.sql: the tables of our own copy of AquaMind with their columns, as adopting
 * a database of AquaMind expects them.
 */
export async function filledTables(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ line: string }>(`
    select jsonb_build_object(
             'name', c.relname,
             'fate', case when g.time_column is not null then 'large' when g.table_name is not null then 'generated'
                          when c.relname in ('inventory_feedpurchase', 'inventory_feedcontainerstock') then 'generated'
                          else 'loaded' end,
             'id', (select s.column_name from aquaseed.list_sequences() s where s.table_name = c.relname limit 1),
             'columns', (
               select jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) from pg_attribute a
               where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             ))::text as line
    from pg_class c
    left join aquaseed.generated_table g on g.table_name = c.relname
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname collate "C"`);
  return [
    "-- Long lines: data. AquaMind's tables as the generator fills them, for check_adoption.sql: what becomes of their rows",
    '-- (loaded: master data; generated; large: with a leaf per slice), column of the id, type of each column.',
    '-- Made by: npx vitest run test/schema/adoption.test.ts -u',
    'prepare aquaseed_filled_tables as select $tables$[',
    rows.map(({ line }) => line).join(',\n'),
    ']$tables$::jsonb;',
    '',
  ].join('\n');
}

/**
 * The text of sql/functions/checksum/_filled_columns.sql: the columns of the tables that a run fills, which a checksum
 * by name covers.
 */
export async function filledColumns(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ table_name: string; columns: string[] }>(`
    select c.relname as table_name, array_agg(a.attname::text order by a.attname collate "C") as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and (c.relname in (select g.table_name from aquaseed.generated_table g)
           or c.relname in ('inventory_feedpurchase', 'inventory_feedcontainerstock'))
    group by c.relname
    order by c.relname collate "C"`);
  const tables = rows.map(({ table_name, columns }, index) => {
    const cast = index === 0 ? '::text[]' : '';
    return `    ('${table_name}', '{${wrap(columns)}}'${cast})`;
  });
  return `-- Long, since it is data.
-- The columns of our own copy of AquaMind's tables, of those that a run fills. AquaMind's may have more of them.
-- Made by: npx vitest run test/schema/adoption.test.ts -u
create or replace function aquaseed._filled_columns()
returns table (table_name text, columns text[]) language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  values
${tables.join(',\n')}
$$;

comment on function aquaseed._filled_columns() is 'Columns of the tables that a run fills, in our own copy.';
`;
}

/** Names with commas between them, in lines of at most 100 characters. */
function wrap(names: string[]): string {
  const lines = [''];
  for (const [index, name] of names.entries()) {
    const text = index < names.length - 1 ? `${name},` : name;
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + text.length > 100) lines.push(text);
    else if (index === 0) lines.push(text);
    else lines[lines.length - 1] = last + text;
  }
  return lines.join('\n       ');
}
