-- The block of ids that a batch owns in a table: id = batch_no * block + n.
create or replace function aquaseed.id_block(p_table text)
returns bigint language sql stable parallel safe
set search_path = pg_catalog, pg_temp
return (select g.id_block from aquaseed.generated_table g where g.table_name = p_table);

comment on function aquaseed.id_block(text) is
  'Ids of a batch in this table: batch_no * block up to (batch_no + 1) * block.';
