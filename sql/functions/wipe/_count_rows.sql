-- Null where the caller could not see all rows: without the right to read, under row security, in a foreign table or
-- in a temporary table of another session.
create or replace function aquaseed._count_rows(p_table oid, p_condition text)
returns bigint language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows bigint;
  v_name text;
begin
  select format('%I.%I', n.nspname, c.relname) into v_name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.oid = p_table and c.relkind in ('r', 'p', 'm') and has_schema_privilege(n.oid, 'USAGE')
    and has_table_privilege(c.oid, 'SELECT') and not row_security_active(c.oid)
    and (c.relpersistence <> 't' or n.oid = pg_my_temp_schema());
  if v_name is not null then
    execute format('select count(*) from %s t where %s', v_name, p_condition) into v_rows;
  end if;
  return v_rows;
end
$$;

comment on function aquaseed._count_rows(oid, text) is
  'Rows of a table for which a condition on t holds, null where they cannot all be seen.';
