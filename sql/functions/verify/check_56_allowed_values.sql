-- 56: rows with a value that AquaMind does not accept in a column of choice (aquaseed.allowed_value). All rows of all
-- such columns; a null is no value. In AquaMind's own database, of master data, the rows that we inserted.
create or replace function aquaseed.check_56_allowed_values()
returns table (id text, measured double precision, detail text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_rows bigint;
  v_wrong bigint := 0;
  v_columns integer := 0;
  v_first text;
begin
  for v_column in
    select v.table_name, v.column_name, array_agg(v.value) as allowed,
           case when aquaseed.is_adopted() and not exists (
                  select from aquaseed.filled_tables() f where f.table_name = v.table_name and f.is_generated)
                then format(
                  'where y.%I in (select m.id from aquaseed.master_row m where m.table_name = %L and m.inserted)',
                  aquaseed._key_column(v.table_name), v.table_name) end as ours
    from aquaseed.allowed_value v
    group by v.table_name, v.column_name
    order by v.table_name collate "C", v.column_name collate "C"
  loop
    -- As a list of its few different values: the whole list is compared once each, not once a row.
    execute format(
      'select coalesce(sum(x.rows), 0)
       from (select y.%1$I as value, count(*) as rows from public.%2$I y %3$s group by y.%1$I) x
       where x.value <> all ($1)', v_column.column_name, v_column.table_name, v_column.ours)
    into v_rows using v_column.allowed;
    v_columns := v_columns + 1;
    v_wrong := v_wrong + v_rows;
    if v_rows > 0 then
      v_first := coalesce(v_first, v_column.table_name || '.' || v_column.column_name);
    end if;
  end loop;
  return query select '56', v_wrong::double precision, v_columns || ' columns' || coalesce(', first ' || v_first, '');
end
$$;

comment on function aquaseed.check_56_allowed_values() is
  'Rows with a value that AquaMind does not accept in a column of choice.';
