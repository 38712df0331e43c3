-- 54: sequences of AquaMind's ids whose next value is not past the highest id, so that the application could not
-- insert; in AquaMind's own database of the tables that we fill.
create or replace function aquaseed.check_54_sequences()
returns table (id text, measured double precision, detail text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_last bigint;
  v_next bigint;
  v_sequences integer := 0;
  v_behind text[] := '{}';
begin
  for v_column in
    select s.* from aquaseed.list_sequences() s
    where not aquaseed.is_adopted()
      or s.table_name::text in (select f.table_name from aquaseed.filled_tables() f)
  loop
    execute format('select max(%I) from public.%I', v_column.column_name, v_column.table_name) into v_last;
    select s.last_value + s.is_called::integer into v_next
    from aquaseed._sequence_state(v_column.sequence::regclass) s;
    v_sequences := v_sequences + 1;
    if v_next <= v_last then
      v_behind := v_behind || v_column.table_name::text;
    end if;
  end loop;
  return query select '54', cardinality(v_behind)::double precision,
                      v_sequences || ' sequences' || coalesce(', first ' || v_behind[1], '');
end
$$;

comment on function aquaseed.check_54_sequences() is 'Sequences whose next value is not past the highest id.';
