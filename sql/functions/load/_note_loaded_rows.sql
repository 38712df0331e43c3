-- Notes the rows that a load has just made: those of its tables, but for the ones that were there before it and were
-- not noted (p_others, as table/digest).
create or replace function aquaseed._note_loaded_rows(p_tables text[], p_others text[])
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
begin
  foreach v_table in array p_tables loop
    execute format(
      'insert into aquaseed.loaded_row (table_name, digest)
       select $1, h.digest
       from (select distinct pg_catalog.hash_record_extended(%s, 0) as digest from public.%I t) h
       where concat_ws(''/'', $1, h.digest) <> all ($2)
       on conflict do nothing', aquaseed._row_text(v_table), v_table)
    using v_table, p_others;
  end loop;
end
$$;

comment on function aquaseed._note_loaded_rows(text[], text[]) is 'Note the rows that load_configuration made.';
