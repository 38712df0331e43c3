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
    "-- AquaMind's tables as the generator fills them, for check_adoption.sql: what becomes of their rows (loaded: master",
    '-- data; generated; large: with a leaf per slice), column of the id, type of each column. Long lines: data.',
    '-- Made by: npx vitest run test/schema/adoption.test.ts -u',
    "prepare aquaseed_filled_tables as select $tables$[",
    rows.map(({ line }) => line).join(',\n'),
    ']$tables$::jsonb;',
    '',
  ].join('\n');
}
