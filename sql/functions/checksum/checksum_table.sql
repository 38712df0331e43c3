-- Digest of a table that does not depend on row order, workers or server version: the sum of 64-bit row hashes.
create or replace function aquaseed.checksum_table(p_table text)
returns table (rows bigint, digest text) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query execute format(
    'select count(*), md5(count(*)::text || coalesce(sum(pg_catalog.hash_record_extended(t.*, 0)), 0)::text) from public.%I t', p_table);
end
$$;

comment on function aquaseed.checksum_table(text) is
  'Rows and digest of a table of schema public: md5 of the count and the sum of the row hashes.';
