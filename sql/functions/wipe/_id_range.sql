-- The ids that a run may have given to rows of a table: those of its batches where ids are batch_no * block + n,
-- else those that are there. Called while nobody but the run has written to the table.
create or replace function aquaseed._id_range(p_table text, out low_id bigint, out high_id bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := (select g.id_block from aquaseed.generated_table g where g.table_name = p_table);
  v_key text := aquaseed._key_column(p_table);
begin
  if v_block is not null then
    select min(b.batch_no) * v_block, (max(b.batch_no) + 1) * v_block - 1 into low_id, high_id
    from aquaseed.schedule_batch b;
  elsif v_key is not null then
    execute format('select min(t.%1$I), max(t.%1$I) from public.%2$I t', v_key, p_table) into low_id, high_id;
  end if;
end
$$;

comment on function aquaseed._id_range(text) is 'Lowest and highest id that the run gives to rows of a table.';
