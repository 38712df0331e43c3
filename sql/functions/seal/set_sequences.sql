-- Moves every sequence of AquaMind's tables past the highest id, so that the application can insert; that of a
-- large table to the ids of the application's own leaf. In AquaMind's own database those of the tables that are
-- filled, and never back: ids may have been given out already.
create or replace function aquaseed.set_sequences()
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_last bigint;
  v_adopted boolean := aquaseed.is_adopted();
  v_sequences integer := 0;
begin
  for v_column in
    select s.*, coalesce(g.time_column is not null, false) as is_large
    from aquaseed.list_sequences() s
    left join aquaseed.generated_table g on g.table_name = s.table_name
    where not v_adopted or exists (select from aquaseed.filled_tables() f where f.table_name = s.table_name)
  loop
    execute format('select max(%I) from public.%I', v_column.column_name, v_column.table_name) into v_last;
    if v_column.is_large and coalesce(v_last, 0) < aquaseed.application_id(v_column.table_name) then
      perform setval(v_column.sequence, aquaseed.application_id(v_column.table_name) - 1);
    elsif not v_adopted
      or v_last > (select x.last_value from aquaseed._sequence_state(v_column.sequence::regclass) x)
    then
      perform setval(v_column.sequence, coalesce(v_last, 1), v_last is not null);
    end if;
    v_sequences := v_sequences + 1;
  end loop;
  return v_sequences;
end
$$;

comment on function aquaseed.set_sequences() is
  'Set all sequences of public tables past the highest id. Returns their number.';
