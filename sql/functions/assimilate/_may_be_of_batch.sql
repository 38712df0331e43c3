-- A row of a batch has an id of the batch's block, or was entered in the application. As a condition beside that on
-- the batch it lets PostgreSQL look into two leaves instead of all.
create or replace function aquaseed._may_be_of_batch(p_id bigint, p_batch_no integer, p_block bigint)
returns boolean language sql immutable parallel safe
return p_id >= p_batch_no * p_block and p_id < (p_batch_no + 1) * p_block or p_id >= 1000000 * p_block;

comment on function aquaseed._may_be_of_batch(bigint, integer, bigint) is
  'Whether the row of a partitioned table with this id can belong to a batch: an id of its block or of '
  'the application.';
