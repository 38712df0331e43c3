-- Moves every sequence of AquaMind's tables past the highest id, so that the application can insert; that of a
-- partitioned table to the ids of the application's own leaf.
create or replace function aquaseed.set_sequences()
returns integer language plpgsql
set search_path = ''
as $$
declare
  v_column record;
  v_last bigint;
  v_sequences integer := 0;
begin
  for v_column in
    select c.relname, a.attname, coalesce(g.partitioned, false) as partitioned, pg_get_serial_sequence(format('public.%I', c.relname), a.attname) as sequence
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join aquaseed.generated_table g on g.table_name = c.relname
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and pg_get_serial_sequence(format('public.%I', c.relname), a.attname) is not null
    order by c.relname
  loop
    execute format('select max(%I) from public.%I', v_column.attname, v_column.relname) into v_last;
    if v_column.partitioned and coalesce(v_last, 0) < aquaseed.application_id(v_column.relname) then
      perform setval(v_column.sequence, aquaseed.application_id(v_column.relname) - 1);
    else
      perform setval(v_column.sequence, coalesce(v_last, 1), v_last is not null);
    end if;
    v_sequences := v_sequences + 1;
  end loop;
  return v_sequences;
end
$$;

comment on function aquaseed.set_sequences() is 'Set all sequences of public tables past the highest id. Returns their number.';
