-- Unique keys that every leaf of a partitioned table has for itself, since they lack the id: as all rows of a batch are
-- in one leaf, that is the same. Of a table of AquaMind's own they are read from the one that was moved aside
-- (_partition_table); kind: constraint with its definition, or index with what follows the name of the table.
create or replace function aquaseed._leaf_keys(p_table text)
returns table (kind text, definition text, n bigint) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'constraint', format('unique (%s)', string_agg(quote_ident(u.name), ', ' order by u.n)), 1::bigint
  from aquaseed.generated_table g
  cross join lateral unnest(g.leaf_unique) with ordinality u(name, n)
  where g.table_name = p_table and to_regclass(aquaseed.aside_name(p_table)) is null
  having count(*) > 0
  union all
  select x.kind, x.definition, row_number() over (order by x.name)
  from (
    select 'constraint' as kind, pg_get_constraintdef(k.oid) as definition, k.conname as name, k.conkey as columns
    from pg_constraint k
    where k.conrelid = to_regclass(aquaseed.aside_name(p_table)) and k.contype in ('p', 'u')
    union all
    select 'index', substring(pg_get_indexdef(i.indexrelid) from ' USING .*$'), c.relname, i.indkey::smallint[]
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = to_regclass(aquaseed.aside_name(p_table)) and i.indisunique
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  ) x
  join aquaseed.generated_table g on g.table_name = p_table
  join pg_attribute a on a.attrelid = to_regclass(aquaseed.aside_name(p_table)) and a.attname = g.id_column
  where a.attnum <> all (x.columns)
$$;

comment on function aquaseed._leaf_keys(text) is
  'Unique keys of each leaf of a partitioned table that its parent cannot have.';
