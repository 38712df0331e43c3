-- Digest of a table that does not depend on row order, workers or server version: the sum of 64-bit row hashes.
create or replace function aquaseed.checksum_table(p_table text)
returns table (rows bigint, digest text) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- It reads with the rights of the owner.
  if not exists (select from aquaseed.checksum_tables() t where t.table_name = p_table) then
    raise exception 'schema public has no table "%" that a checksum covers', p_table using errcode = 'AQ005',
      hint = 'select * from aquaseed.checksum_tables() shows the tables.';
  end if;
  return query execute format(
    'select count(*), md5(count(*)::text || coalesce(sum(pg_catalog.hash_record_extended(t.*, 0)), 0)::text) '
    'from public.%I t', p_table);
end
$$;

comment on function aquaseed.checksum_table(text) is
  'Rows and digest of a table of schema public: md5 of the count and the sum of the row hashes.';
