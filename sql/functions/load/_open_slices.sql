-- Slices for batches that an advance adds: they follow those that are there, and each has room for as many batches as
-- the largest of them, so that the leaf of a slice takes the batches of later advances, too.
create or replace function aquaseed._open_slices(p_last_batch_no integer)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_last aquaseed.slice;
  v_size integer := (select max(s.last_batch_no - s.first_batch_no + 1) from aquaseed.slice s);
begin
  select * into v_last from aquaseed.slice s order by s.slice desc limit 1;
  insert into aquaseed.slice (slice, first_batch_no, last_batch_no)
  select v_last.slice + n.no, v_last.last_batch_no + 1 + (n.no - 1) * v_size, v_last.last_batch_no + n.no * v_size
  from generate_series(1, ceil(greatest(0, p_last_batch_no - v_last.last_batch_no)::numeric / v_size)::integer) n(no);
  perform aquaseed._create_leaves(v_last.slice + 1);
end
$$;

comment on function aquaseed._open_slices(integer) is
  'Slices with their leaves for batches that follow those that are loaded, up to one.';
