-- The id that an entry of the configuration has in this database. Null for an entry that is not there.
create or replace function aquaseed.master_id(p_table text, p_no bigint)
returns bigint language sql stable parallel safe
set search_path = pg_catalog, pg_temp
return (select m.id from aquaseed.master_row m where m.table_name = p_table and m.no = p_no);

comment on function aquaseed.master_id(text, bigint) is
  'Id of the row of schema public that stands for entry no of the configuration.';
