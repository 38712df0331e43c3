-- Where the ids of the application begin in a partitioned table: far above those of any batch.
create or replace function aquaseed.application_id(p_table text)
returns bigint language sql stable parallel safe
set search_path = pg_catalog, pg_temp
return 1000000 * aquaseed.id_block(p_table);

comment on function aquaseed.application_id(text) is
  'First id of a partitioned table that is not a batch''s (batch_no is below 1,000,000).';
