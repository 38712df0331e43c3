-- A run begins in tables that are empty: rows that no run made may be somebody's work, and their ids may be in
-- the way. Looked at are the generated tables, all that refer to them, and those of feed stock.
create or replace function aquaseed._refuse_strangers()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
  v_rows bigint;
  v_found text[] := '{}';
begin
  for v_table in
    with recursive reach(table_oid) as (
      select format('public.%I', g.table_name)::regclass::oid from aquaseed.generated_table g
      union
      select 'public.inventory_feedpurchase'::regclass::oid
      union
      select k.conrelid
      from reach r
      join pg_catalog.pg_constraint k on k.contype = 'f' and k.confrelid = r.table_oid
    )
    select distinct c.relname::text
    from reach r
    join pg_catalog.pg_class c on c.oid = r.table_oid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition
    order by 1
  loop
    execute format('select count(*) from public.%I', v_table) into v_rows;
    if v_rows > 0 then
      v_found := v_found || format('%s (%s)', v_table, v_rows);
    end if;
  end loop;
  if cardinality(v_found) > 0 then
    raise exception 'there are rows that no run made: %', array_to_string(v_found, ', ')
      using errcode = 'AQ006', hint = 'Nothing was written. Give another database, or delete these rows if nobody needs them.';
  end if;
end
$$;

comment on function aquaseed._refuse_strangers() is
  'Raise AQ006 when tables that a run fills, or that refer to them, hold rows already.';
