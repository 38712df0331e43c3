-- Takes out of AquaMind's own database the places and master data that were put there: the rows that load inserted
-- (master_row), as long as nobody changed them (loaded_row) and no row of others refers to them (AQ006).
-- Sequences go back to where they stood before, or behind the highest id that there is now.
create or replace function aquaseed._delete_loaded()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table record;
  v_rows bigint;
  v_changed text[] := '{}';
  v_detail text;
begin
  for v_table in
    select s.table_name::text as name, s.column_name as key from aquaseed.list_sequences() s
    where exists (select from aquaseed.master_row m where m.table_name = s.table_name and m.inserted)
    order by s.table_name
  loop
    execute format(
      'with gone as (
         delete from only public.%1$I t using aquaseed.master_row m
         where m.table_name = %1$L and m.inserted and m.id = t.%2$I
           and exists (select from aquaseed.loaded_row l
                       where l.table_name = %1$L and l.digest = pg_catalog.hash_record_extended(%3$s, 0))
         returning m.id
       )
       select count(*) from aquaseed.master_row m join public.%1$I t on t.%2$I = m.id
       where m.table_name = %1$L and m.inserted and m.id not in (select g.id from gone g)', v_table.name, v_table.key,
      aquaseed._row_text(v_table.name))
    into v_rows;
    if v_rows > 0 then
      v_changed := v_changed || format('%s (%s)', v_table.name, v_rows);
    end if;
  end loop;
  if cardinality(v_changed) > 0 then
    raise exception 'places or master data that were loaded were changed since: %', array_to_string(v_changed, ', ')
      using errcode = 'AQ006', hint = 'Nothing was deleted. Change them back, or delete them first.';
  end if;
  begin
    set constraints all immediate;
  exception when foreign_key_violation then
    get stacked diagnostics v_detail = pg_exception_detail;
    raise exception 'rows of others refer to places or master data that were loaded: %', v_detail
      using errcode = 'AQ006', hint = 'Nothing was deleted. Delete or move these rows first.';
  end;
  for v_table in
    select s.table_name::text as name, s.column_name as key, a.sequence, a.last_value, a.is_called, g.partitioned
    from aquaseed.adopted_sequence a
    join aquaseed.list_sequences() s on s.sequence = a.sequence
    join aquaseed.filled_tables() f on f.table_name = s.table_name
    left join aquaseed.generated_table g on g.table_name = s.table_name
  loop
    execute format('select max(t.%I) from public.%I t', v_table.key, v_table.name) into v_rows;
    if v_table.partitioned then
      perform setval(v_table.sequence::regclass, aquaseed.application_id(v_table.name), false);
    elsif v_rows >= v_table.last_value then
      perform setval(v_table.sequence::regclass, v_rows, v_rows > v_table.last_value or v_table.is_called);
    else
      perform setval(v_table.sequence::regclass, v_table.last_value, v_table.is_called);
    end if;
  end loop;
  delete from aquaseed.master_row;
  delete from aquaseed.loaded_row;
  update aquaseed.ownership set config_digest = null;
end
$$;

comment on function aquaseed._delete_loaded() is
  'Delete the places and master data that load inserted into AquaMind''s own database, and put its sequences back.';
