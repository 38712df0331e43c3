-- The rows of a table that load_configuration did not make, or that somebody changed since, by a digest that does
-- not depend on settings. Of a table that it never filled these are all rows; their digest is null, since not every
-- type of a foreign table has one.
create or replace function aquaseed._list_unloaded_rows(p_table text)
returns table (digest bigint) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from aquaseed.loaded_row l where l.table_name = p_table) then
    return query execute format(
      'select h.digest from (select pg_catalog.hash_record_extended(%s, 0) as digest from public.%I t) h
       where not exists (select from aquaseed.loaded_row l where l.table_name = $1 and l.digest = h.digest)',
      aquaseed._row_text(p_table), p_table)
    using p_table;
  else
    return query execute format('select null::bigint from public.%I', p_table);
  end if;
end
$$;

comment on function aquaseed._list_unloaded_rows(text) is
  'Digests of the rows of a table that load_configuration did not make.';
