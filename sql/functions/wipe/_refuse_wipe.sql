-- All that is in the way, in one go.
create or replace function aquaseed._refuse_wipe(p_run_id integer)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows text;
  v_objects text;
begin
  select string_agg(format('%s (%s)', m.table_name, m.strangers), ', ') filter (where m.strangers <= m.rows_found),
         string_agg(m.table_name, ', ') filter (where m.strangers > m.rows_found)
  into v_rows, v_objects
  from aquaseed.list_made_tables(p_run_id) m
  where m.strangers > 0;
  if v_rows is not null or v_objects is not null then
    raise exception '%', concat_ws('; ', 'there are rows that no run made: ' || v_rows,
                                   'there is what depends on generated tables: ' || v_objects)
      using errcode = 'AQ006',
      hint = 'Nothing was deleted. Delete or move these rows and drop these objects first, or drop the whole database.';
  end if;
end
$$;

comment on function aquaseed._refuse_wipe(integer) is 'Raise AQ006 when anything of others is in the way of wipe.';
