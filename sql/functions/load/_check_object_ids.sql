-- AquaMind keeps the object of a transaction as an integer, so the ids of harvest events must stay below 2^31.
create or replace function aquaseed._check_object_ids(p_batch_no integer)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('harvest_harvestevent');
begin
  if (p_batch_no + 1) * v_block > 2147483648 then
    raise exception 'batch % is too many: the ids of its harvest events would not fit an integer '
      '(object_id of an intercompany transaction)', p_batch_no
      using errcode = 'AQ003', hint = format('At most %s batches fit into one schedule.', 2147483648 / v_block - 1);
  end if;
end
$$;

comment on function aquaseed._check_object_ids(integer) is
  'Refuses (AQ003) a batch number whose harvest events cannot be referred to by an integer.';
