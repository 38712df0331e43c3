-- One look before wipe deletes: the tables with their rows, or all that is in the way, in one go.
create or replace function aquaseed._list_wiped(p_run_id integer)
returns table (table_name text, rows bigint) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item record;
  v_rows text[] := '{}';
  v_objects text[] := '{}';
begin
  for v_item in select * from aquaseed.list_made_tables(p_run_id) loop
    table_name := v_item.table_name;
    rows := v_item.rows_found;
    if v_item.strangers > v_item.rows_found then
      v_objects := v_objects || table_name;
    elsif v_item.strangers > 0 then
      v_rows := v_rows || format('%s (%s)', table_name, v_item.strangers);
    end if;
    return next;
  end loop;
  if cardinality(v_rows || v_objects) > 0 then
    raise exception '%', concat_ws('; ',
      'there are rows that no run made: ' || nullif(array_to_string(v_rows, ', '), ''),
      'there are objects that depend on generated tables: ' || nullif(array_to_string(v_objects, ', '), ''))
      using errcode = 'AQ006',
      hint = 'Nothing was deleted. Delete or move these rows and drop these objects first, or drop the whole database.';
  end if;
end
$$;

comment on function aquaseed._list_wiped(integer) is
  'Rows of each table that wipe deletes; raises AQ006 when anything of others is in its way.';
