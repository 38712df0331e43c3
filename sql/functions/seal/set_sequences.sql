-- Moves every sequence of AquaMind's tables past the highest id, so that the application can insert; that of a
-- large table to the ids of the application's own leaf. In AquaMind's own database those of the tables that are
-- filled. There, and when history goes on, never back: ids may have been given out already.
create or replace function aquaseed.set_sequences()
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_last bigint;
  v_adopted boolean := aquaseed.is_adopted();
  v_keeps boolean := v_adopted or exists (select from aquaseed.run r where r.advanced_from is not null);
  v_sequences integer := 0;
begin
  for v_column in
    select s.*, coalesce(g.time_column is not null, false) as is_large
    from aquaseed.list_sequences() s
    left join aquaseed.generated_table g on g.table_name = s.table_name
    where not v_adopted or exists (select from aquaseed.filled_tables() f where f.table_name = s.table_name)
  loop
    execute format('select max(%I) from public.%I', v_column.column_name, v_column.table_name) into v_last;
    if v_column.is_large then
      v_last := greatest(v_last, aquaseed.application_id(v_column.table_name) - 1);
    end if;
    if not v_keeps or v_last >= (
      select x.last_value + x.is_called::integer from aquaseed._sequence_state(v_column.sequence::regclass) x
    ) then
      perform setval(v_column.sequence, coalesce(v_last, 1), v_last is not null);
    end if;
    v_sequences := v_sequences + 1;
  end loop;
  return v_sequences;
end
$$;

comment on function aquaseed.set_sequences() is
  'Set all sequences of public tables past the highest id. Returns their number.';
