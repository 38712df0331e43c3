-- The tables of schema public that a run or the configuration fills: what is ours in AquaMind's own database, where
-- there are others beside them.
create or replace function aquaseed.filled_tables()
returns table (table_name text, is_generated boolean) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select g.table_name, true from aquaseed.generated_table g
  union
  select x.table_name, true from (values ('inventory_feedpurchase'), ('inventory_feedcontainerstock')) x(table_name)
  union
  select m.table_name, false from (select distinct r.table_name from aquaseed.master_row r) m
$$;

comment on function aquaseed.filled_tables() is
  'Tables of schema public that a run (is_generated) or the configuration fills.';
